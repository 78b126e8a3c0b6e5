#include "studio/caption_shown.hpp"

#include <string_view>

#include <fmt/format.h>

#include "train/caption_length.hpp"

namespace lorikeet::studio {

namespace {

// A book that was taken for a caption is not printed whole.
std::string beginning_of(std::string_view text) {
    constexpr std::size_t kShown = 300;  // bytes
    if (text.size() <= kShown) return std::string(text);
    auto end = kShown;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // not within a letter
    return fmt::format("{} ... and {} bytes more", text.substr(0, end), text.size() - end);
}

}  // namespace

CaptionShown shown_caption(const models::TokenCounter& tokens, const settings::Job& job,
                           const data::DatasetImage& image) {
    auto caption = train::usual_caption(job, image);
    const auto read = train::bytes_read(tokens, caption, job.model.max_tokens);
    return {image.file.filename().string(), caption.substr(0, read),
            beginning_of(std::string_view(caption).substr(read))};
}

}  // namespace lorikeet::studio
