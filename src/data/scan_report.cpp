#include "data/scan_report.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/printable.hpp"
#include "base/prompt_syntax.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "data/draw_plan.hpp"

namespace lorikeet::data {
namespace {

using base::Problem;

// One piece of news about many images names a few of them.
void tell(std::vector<Problem>& list, const std::string& where, const std::vector<std::string>& names,
          std::string_view what, std::string_view hint) {
    if (names.empty()) return;
    constexpr std::size_t kNamed = 3;
    const std::vector<std::string> named(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, names.size())));
    const auto rest = names.size() - named.size();
    list.push_back({where,
                    fmt::format("{} {}: {}{}.", base::counted(names.size(), "image"), what,
                                base::join(named, ", "), rest == 0 ? "" : fmt::format(" and {} more", rest)),
                    names.size() == 1 ? of_one(std::string(hint)) : std::string(hint)});
}

bool is_enlarged(const Crop& crop) {
    return crop.image.width_px < crop.resized.width_px || crop.image.height_px < crop.resized.height_px;
}

// The share of the resized image that is cut off.
double lost_share(const Crop& crop) {
    const auto area = [](Size size) { return static_cast<double>(size.width_px * size.height_px); };
    return 1 - area(crop.size) / area(crop.resized);
}

struct Sign {
    std::function<std::string(const std::string&)> first;
    std::string_view what, hint;
};

// What a generator would understand in a caption, and the model cannot; or what the model would, unlike its writer.
std::vector<Sign> signs_of(const Folder& folder) {
    std::vector<Sign> signs;
    if (folder.weighted) {
        signs.push_back(
            {[](const std::string& caption) { return std::string(base::first_bare_brackets(caption)); },
             "with brackets such as {} in the caption",
             "Such brackets are weights, 1.1 times as much. Write \\( and \\) where brackets are meant."});
    } else {
        signs.push_back({[](const std::string& caption) {
                             return base::unescape_brackets(caption) == caption ? std::string()
                                                                                : std::string("\\(");
                         },
                         "with brackets written as {} in the caption",
                         "They are trained as plain brackets, as generators read them."});
        signs.push_back({[](const std::string& caption) { return std::string(base::first_weight(caption)); },
                         "with a weight such as {} in the caption",
                         "The model is given it letter by letter: write the words without it, or set "
                         "data.weighted_captions = true."});
    }
    if (!folder.wildcards)
        signs.push_back(
            {[](const std::string& caption) { return std::string(base::first_wildcard(caption)); },
             "with a wildcard such as {} in the caption",
             "The model is given it letter by letter: write one of the words, or set wildcards = true."});
    return signs;
}

// An example says what is meant.
void report_captions(const std::vector<Look>& looks, const Folder& folder, const std::string& where,
                     ScanResult& result) {
    for (const auto& sign : signs_of(folder)) {
        std::vector<std::string> names;
        std::string example;
        for (const auto& look : looks) {
            const auto found = look.unreadable ? std::string() : sign.first(look.image.caption);
            if (found.empty()) continue;
            if (names.empty()) example = found;
            names.push_back(look.image.file.filename().string());
        }
        tell(result.news, where, names, base::replace_all(std::string(sign.what), "{}", example), sign.hint);
    }
}

// The names of the images that can be read and of which `chosen` holds.
template <class Chosen>
std::vector<std::string> names_where(const std::vector<Look>& looks, const Chosen& chosen) {
    std::vector<std::string> names;
    for (const auto& look : looks)
        if (!look.unreadable && chosen(look)) names.push_back(look.image.file.filename().string());
    return names;
}

void report_colours(const std::vector<Look>& looks, const std::string& where,
                    const io::Background& background, ScanResult& result) {
    const auto seen_through = [](const Look& l) {
        return l.transparent && l.image.mask.kind != Mask::Kind::Alpha;
    };
    const auto of_profile = [](io::Profile profile) {
        return [profile](const Look& l) { return l.profile == profile; };
    };
    tell(result.news, where, names_where(looks, seen_through), "that can be seen through",
         background == io::kWhiteBackground
             ? std::string("What is transparent is trained as white.")
             : fmt::format("What is transparent is trained as the colour {}.", fmt::join(background, ", ")));
    tell(result.news, where, names_where(looks, of_profile(io::Profile::Converted)), "with a colour profile",
         "Their colours are converted to sRGB, as they are shown.");
    tell(result.news, where, names_where(looks, of_profile(io::Profile::Broken)),
         "with a colour profile that cannot be used", "Their colours are taken for sRGB.");
}

void report_masks(const std::vector<Look>& looks, const settings::Data& data, std::size_t subset,
                  const Folder& folder, ScanResult& result) {
    using Kind = MaskTrouble::Kind;
    const auto& mask_folder = folder.variants.mask_folder;
    const auto where =
        fmt::format("data.subsets[{}].{}", subset, mask_folder.empty() ? "alpha_mask" : "mask_folder");
    const auto troubled = [&](Kind kind) {
        std::vector<std::string> names;
        for (const auto& look : looks) {
            if (!look.mask_trouble || look.mask_trouble->kind != kind) continue;
            const auto& detail = look.mask_trouble->detail;
            names.push_back(look.image.file.filename().string() +
                            (detail.empty() ? "" : " (" + detail + ")"));
        }
        return names;
    };
    tell(result.errors, where, troubled(Kind::Missing), "without a mask",
         fmt::format(
             "Put one of the same name into {}, white where something is to be learned; or move the images "
             "without one to another folder.",
             mask_folder));
    tell(result.errors, where, troubled(Kind::OtherSize), "with a mask of another size",
         "Make each mask the size of its image.");
    tell(result.errors, where, troubled(Kind::Unreadable), "with a mask that cannot be read",
         "Save the mask again as PNG.");
    tell(result.errors, where, troubled(Kind::Empty),
         mask_folder.empty() ? "that can be seen through all over" : "with a mask that is black all over",
         "Nothing of it would be learned: leave it out, or mask less.");
    tell(result.news, where, names_where(looks, [](const Look& l) { return l.unmasked; }),
         "without transparency", "They are learned whole.");
    if (data.subsets[subset].mask_folder.empty()) return;
    std::set<std::string> names;
    for (const auto& look : looks) names.insert(mask_name(look.image.file, folder.place));
    std::vector<std::string> left;
    for (const auto& [name, file] : folder.masks)
        if (!names.contains(name)) left.push_back(file.filename().string());
    tell(result.news, where, left, "in the folder of masks that belong to no image", "They are not used.");
}

void report_faces(const std::vector<Look>& looks, const Folder& folder, const std::string& where,
                  ScanResult& result) {
    if (folder.variants.face_crop.empty()) return;
    const auto without = [](const Look& l) {
        return !face_in_name(l.image.file, {l.image.width_px, l.image.height_px});
    };
    tell(result.news, where, names_where(looks, without), "without a face in the name",
         "They are cropped as without face_crop. A name ends in _X_Y_WIDTH_HEIGHT of the face, in pixels.");
}

void report_trigger(const std::string& trigger, const std::string& where, ScanResult& result) {
    if (trigger.find_first_of("\r\n") != std::string::npos)
        result.news.push_back(
            {where, "The trigger holds a line break, which is trained as a blank.", "Write it in one line."});
    else if (!base::trim(trigger).empty() && parse_tags(trigger).empty())
        result.news.push_back({where, "The trigger holds no word.", "Write one, or leave it empty."});
}

}  // namespace

std::string of_one(std::string hint) {
    constexpr std::array<std::array<std::string_view, 2>, 7> kWords{{{"They are", "It is"},
                                                                     {"Their ", "Its "},
                                                                     {" their ", " its "},
                                                                     {" they are ", " it is "},
                                                                     {" them", " it"},
                                                                     {"larger ones", "a larger one"},
                                                                     {"beside each", "beside it"}}};
    for (const auto& [many, one] : kWords) hint = base::replace_all(std::move(hint), many, one);
    return hint;
}

std::string key_of(std::size_t subset) { return fmt::format("data.subsets[{}].folder", subset); }

void report_crops(const std::vector<Look>& looks, const JobCrops& crops, const std::string& where,
                  ScanResult& result) {
    constexpr double kMuch = 0.2;
    std::vector<std::string> enlarged, cropped;
    for (const auto& look : looks) {
        if (look.unreadable) continue;
        const auto crop = crops.of({look.image.width_px, look.image.height_px}, look.image.subset);
        const auto name = look.image.file.filename().string();
        if (is_enlarged(crop))
            enlarged.push_back(fmt::format("{} ({} x {} to {} x {})", name, crop.image.width_px,
                                           crop.image.height_px, crop.resized.width_px,
                                           crop.resized.height_px));
        if (lost_share(crop) > kMuch)
            cropped.push_back(fmt::format("{} ({:.0f} %)", name, 100 * lost_share(crop)));
    }
    tell(result.news, where, enlarged, "smaller than the size trained at",
         "Enlarged images are soft, and the LoRA learns that.");
    tell(result.news, where, cropped, "of which more than a fifth is cropped",
         crops.buckets() ? "Crop them yourself to what matters."
                         : "Crop them yourself to what matters, or train with data.buckets = true.");
}

void report_subset(const std::vector<Look>& looks, const settings::Data& data, std::size_t subset,
                   const Folder& folder, ScanResult& result) {
    const auto where = key_of(subset);
    const bool has_trigger = base::is_visible(data.subsets[subset].trigger);
    const auto bare =
        names_where(looks, [](const Look& l) { return !l.image.has_caption && !l.bad_caption.has_value(); });
    if (data.require_captions)
        tell(result.errors, where, bare, "without a caption",
             fmt::format("Write one beside each ({}), or set data.require_captions = false.",
                         base::join(data.caption_extensions, ", ")));
    else
        tell(result.news, where, bare, "without a caption",
             base::is_visible(data.subsets[subset].class_words) ? "Training uses the class words."
             : has_trigger                                      ? "Training uses the trigger alone."
                                                                : "Training uses an empty text.");
    tell(result.news, where, names_where(looks, [](const Look& l) { return l.utf16; }),
         "with a caption in UTF-16", "It is read; a change of the caption saves it as UTF-8.");
    tell(result.news, where, names_where(looks, [](const Look& l) { return l.more_lines; }),
         "with a caption of several lines",
         "Only the first line is used; with wildcards = true, any of them.");
    tell(result.news, where, names_where(looks, [](const Look& l) { return l.frames > 1; }),
         "of several frames or pages", "Only the first is used.");
    report_trigger(data.subsets[subset].trigger, where, result);
    report_captions(looks, folder, where, result);
    report_colours(looks, where, background_of(data), result);
    report_masks(looks, data, subset, folder, result);
    report_faces(looks, folder, where, result);
}

void report_twice(const settings::Data& data, const std::set<std::string>& own, ScanResult& result) {
    std::vector<std::vector<std::string>> twice(data.subsets.size());
    for (const auto& image : result.images) {
        const auto& subset = data.subsets[image.subset];
        if (!subset.validation && !subset.regularisation && own.contains(image.sha256))
            twice[image.subset].push_back(image.file.filename().string());
    }
    for (std::size_t subset = 0; subset < twice.size(); ++subset)
        tell(result.news, key_of(subset), twice[subset], "of which a folder for validation holds the same",
             "They are not trained on.");
}

void report_regularisation(const settings::Data& data, ScanResult& result) {
    const auto repeats = repeats_of(result.images, data);
    for (std::size_t subset = 0; subset < data.subsets.size(); ++subset) {
        std::vector<std::string> unused;
        for (std::size_t i = 0; i < result.images.size(); ++i)
            if (result.images[i].subset == subset && repeats[i] == 0)
                unused.push_back(result.images[i].file.filename().string());
        tell(result.news, key_of(subset), unused, "of regularisation not used",
             "An epoch shows as many of them as it shows training images.");
    }
}

}  // namespace lorikeet::data
