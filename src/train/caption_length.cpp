#include "train/caption_length.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "data/caption_draw.hpp"

namespace lorikeet::train {
namespace {

// A token has at least one byte, so most captions need not be looked at. What is no plain letter, or stands for one, can
// become more bytes.
bool may_be_longer(std::string_view text, std::int64_t max_tokens) {
    const auto may_grow = [](char byte) { return byte == '&' || static_cast<unsigned char>(byte) >= 0x80; };
    return static_cast<std::int64_t>(text.size()) > max_tokens ||
           std::any_of(text.begin(), text.end(), may_grow);
}

bool begins_letter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U; }

}  // namespace

std::string usual_caption(const settings::Job& job, const data::DatasetImage& image) {
    return data::caption_for_draw(data::without_chance(job.data.subsets.at(image.subset)), image.caption,
                                  {.weighted = job.data.weighted_captions});
}

std::size_t bytes_read(const models::TokenCounter& tokens, std::string_view text,
                       const models::TextOptions& options) {
    const auto max_tokens = options.max_tokens;
    if (!may_be_longer(text, max_tokens) || tokens.count(text, options) <= max_tokens) return text.size();
    std::vector<std::size_t> letters;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (begins_letter(text[at])) letters.push_back(at);
    const auto fits = [&](std::size_t at) { return tokens.count(text.substr(0, at), options) <= max_tokens; };
    return *std::prev(std::partition_point(letters.begin() + 1, letters.end(), fits));
}

std::optional<base::Problem> cut_captions(const models::TokenCounter& tokens, const settings::Job& job,
                                          const std::vector<data::DatasetImage>& images) {
    constexpr std::size_t kNamed = 3;
    const auto options = models::text_options_of(job);
    const auto max_tokens = options.max_tokens;
    std::vector<std::string> names;
    std::int64_t count = 0, longest = 0;
    for (const auto& image : images) {
        const auto caption = usual_caption(job, image);
        if (!may_be_longer(caption, max_tokens)) continue;
        const auto in_it = tokens.count(caption, options);
        if (in_it <= max_tokens) continue;
        if (names.size() < kNamed) names.push_back(image.file.filename().string());
        longest = std::max(longest, in_it);
        ++count;
    }
    if (count == 0) return std::nullopt;
    const auto rest = count - static_cast<std::int64_t>(names.size());
    auto what = fmt::format("{} of {} {} longer than the {} tokens that are read, and cut there: {}{}. ",
                            count, base::counted(images.size(), "caption"), count == 1 ? "is" : "are",
                            max_tokens, base::join(names, ", "),
                            rest == 0 ? "" : fmt::format(" and {} more", rest));
    what += fmt::format("The longest has {} tokens.", longest);
    std::string hint;
    const auto most = tokens.most();
    if (max_tokens < most) hint = fmt::format("Set model.max_tokens = {}.", tokens.max_tokens_for(longest));
    if (longest > most) hint += fmt::format("{}Shorten those above {}.", hint.empty() ? "" : " ", most);
    return base::Problem{"model.max_tokens", what, hint};
}

std::string words_on_cut_prompts(const models::TokenCounter& tokens, std::span<const std::string> prompts,
                                 const models::TextOptions& options) {
    const auto max_tokens = options.max_tokens;
    std::int64_t count = 0, longest = 0;
    for (const auto& prompt : prompts) {
        const auto in_it = may_be_longer(prompt, max_tokens) ? tokens.count(prompt, options) : 0;
        if (in_it <= max_tokens) continue;
        longest = std::max(longest, in_it);
        ++count;
    }
    if (count == 0) return {};
    return fmt::format("{} longer than the {} tokens that are read, and cut there: {} has {} tokens.",
                       count == 1 ? "A prompt is" : fmt::format("{} prompts are", count), max_tokens,
                       count == 1 ? "it" : "the longest", longest);
}

}  // namespace lorikeet::train
