// A job written into an earlier text. toml++ drops comments but tells where each value stands: only the bytes of values
// that differ are replaced, lines are added behind a section's last own line, new sections at the end. Whether that came
// out right is not believed but read back.
#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "settings/check.hpp"
#include "settings/toml.hpp"
#include "settings/toml_places.hpp"

namespace lorikeet::settings {

namespace {

bool is_below(std::string_view path, std::string_view above) {
    return above.empty() ||
           (path.size() > above.size() && path.starts_with(above) && path[above.size()] == '.');
}

std::string parent_of(const std::string& path) {
    const auto dot = path.rfind('.');
    return dot == std::string::npos ? "" : path.substr(0, dot);
}

std::string relative(const std::string& path, const std::string& above) {
    return above.empty() ? path : path.substr(above.size() + 1);
}

// "data.subsets.1" -> "data.subsets": TOML counts elements by itself.
std::string without_numbers(const std::string& path) {
    std::string plain;
    for (const auto& key : base::split(path, "."))
        if (key.find_first_not_of("0123456789") != std::string::npos) plain = join_path(plain, key);
    return plain;
}

class Patcher {
  public:
    Patcher(std::string_view text, const Job& job)
        : text_(text), map_(places_in(text)), job_(job), earlier_(read_job(text, "job")) {}

    std::string patch() {
        drop_elements(schema<Job>(), "");
        for (const auto& leaf : leaves(schema<Job>(), &job_)) settle(leaf);
        return applied();
    }

  private:
    using Leaf = Placed<const void*>;
    struct Edit {
        Stretch range;
        std::string text;
    };

    // Fewer elements than before: those from the first that differs are cut, with the comment above them.
    void drop_elements(const Schema& table, const std::string& path) {
        for (const auto& field : table.fields) {
            const auto here = join_path(path, field.key);
            if (field.type->kind == Kind::Section) drop_elements(field.type->schema(), here);
            if (field.type->kind != Kind::Sections || !map_.sizes.contains(here)) continue;
            const auto had = map_.sizes.at(here), wanted = element_texts(job_, here).size();
            if (map_.entries.contains(here)) {
                if (had != wanted) rewrite_inline(here);
            } else if (wanted < had) {
                cut(here, had, wanted);
            }
        }
    }

    void cut(const std::string& list, std::size_t had, std::size_t wanted) {
        const auto before = element_texts(earlier_.job, list), now = element_texts(job_, list);
        std::size_t first = 0;
        while (first < wanted && first < before.size() && before[first] == now[first]) ++first;
        for (std::size_t i = 0; i < had - wanted; ++i) {
            const auto element = join_path(list, std::to_string(first + i));
            bool found = false;
            for (const auto& block : map_.blocks) {
                if (block.path != element && !is_below(block.path, element)) continue;
                edits_.push_back({{block.comment, block.end}, ""});
                found = true;
            }
            if (!found) throw CannotPatch{"a list in it is written in a way that is not followed"};
        }
        shifts_[list] = {first, had - wanted};
    }

    void rewrite_inline(const std::string& list) {
        const auto range = map_.entries.at(list).value;
        edits_.push_back({range, fmt::format("[{}]", fmt::join(element_texts(job_, list), ", "))});
        rewritten_.insert(list);
    }

    // Each element as an inline table of what is not default: for writing, and for comparing.
    static std::vector<std::string> element_texts(const Job& job, const std::string& list) {
        std::vector<std::string> texts;
        for (const auto& leaf : leaves(schema<Job>(), &job)) {
            if (!is_below(leaf.path, list)) continue;
            const auto rest = relative(leaf.path, list);
            const auto index = std::stoul(rest.substr(0, rest.find('.')));
            if (texts.size() <= index) texts.resize(index + 1);
            if (leaf.get() == leaf.among->default_of(*leaf.field)) continue;
            auto& text = texts[index];
            text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", rest.substr(rest.find('.') + 1),
                                to_text(leaf.get()));
        }
        for (auto& text : texts) text = text.empty() ? "{}" : "{ " + text + " }";
        return texts;
    }

    // Where a setting stood in the earlier text, whose lists may have been longer.
    std::string earlier_path(const std::string& path) const {
        for (const auto& [list, shift] : shifts_) {
            if (!is_below(path, list)) continue;
            const auto rest = relative(path, list);
            const auto index = std::stoul(rest.substr(0, rest.find('.')));
            const auto then = index < shift.first ? index : index + shift.second;
            return list + "." + std::to_string(then) + rest.substr(rest.find('.'));
        }
        return path;
    }

    void settle(const Leaf& leaf) {
        for (const auto& list : rewritten_)
            if (is_below(leaf.path, list)) return;
        const auto path = earlier_path(leaf.path);
        const auto value = leaf.get();
        const auto found = map_.entries.find(path);
        if (found == map_.entries.end()) {
            if (value != leaf.among->default_of(*leaf.field) || in_new_element(path))
                add(path, to_text(value), value != leaf.among->default_of(*leaf.field));
            return;
        }
        const auto range = found->second.value;
        if (value == earlier_value(path) && !is_troubled(range)) return;
        edits_.push_back({range, to_text(value)});
    }

    // An element of defaults alone needs its header nevertheless.
    bool in_new_element(const std::string& path) const {
        const auto section = parent_of(path);
        return without_numbers(section) != section && !map_.find_block(section) &&
               !map_.inline_ones.contains(section);
    }

    Value earlier_value(const std::string& path) const {
        for (const auto& leaf : leaves(schema<Job>(), &earlier_.job))
            if (leaf.path == path) return leaf.get();
        return {};
    }

    bool is_troubled(const Stretch& range) const {
        const auto where = fmt::format("job:{}", map_.line_of(range.begin));
        return std::any_of(earlier_.problems.begin(), earlier_.problems.end(),
                           [&](const auto& problem) { return problem.where == where; });
    }

    // A setting that the earlier text does not have.
    void add(const std::string& path, const std::string& value, bool says_something) {
        const auto section = parent_of(path);
        if (const auto* block = map_.find_block(section); block != nullptr && !section.empty())
            return add_line(*block, path, value);
        for (auto above = section; !above.empty(); above = parent_of(above)) {
            if (const auto found = map_.inline_ones.find(above); found != map_.inline_ones.end())
                return add_inside(found->second, relative(path, above), value);
            for (const auto& [other, entry] : map_.entries)
                if (const auto& block = map_.blocks[entry.block];
                    is_below(other, above) && is_below(above, block.path))
                    return add_line(block, path, value);
            if (map_.find_block(above) != nullptr) break;
        }
        auto& lines = fresh_[section];
        if (says_something) lines.push_back(fmt::format("{} = {}", relative(path, section), value));
        if (std::find(order_.begin(), order_.end(), section) == order_.end()) order_.push_back(section);
    }

    void add_line(const TomlBlock& block, const std::string& path, const std::string& value) {
        const bool ends_a_line = block.last_own == 0 || text_[block.last_own - 1] == '\n';
        edits_.push_back(
            {{block.last_own, block.last_own},
             fmt::format("{}{} = {}\n", ends_a_line ? "" : "\n", relative(path, block.path), value)});
    }

    void add_inside(Stretch range, const std::string& key, const std::string& value) {
        const auto inside = base::trim(text_.substr(range.begin + 1, range.end - range.begin - 2));
        auto at = range.end - 1;
        while (at > range.begin + 1 && text_[at - 1] == ' ') --at;
        const bool first = inside.empty() && !begun_.contains(range.begin);
        begun_.insert(range.begin);
        edits_.push_back({{at, at}, fmt::format("{}{} = {}", first ? " " : ", ", key, value)});
    }

    std::string applied() {
        // In their order, those of one place in the order they were asked for.
        std::stable_sort(edits_.begin(), edits_.end(),
                         [](const Edit& a, const Edit& b) { return a.range.begin < b.range.begin; });
        std::string result;
        std::size_t at = 0;
        for (const auto& edit : edits_) {
            if (edit.range.begin < at) {
                if (edit.range.end <= at) continue;  // in a part that was cut
                throw CannotPatch{"two changes of it meet"};
            }
            result += text_.substr(at, edit.range.begin - at);
            result += edit.text;
            at = edit.range.end;
        }
        result += text_.substr(at);
        for (const auto& section : order_) {
            if (!result.empty() && result.back() != '\n') result += '\n';
            const auto plain = without_numbers(section);
            result += plain == section ? fmt::format("\n[{}]\n", plain) : fmt::format("\n[[{}]]\n", plain);
            for (const auto& line : fresh_.at(section)) result += line + "\n";
        }
        return result;
    }

    std::string_view text_;
    TomlPlaces map_;
    const Job& job_;
    Reading earlier_;
    std::vector<Edit> edits_;
    std::set<std::string> rewritten_;
    std::map<std::string, std::pair<std::size_t, std::size_t>> shifts_;  // first that was cut, and how many
    std::set<std::size_t> begun_;  // empty inline tables that got a first key
    std::map<std::string, std::vector<std::string>> fresh_;
    std::vector<std::string> order_;
};

bool is_the_job(const std::string& text, const Job& job, const std::string& fresh) {
    const auto back = read_job(text, "job"), other = read_job(fresh, "job");
    return difference(back.job, other.job).empty() && back.problems.size() <= other.problems.size() &&
           difference(other.job, job).size() == difference(back.job, job).size();
}

}  // namespace

Patched patch_job(std::string_view earlier, const Job& job) {
    const auto fresh = write_job(job);
    std::string why = "it does not hold together";
    try {
        if (!base::is_utf8(earlier) || earlier.starts_with("\xEF\xBB\xBF") ||
            earlier.find('\r') != std::string_view::npos)
            throw CannotPatch{"its bytes are not plain UTF-8 with plain ends of lines"};
        auto patched = Patcher(earlier, job).patch();
        if (is_the_job(patched, job, fresh)) return {std::move(patched), ""};
    } catch (const CannotPatch& trouble) {
        why = trouble.why;
    }
    return {fresh, fmt::format(
                       "The earlier text could not be kept ({}), so the file was written afresh, without its "
                       "comments.",
                       why)};
}

}  // namespace lorikeet::settings
