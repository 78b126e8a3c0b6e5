#include "data/caption.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Fisher-Yates over [first, end).
void shuffle(std::vector<std::string>& tags, std::size_t first, tensor::Draws& draws) {
    for (std::size_t i = tags.size(); i > first + 1; --i)
        std::swap(tags[i - 1], tags[first + draws.below(i - first)]);
}

bool begins_with_tag(std::string_view caption, std::string_view tag) {
    return caption.starts_with(tag) && (caption.size() == tag.size() || caption[tag.size()] == ',');
}

std::string_view without_first(std::string_view caption, std::size_t bytes) {
    auto rest = base::trim(caption.substr(bytes));
    if (rest.starts_with(',')) rest.remove_prefix(1);
    return base::trim(rest);
}

}  // namespace

Caption parse_caption(std::string_view bytes, const std::string& name) {
    if (bytes.starts_with(kByteOrderMark)) bytes.remove_prefix(kByteOrderMark.size());
    if (!base::is_utf8(bytes) || bytes.find('\0') != std::string_view::npos)
        base::fail(base::ErrorCode::InvalidInput, fmt::format("{} is not UTF-8 text.", name),
                   "Open it in an editor and save it with the encoding UTF-8.");
    Caption caption;
    caption.file = name;
    while (!bytes.empty()) {
        const auto end = bytes.find_first_of("\r\n");
        const auto line = base::trim(bytes.substr(0, end));
        bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
        if (line.empty()) continue;
        if (!caption.text.empty()) {
            caption.more_lines = true;
            break;
        }
        caption.text = line;
    }
    return caption;
}

std::optional<Caption> find_caption(const base::Path& picture, std::span<const std::string> extensions) {
    for (const auto& extension : extensions) {
        auto file = picture;
        file.replace_extension(extension);
        if (file != picture && std::filesystem::is_regular_file(file))
            return parse_caption(base::read_text(file), file.string());
    }
    return std::nullopt;
}

std::vector<std::string> parse_tags(std::string_view caption) {
    std::vector<std::string> tags;
    const auto add = [&](std::string_view part) {
        if (const auto tag = base::trim(part); !tag.empty()) tags.emplace_back(tag);
    };
    for (const auto& part : base::split(caption, ",")) add(part);
    return tags;
}

std::string write_tags(std::span<const std::string> tags) { return base::join(tags, ", "); }

std::string caption_for_draw(const settings::Subset& subset, const std::string& caption, std::uint64_t seed,
                             std::int64_t epoch, std::int64_t place) {
    using tensor::Stream;
    const auto at = [&](Stream stream) {
        return tensor::Draws(tensor::seed_of(seed, stream, static_cast<std::uint64_t>(epoch),
                                             static_cast<std::uint64_t>(place)));
    };
    if (subset.caption_dropout > 0 && at(Stream::CaptionDropout).uniform() < subset.caption_dropout)
        return {};
    const auto trigger = std::string(base::trim(subset.trigger));
    auto text = std::string(base::trim(caption));
    if (!trigger.empty() && begins_with_tag(text, trigger)) text = without_first(text, trigger.size());
    if (subset.shuffle_tags) {
        auto tags = parse_tags(text);
        auto draws = at(Stream::Caption);
        const auto kept = static_cast<std::size_t>(std::max<std::int64_t>(subset.keep_tokens, 0));
        shuffle(tags, std::min(kept, tags.size()), draws);
        text = write_tags(tags);
    }
    if (trigger.empty()) return text;
    return text.empty() ? trigger : trigger + ", " + text;
}

}  // namespace lorikeet::data
