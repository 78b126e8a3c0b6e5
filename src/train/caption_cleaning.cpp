#include "train/caption_cleaning.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/text.hpp"
#include "models/text_cleaning.hpp"
#include "models/unicode.hpp"
#include "train/caption_length.hpp"

namespace lorikeet::train {
namespace {

using models::CleaningStep;

std::string_view words_of_step(CleaningStep step) {
    switch (step) {
        case CleaningStep::Entities: return "with HTML entities decoded";
        case CleaningStep::Quotes: return "with curly quotes made straight";
        case CleaningStep::Ligatures: return "with ligatures parted";
        case CleaningStep::Widths: return "with full or half width letters made plain";
        case CleaningStep::ControlCharacters: return "with control characters left out";
    }
    return "";
}

bool may_change(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char byte) {
        return byte == '&' || byte == '\x7F' || static_cast<unsigned char>(byte) >= 0x80 ||
               static_cast<unsigned char>(byte) < ' ';
    });
}

std::string list_of(const std::vector<std::string>& names) {
    constexpr std::size_t kNamed = 3;
    const std::span shown(names.begin(), std::min(names.size(), kNamed));
    const auto rest = names.size() - shown.size();
    return base::join(shown, ", ") + (rest == 0 ? "" : fmt::format(" and {} more", rest));
}

}  // namespace

std::vector<base::Problem> news_of_cleaning(const settings::Job& job,
                                            const std::vector<data::DatasetImage>& images) {
    const bool cleans = job.model.text_cleaning != settings::TextCleaning::None;
    std::map<CleaningStep, std::vector<std::string>> changed;
    std::vector<std::string> misread;
    std::size_t count = 0;
    for (const auto& image : images) {
        const auto caption = usual_caption(job, image);
        if (!may_change(caption)) continue;
        const auto points = models::unicode::to_points(caption);
        const auto name = image.file.filename().string();
        if (models::looks_misread(points)) misread.push_back(name);
        if (!cleans) continue;
        const auto steps = models::clean_text(points).steps;
        for (const auto step : steps) changed[step].push_back(name);
        count += steps.empty() ? 0 : 1;
    }
    std::vector<base::Problem> news;
    if (count > 0) {
        std::vector<std::string> parts;
        for (const auto& [step, names] : changed)
            parts.push_back(fmt::format("{} {} ({})", names.size(), words_of_step(step), list_of(names)));
        news.push_back({"model.text_cleaning",
                        fmt::format("{} {} cleaned as CLIP's were: {}.", base::counted(count, "caption"),
                                    count == 1 ? "is" : "are", base::join(parts, ", ")),
                        "The files stay as they are. \"none\" reads captions as they are written."});
    }
    if (!misread.empty())
        news.push_back(
            {"model.text_cleaning",
             fmt::format("{} {} read in a wrong encoding, as \"cafÃ©\" is: {}.",
                         base::counted(misread.size(), "caption"),
                         misread.size() == 1 ? "seems to have been" : "seem to have been", list_of(misread)),
             "Correct the files: they are trained as they are. sd-scripts would try to repair them."});
    return news;
}

}  // namespace lorikeet::train
