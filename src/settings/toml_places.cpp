#include "settings/toml_places.hpp"

#include <algorithm>

#include <toml++/toml.h>

#include "base/text.hpp"
#include "settings/field.hpp"

namespace lorikeet::settings {

namespace {

class Finder {
  public:
    explicit Finder(std::string_view text) : text_(text) {
        std::size_t at = 0;
        for (;;) {
            places_.lines.push_back(at);
            const auto end = text_.find('\n', at);
            if (end == std::string_view::npos) break;
            at = end + 1;
        }
        const auto root = toml::parse(text_);
        walk(root, "");
        find_blocks();
        for (auto& [path, entry] : places_.entries) entry.block = own(entry.value);
    }

    TomlPlaces found() { return std::move(places_); }

  private:
    // toml++ counts columns in code points.
    std::size_t offset_of(toml::source_position position) const {
        std::size_t at = places_.lines.at(position.line - 1);
        for (auto column = position.column; column > 1 && at < text_.size(); --column) {
            ++at;
            while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xC0) == 0x80) ++at;
        }
        return at;
    }
    Stretch range_of(const toml::node& node) const {
        Stretch range{offset_of(node.source().begin), offset_of(node.source().end)};
        while (range.end > range.begin &&
               std::string_view(" \t\r\n").find(text_[range.end - 1]) != std::string_view::npos)
            --range.end;
        return range;
    }

    void walk(const toml::table& table, const std::string& path) {
        for (const auto& [key, node] : table) {
            const auto here = join_path(path, key.str());
            if (const auto* inner = node.as_table()) {
                if (inner->is_inline()) places_.inline_ones[here] = range_of(node);
                walk(*inner, here);
                continue;
            }
            const auto* list = node.as_array();
            if (list == nullptr || !list->is_array_of_tables() || list->empty()) {
                places_.entries[here] = {range_of(node), 0};
                values_.push_back(places_.entries[here].value);
                continue;
            }
            places_.sizes[here] = list->size();
            const bool written_inline = list->get(0)->as_table()->is_inline();
            if (written_inline) {
                places_.entries[here] = {range_of(node), 0};
                values_.push_back(places_.entries[here].value);
            }
            for (std::size_t i = 0; i < list->size(); ++i) {
                const auto element = join_path(here, std::to_string(i));
                if (written_inline) places_.inline_ones[element] = range_of(*list->get(i));
                walk(*list->get(i)->as_table(), element);
            }
        }
    }

    bool is_in_value(std::size_t offset) const {
        return std::any_of(values_.begin(), values_.end(),
                           [&](const Stretch& value) { return value.begin < offset && offset < value.end; });
    }

    std::string_view line_at(std::size_t number) const {
        const auto begin = places_.lines[number];
        const auto end = number + 1 < places_.lines.size() ? places_.lines[number + 1] : text_.size();
        return text_.substr(begin, end - begin);
    }

    // A line that begins with a bracket and stands in no value is a header.
    void find_blocks() {
        places_.blocks.push_back({});
        std::map<std::string, std::size_t> counts;
        for (std::size_t number = 0; number < places_.lines.size(); ++number) {
            const auto line = base::trim(line_at(number));
            if (!line.starts_with('[') || is_in_value(places_.lines[number])) continue;
            TomlBlock block;
            block.path = path_of(line, counts);
            block.begin = places_.lines[number];
            block.comment = block.begin;
            for (auto above = number; above > 0 && base::trim(line_at(above - 1)).starts_with('#') &&
                                      !is_in_value(places_.lines[above - 1]);
                 --above)
                block.comment = places_.lines[above - 1];
            block.last_own = number + 1 < places_.lines.size() ? places_.lines[number + 1] : text_.size();
            places_.blocks.back().end = block.comment;
            places_.blocks.push_back(std::move(block));
        }
        places_.blocks.back().end = text_.size();
    }

    static std::string path_of(std::string_view line, std::map<std::string, std::size_t>& counts) {
        const bool element = line.starts_with("[[");
        const auto end = line.find(']');
        if (end == std::string_view::npos || line.find_first_of("\"'") < end)
            throw CannotPatch{"a header in it is written in a way that is not followed"};
        std::string path, plain;
        const auto keys = base::split(line.substr(element ? 2 : 1, end - (element ? 2 : 1)), ".");
        for (std::size_t i = 0; i < keys.size(); ++i) {
            plain = join_path(plain, base::trim(keys[i]));
            path = join_path(path, base::trim(keys[i]));
            const bool last = i + 1 == keys.size();
            if (last && element)
                path = join_path(path, std::to_string(counts[plain]++));
            else if (counts.contains(plain))
                path = join_path(path, std::to_string(counts[plain] - 1));
        }
        return path;
    }

    // The block a value stands in; its line counts as the block's own.
    std::size_t own(const Stretch& value) {
        std::size_t index = 0;
        while (index + 1 < places_.blocks.size() && places_.blocks[index + 1].begin <= value.begin) ++index;
        const auto line_end = text_.find('\n', value.end);
        const auto behind = line_end == std::string_view::npos ? text_.size() : line_end + 1;
        places_.blocks[index].last_own = std::max(places_.blocks[index].last_own, behind);
        return index;
    }

    std::string_view text_;
    TomlPlaces places_;
    std::vector<Stretch> values_;
};

}  // namespace

const TomlBlock* TomlPlaces::find_block(std::string_view path) const {
    for (const auto& block : blocks)
        if (block.path == path && (!path.empty() || &block == &blocks.front())) return &block;
    return nullptr;
}

std::size_t TomlPlaces::line_of(std::size_t offset) const {
    return static_cast<std::size_t>(std::upper_bound(lines.begin(), lines.end(), offset) - lines.begin());
}

TomlPlaces places_in(std::string_view text) {
    try {
        return Finder(text).found();
    } catch (const toml::parse_error&) {
        throw CannotPatch{"it is not TOML"};
    }
}

}  // namespace lorikeet::settings
