#include "studio/caption_shown.hpp"

#include <string_view>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "io/safetensors.hpp"
#include "models/family.hpp"
#include "models/spec.hpp"
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
    const auto options = models::text_options_of(job);
    const auto read = train::bytes_read(tokens, caption, options);
    return {image.file.filename().string(), caption.substr(0, read),
            beginning_of(std::string_view(caption).substr(read)), tokens.count(caption, options),
            job.model.max_tokens};
}

CaptionReader::CaptionReader(const settings::Model& model) {
    const auto* family = models::families().front();
    const base::Path checkpoint = model.checkpoint;
    try {
        if (base::is_file(checkpoint)) family = models::spec_of(io::SafetensorsFile(checkpoint))->family;
    } catch (const base::Error&) {  // the recipe says what is wrong with it
    }
    tokens_ = family->make_token_counter();
}

CaptionShown CaptionReader::shown(settings::Job job, const base::Path& image, const std::string& text) const {
    auto& subsets = job.data.subsets;
    if (subsets.empty()) subsets.emplace_back();
    data::DatasetImage shown;
    shown.file = image;
    const auto folder = image.parent_path().lexically_normal();
    for (auto i = subsets.size(); i-- > 0;)
        if ((base::Path(subsets[i].folder) / "").lexically_normal() == folder / "") shown.subset = i;
    try {
        shown.caption = data::parse_caption(text, image.filename().string()).text;
    } catch (const base::Error&) {  // a letter that is half typed
    }
    if (shown.caption.empty()) shown.caption = base::trim(subsets[shown.subset].class_words);
    return shown_caption(*tokens_, job, shown);
}

}  // namespace lorikeet::studio
