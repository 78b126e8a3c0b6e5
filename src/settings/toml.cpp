#include "settings/toml.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/number.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "settings/mismatch.hpp"
#include "settings/typed_paths.hpp"
#include "settings/unknown.hpp"

namespace lorikeet::settings {

namespace {

// A key as part of a message: another's bytes may hold anything.
std::string shown(std::string_view key) {
    constexpr std::size_t kMost = 60;
    const bool plain =
        !key.empty() && key.size() <= kMost &&
        std::all_of(key.begin(), key.end(), [](unsigned char c) { return c > 0x20 && c != 0x7F; });
    if (plain) return std::string(key);
    return key.size() > kMost ? "a very long key" : to_text(Value(std::string(key)));
}

template <class T>
std::optional<Value> list_of(const toml::array& array) {
    std::vector<T> list;
    for (const auto& node : array) {
        const auto one = node.value_exact<T>();
        if (!one) return {};
        list.push_back(*one);
    }
    return Value(std::move(list));
}

// Nothing for what no setting can be: a date, a section, a list of mixed things.
std::optional<Value> value_of(const toml::node& node) {
    if (const auto v = node.value_exact<bool>()) return Value(*v);
    if (const auto v = node.value_exact<std::int64_t>()) return Value(*v);
    if (const auto v = node.value_exact<double>()) return Value(*v);
    if (const auto v = node.value_exact<std::string>()) return Value(*v);
    const auto* array = node.as_array();
    if (array == nullptr) return {};
    if (auto list = list_of<std::int64_t>(*array)) return list;
    if (auto list = list_of<std::string>(*array)) return list;
    std::vector<double> numbers;
    for (const auto& one : *array) {
        if (!one.is_number()) return {};
        numbers.push_back(one.value<double>().value_or(0));
    }
    return Value(std::move(numbers));
}

std::string say_node(const toml::node& node) {
    if (node.is_table()) return "a section";
    if (const auto* array = node.as_array())
        return array->is_array_of_tables() ? "a list of sections" : "a list";
    return "a date or time";
}

std::string_view line_in(std::string_view text, std::uint32_t number) {
    for (; number > 1 && text.find('\n') != std::string_view::npos; --number)
        text.remove_prefix(text.find('\n') + 1);
    return text.substr(0, text.find_first_of("\r\n"));
}

// "lr = 1e400": what is wrong with the number, in a sentence; empty for a line of another kind.
std::string trouble_with_bare_number(std::string_view line) {
    const auto equals = line.find('=');
    if (equals == std::string_view::npos) return {};
    const auto value = base::trim(line.substr(equals + 1, line.find('#', equals) - equals - 1));
    const auto trouble = base::trouble_with_number(value);
    if (!trouble.empty() && trouble != base::kIsNoNumber)
        return fmt::format("{} {}.", base::printable_start(value, 80), trouble);
    const auto of_whole = base::trouble_with_number(value, base::Numeral::Whole);
    return of_whole.find("larger") == std::string::npos
               ? std::string()
               : fmt::format("{} {}.", base::printable_start(value, 80), of_whole);
}

// The number as it is written: toml++ tells where a value begins, in letters.
std::string_view written_at(std::string_view text, const toml::source_position& place) {
    auto line = line_in(text, place.line);
    for (auto letters = place.column; letters > 1 && !line.empty(); --letters) {
        line.remove_prefix(1);
        while (!line.empty() && (static_cast<unsigned char>(line.front()) & 0xC0U) == 0x80U)
            line.remove_prefix(1);
    }
    return line.substr(0, line.find_first_of(",]}# \t"));
}

// toml++ reads 1e-400 as 0 and says nothing: which numbers of the value are no zeros as they are written.
std::string trouble_with_zeros(const toml::node& node, std::string_view text) {
    if (const auto* array = node.as_array()) {
        for (const auto& one : *array)
            if (auto trouble = trouble_with_zeros(one, text); !trouble.empty()) return trouble;
        return {};
    }
    if (node.value_exact<double>() != 0.0) return {};
    const auto written = base::replace_all(std::string(written_at(text, node.source().begin)), "_", "");
    const auto trouble = base::trouble_with_number(written);
    const bool is_told = trouble.empty() || trouble == base::kIsNoNumber;
    return is_told ? std::string() : fmt::format("{} {}.", base::printable_start(written, 80), trouble);
}

// Most who meet a syntax error have pasted a path of Windows between double quotes.
std::string hint_for_syntax(std::string_view line) {
    constexpr std::string_view kRest = "What comes after it could not be read.";
    const auto open = line.find('"');
    const auto close = open == std::string_view::npos ? open : line.find('"', open + 1);
    const auto quoted = close == std::string_view::npos ? std::string_view()
                                                        : line.substr(open + 1, close - open - 1);
    if (const auto trouble = trouble_with_bare_number(line); !trouble.empty() && quoted.empty())
        return fmt::format("{} {}", trouble, kRest);
    if (quoted.find('\\') == std::string_view::npos) return fmt::format("Fix this first. {}", kRest);
    const auto forward = base::replace_all(base::replace_all(std::string(quoted), "\\\\", "/"), "\\", "/");
    return fmt::format(
        "In double quotes a backslash begins a code. Write the path in single quotes ('{}') or with forward "
        "slashes (\"{}\"). {}",
        quoted, forward, kRest);
}

class Reader {
  public:
    Reader(std::string_view file, const Schema& root, void* object, std::vector<base::Problem>& problems)
        : file_(file), root_(root), object_(static_cast<char*>(object)), problems_(problems) {}

    void read(std::string_view text) {
        text_ = text;
        try {
            const auto root = toml::parse(text);
            section(root_, object_, root, "", "");
        } catch (const toml::parse_error& error) {
            report_syntax(error, text);
        }
    }

    void assign(std::span<const Assignment> list) {
        for (const auto& [path, text] : list) {
            if (auto problem = apply(root_, object_, path, text)) {
                troubled_.insert(path);
                problems_.push_back(std::move(*problem));
            } else {
                lines_[path] = 0;
            }
        }
    }

    // What the whole is judged by; what has a problem already is not judged again.
    void check_whole() {
        for (auto& finding : findings(root_, object_)) {
            const auto known = [&](const std::string& path) { return is_troubled(path); };
            if (std::none_of(finding.paths.begin(), finding.paths.end(), known)) report(finding);
        }
    }

    bool readable() const { return readable_; }

  private:
    std::string file_;
    std::string_view text_;
    const Schema& root_;
    char* object_;
    std::vector<base::Problem>& problems_;
    std::map<std::string, std::uint32_t, std::less<>> lines_;  // 0: said on the command line
    std::set<std::string, std::less<>> troubled_;
    bool readable_ = true;

    void report_syntax(const toml::parse_error& error, std::string_view text) {
        readable_ = false;
        problems_.push_back({fmt::format("{}:{}", file_, error.source().begin.line),
                             fmt::format("This is not TOML: {}.", base::trim(error.description())),
                             hint_for_syntax(line_in(text, error.source().begin.line))});
    }

    bool is_troubled(std::string path) const {
        for (;;) {
            if (troubled_.contains(path)) return true;
            const auto dot = path.rfind('.');
            if (dot == std::string::npos) return false;
            path.resize(dot);
        }
    }

    // The line of a setting, or of the section it would stand in.
    std::uint32_t line_of(std::string path) const {
        for (;;) {
            if (const auto at = lines_.find(path); at != lines_.end()) return at->second;
            const auto dot = path.rfind('.');
            if (dot == std::string::npos) return 0;
            path.resize(dot);
        }
    }

    void report(const WrongSetting& finding) {
        std::uint32_t line = 0;
        for (const auto& path : finding.paths) {
            troubled_.insert(path);
            if (const auto own = lines_.find(path); own != lines_.end()) line = std::max(line, own->second);
        }
        if (line == 0) line = line_of(finding.paths.front());
        std::string subject = base::join(finding.paths, " and ");
        if (finding.paths.size() > 1) subject += ":";
        const auto sentence = fmt::format("{} {}", subject, finding.what);
        problems_.push_back({line == 0 ? file_ : fmt::format("{}:{}", file_, line), sentence, finding.hint});
    }

    void section(const Schema& table, char* object, const toml::table& from, const std::string& path,
                 const std::string& kind_path) {
        for (const auto& [key, node] : from) {
            const auto here = join_path(path, key.str());
            const auto* field = table.find(key.str());
            if (field == nullptr) {
                unknown(key, kind_path, path);
                continue;
            }
            lines_[here] = key.source().begin.line;
            member(table, *field, object + field->offset, node, here, join_path(kind_path, key.str()));
        }
    }

    void unknown(const toml::key& key, const std::string& kind_path, const std::string& path) {
        problems_.push_back({fmt::format("{}:{}", file_, key.source().begin.line),
                             fmt::format("{} is not a setting.", join_path(path, shown(key.str()))),
                             hint_for_unknown(root_, kind_path, key.str())});
    }

    void member(const Schema& table, const Field& field, char* at, const toml::node& node,
                const std::string& path, const std::string& kind_path) {
        if (field.type->kind == Kind::Section) {
            if (const auto* inner = node.as_table())
                return section(field.type->schema(), at, *inner, path, kind_path);
        } else if (field.type->kind == Kind::Sections) {
            const auto* array = node.as_array();
            if (array != nullptr && (array->empty() || array->is_array_of_tables()))
                return elements(field, at, *array, path, kind_path);
        } else {
            return leaf(table, field, at, node, path);
        }
        const auto value = value_of(node);
        const auto said = value ? say_value(*value) : say_node(node);
        report(mismatch(table, field, path, said, value.value_or(Value())));
    }

    void elements(const Field& field, char* at, const toml::array& array, const std::string& path,
                  const std::string& kind_path) {
        field.type->resize(at, array.size());
        for (std::size_t i = 0; i < array.size(); ++i) {
            const auto here = join_path(path, std::to_string(i));
            lines_[here] = array.get(i)->source().begin.line;
            section(field.type->schema(), static_cast<char*>(field.type->item(at, i)),
                    *array.get(i)->as_table(), here, kind_path);
        }
    }

    void leaf(const Schema& table, const Field& field, char* at, const toml::node& node,
              const std::string& path) {
        auto value = value_of(node);
        if (!value) return report(mismatch(table, field, path, say_node(node), Value()));
        if (const auto trouble = trouble_with_zeros(node, text_); !trouble.empty())
            return report({{path}, fmt::format("wants a number; {}", trouble), "Write 0 where 0 is meant."});
        if (field.type->optional && *value == Value(std::string("unset"))) value = Value();
        const auto before = field.type->get(at);
        if (!field.type->set(at, *value))
            return report(mismatch(table, field, path, say_value(*value), *value));
        if (const auto wrong = complaint(field, path, field.type->get(at))) {
            field.type->set(at, before);
            report(*wrong);
        }
    }
};

}  // namespace

std::vector<base::Problem> read_settings(const Schema& root, void* object, std::string_view text,
                                         std::string_view file_name, std::span<const Assignment> then) {
    std::vector<base::Problem> problems;
    if (!base::is_utf8(text))
        return {{std::string(file_name), "This is not UTF-8 text.", "Save it as UTF-8."}};
    Reader reader(file_name, root, object, problems);
    reader.read(text);
    if (!reader.readable()) return problems;
    reader.assign(then);
    reader.check_whole();
    const auto line = [&](const base::Problem& problem) {
        const bool in_file = problem.where.starts_with(std::string(file_name) + ":");
        return in_file ? std::stoul(problem.where.substr(file_name.size() + 1)) : 0UL;
    };
    std::stable_sort(problems.begin(), problems.end(),
                     [&](const auto& a, const auto& b) { return line(a) < line(b); });
    return problems;
}

Reading read_job(std::string_view text, std::string_view file_name, std::span<const Assignment> then) {
    Reading reading;
    reading.problems = read_settings(schema<Job>(), &reading.job, text, file_name, then);
    return reading;
}

Reading read_job_file(const base::Path& file, std::span<const Assignment> then) {
    auto reading = read_job(base::read_text(file), file.string(), then);
    clean_paths(reading.job);
    return reading;
}

}  // namespace lorikeet::settings
