#include <cmath>

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/toml.hpp"

namespace lorikeet::settings {

namespace {

std::string in_quotes(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        switch (c) {
            case '"': result += "\\\""; break;
            case '\\': result += "\\\\"; break;
            case '\n': result += "\\n"; break;
            case '\r': result += "\\r"; break;
            case '\t': result += "\\t"; break;
            default:
                if (byte < 0x20 || byte == 0x7F)
                    result += fmt::format("\\u{:04X}", byte);
                else
                    result += c;
        }
    }
    return result + '"';
}

// The shortest digits that give the same number again; never a whole number's look.
std::string decimal(double number) {
    if (std::isnan(number)) return "nan";
    if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
    std::string text = fmt::format("{}", number);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
}

std::string written(std::monostate) { return "\"unset\""; }
std::string written(bool flag) { return flag ? "true" : "false"; }
std::string written(std::int64_t number) { return std::to_string(number); }
std::string written(double number) { return decimal(number); }
std::string written(const std::string& text) { return in_quotes(text); }
template <class T>
std::string written(const std::vector<T>& list) {
    std::vector<std::string> parts;
    for (const auto& one : list) parts.push_back(written(one));
    return "[" + base::join(parts, ", ") + "]";
}

class Writer {
  public:
    Writer(const Job& job, Comments comments) : job_(job), comments_(comments) {}

    std::string write() {
        const auto& table = schema<Job>();
        if (comments_ == Comments::Full) comment(table.what);
        for (const auto& field : table.fields) section(field, reinterpret_cast<const char*>(&job_), "");
        return std::move(text_);
    }

  private:
    const Job& job_;
    Comments comments_;
    std::string text_;

    void comment(std::string_view line) { text_ += fmt::format("# {}\n", line); }

    static bool touched(const Schema& table, const void* object) {
        for (const auto& leaf : leaves(table, object))
            if (leaf.get() != leaf.among->default_of(*leaf.field)) return true;
        return false;
    }

    void section(const Field& field, const char* object, const std::string& around) {
        const auto path = join_path(around, field.key);
        const char* at = object + field.offset;
        const auto& table = field.type->schema();
        if (field.type->kind == Kind::Section) {
            if (!in_force(job_, path) && !touched(table, at)) return;
            head(table, fmt::format("[{}]", path));
            body(table, at, path);
            return;
        }
        for (std::size_t i = 0; i < field.type->size(at); ++i) {
            head(table, fmt::format("[[{}]]", path));
            body(table, static_cast<const char*>(field.type->peek(at, i)),
                 join_path(path, std::to_string(i)));
        }
    }

    void head(const Schema& table, std::string_view title) {
        if (!text_.empty()) text_ += '\n';
        if (comments_ == Comments::Full) comment(table.what);
        text_ += fmt::format("{}\n", title);
    }

    void body(const Schema& table, const char* object, const std::string& path) {
        for (const auto& field : table.fields)
            if (!field.is_section()) line(table, field, object, path);
        for (const auto& field : table.fields)
            if (field.is_section()) section(field, object, plain(path));
    }

    // A section inside a list element is headed by the list's name; TOML counts elements by itself.
    static std::string plain(const std::string& path) {
        std::string result;
        for (const auto& key : base::split(path, "."))
            if (key.find_first_not_of("0123456789") != std::string::npos) result = join_path(result, key);
        return result;
    }

    void line(const Schema& table, const Field& field, const char* object, const std::string& path) {
        const auto value = field.type->get(object + field.offset);
        const bool fresh = value == table.default_of(field);
        if (fresh && comments_ == Comments::None && !in_force(job_, join_path(path, field.key))) return;
        if (comments_ == Comments::Full) explain(field);
        text_ += fmt::format("{} = {}", field.key, to_text(value));
        if (std::holds_alternative<std::monostate>(value)) text_ += fmt::format("  # {}", field.unset);
        text_ += '\n';
    }

    void explain(const Field& field) {
        const auto range = say_range(field);
        comment(range.empty() ? std::string(field.what) : fmt::format("{} ({})", field.what, range));
        if (field.type->choices != nullptr)
            for (const auto& choice : field.type->choices())
                comment(fmt::format("  \"{}\": {}", choice.word, choice.what));
        if (!field.more.empty()) comment(fmt::format("  higher: {}", field.more));
        if (!field.less.empty()) comment(fmt::format("  lower: {}", field.less));
        if (field.type->optional) comment(fmt::format("  \"unset\": {}", field.unset));
    }
};

}  // namespace

std::string to_text(const Value& value) {
    return std::visit([](const auto& held) { return written(held); }, value);
}

std::string write_job(const Job& job, Comments comments) { return Writer(job, comments).write(); }

}  // namespace lorikeet::settings
