#include "data/lint.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/text.hpp"
#include "data/caption.hpp"
#include "data/scan_report.hpp"

namespace lorikeet::data {

namespace {

// Copies that were saved again, resized or slightly cropped are above it; two shots of a series mostly below.
constexpr double kNearlyTheSame = 0.96;
// Measured with the practice images: sharp ones are above 200, the same under a blur of 3 px at 256 px below 15.
constexpr double kBlurred = 20;
constexpr double kOneColour = 3;
constexpr double kExtremeShape = 2.5;  // longer over shorter side
constexpr double kMuchLost = 0.2;      // by cropping
constexpr double kAlmostAll = 0.9;     // of the captions

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

Finding finding(std::string_view kind, std::vector<std::size_t> images, std::string_view one,
                std::string_view many, std::string_view remedy) {
    auto words = images.size() == 1 ? of_one(std::string(remedy)) : std::string(remedy);
    return {kind, fmt::format("{}.", counted(images.size(), one, many)), std::move(words), std::move(images)};
}

struct Linted {
    const std::vector<DatasetImage>& images;
    const settings::Data& data;
    std::vector<Crop> crops;

    std::vector<std::size_t> where(const std::function<bool(std::size_t)>& holds) const {
        std::vector<std::size_t> found;
        for (std::size_t i = 0; i < images.size(); ++i)
            if (holds(i)) found.push_back(i);
        return found;
    }
    const settings::Subset& subset_of(std::size_t i) const { return data.subsets.at(images[i].subset); }
};

Finding no_caption(const Linted& l) {
    return finding("no-caption", l.where([&](std::size_t i) {
        return !l.images[i].has_caption && !l.images[i].bad_caption;
    }),
                   "image has no caption", "images have no caption",
                   "Write one beside each; else the trigger or the class words stand alone.");
}

Finding same_name(const Linted& l) {
    std::map<base::Path, std::vector<std::size_t>> by_stem;
    for (std::size_t i = 0; i < l.images.size(); ++i)
        by_stem[base::Path(l.images[i].file).replace_extension()].push_back(i);
    std::vector<std::size_t> shared;
    for (const auto& [stem, images] : by_stem)
        if (images.size() > 1) shared.insert(shared.end(), images.begin(), images.end());
    std::sort(shared.begin(), shared.end());
    return finding("same-name", std::move(shared), "image shares its name with another, and so its caption",
                   "images share a name but for the extension, and so a caption", "Rename one of each two.");
}

Finding same_file(const Linted& l) {
    std::map<std::string, std::vector<std::size_t>> by_bytes;
    for (std::size_t i = 0; i < l.images.size(); ++i) by_bytes[l.images[i].sha256].push_back(i);
    std::vector<std::size_t> same, spare;
    for (const auto& [sha, images] : by_bytes) {
        if (images.size() < 2 || sha.empty()) continue;
        same.insert(same.end(), images.begin(), images.end());
        const auto captioned = std::find_if(images.begin(), images.end(),
                                            [&](std::size_t i) { return l.images[i].has_caption; });
        const auto kept = captioned == images.end() ? images.front() : *captioned;
        std::copy_if(images.begin(), images.end(), std::back_inserter(spare),
                     [&](std::size_t i) { return l.images[i].file != l.images[kept].file; });
    }
    std::sort(same.begin(), same.end());
    std::sort(spare.begin(), spare.end());
    auto found = finding("duplicates", std::move(same), "image is there more than once",
                         "images are there more than once, byte for byte",
                         "Keep one of each; use repeats to show it more often.");
    found.spare = std::move(spare);
    return found;
}

Finding nearly_same(const Linted& l) {
    Finding near{"near-duplicates",
                 "",
                 "Keep both if they differ in what matters; else one is shown twice as often.",
                 {}};
    std::set<std::size_t> named;
    for (std::size_t a = 0; a < l.images.size(); ++a)
        for (std::size_t b = a + 1; b < l.images.size(); ++b) {
            const auto &one = l.images[a], &other = l.images[b];
            if (!one.measures || !other.measures || one.sha256 == other.sha256) continue;
            if (std::min(one.measures->contrast, other.measures->contrast) < kOneColour) continue;
            const double alike = likeness(*one.measures, *other.measures);
            if (alike < kNearlyTheSame) continue;
            near.pairs.push_back({a, b, alike});
            named.insert({a, b});
        }
    std::stable_sort(near.pairs.begin(), near.pairs.end(),
                     [](const auto& a, const auto& b) { return a.likeness > b.likeness; });
    near.images.assign(named.begin(), named.end());
    near.what = counted(near.pairs.size(), "pair of images looks nearly the same.",
                        "pairs of images look nearly the same.");
    return near;
}

Finding too_small(const Linted& l) {
    return finding(
        "too-small", l.where([&](std::size_t i) {
            return l.crops[i].image.width_px < l.crops[i].resized.width_px ||
                   l.crops[i].image.height_px < l.crops[i].resized.height_px;
        }),
        "image is smaller than the size it is trained at",
        "images are smaller than the size they are trained at",
        "They are enlarged, and the LoRA learns their softness. Use larger ones, or data.bucket_no_upscale.");
}

Finding extreme_shape(const Linted& l) {
    return finding("extreme-shape", l.where([&](std::size_t i) {
        const auto [w, h] = l.crops[i].image;
        return static_cast<double>(std::max(w, h)) > kExtremeShape * static_cast<double>(std::min(w, h));
    }),
                   "image is very long and narrow", "images are very long and narrow",
                   "Crop them to what matters.");
}

Finding much_lost(const Linted& l) {
    return finding(
        "cropped", l.where([&](std::size_t i) {
            const auto area = [](Size s) { return static_cast<double>(s.width_px * s.height_px); };
            return 1 - area(l.crops[i].size) / area(l.crops[i].resized) > kMuchLost;
        }),
        "image loses more than a fifth by cropping", "images lose more than a fifth by cropping",
        l.data.buckets ? "Crop them to what matters." : "Crop them to what matters, or train with buckets.");
}

Finding blurred(const Linted& l) {
    return finding("blurred", l.where([&](std::size_t i) {
        const auto& m = l.images[i].measures;
        return m && m->contrast >= kOneColour && m->sharpness < kBlurred;
    }),
                   "image is blurred", "images are blurred",
                   "The LoRA learns the blur too. Leave them out if you can.");
}

Finding one_colour(const Linted& l) {
    return finding("one-colour", l.where([&](std::size_t i) {
        const auto& m = l.images[i].measures;
        return m && m->contrast < kOneColour;
    }),
                   "image is of one colour", "images are of one colour",
                   "There is nothing to learn from them.");
}

bool same_letters(std::string_view a, std::string_view b) { return base::to_lower(a) == base::to_lower(b); }

// The trigger is put in front of every caption; one that is written there besides stands twice, or was meant to be alone.
Finding trigger_twice(const Linted& l) {
    return finding("trigger-twice", l.where([&](std::size_t i) {
        const auto trigger = base::trim(l.subset_of(i).trigger);
        if (trigger.empty()) return false;
        const auto tags = parse_tags(l.images[i].caption);
        if (std::any_of(tags.begin(), tags.end(), [&](const auto& t) { return same_letters(t, trigger); }))
            return false;  // taken from there
        return base::to_lower(l.images[i].caption).find(base::to_lower(trigger)) != std::string::npos;
    }),
                   "caption holds the trigger within its text, so it is read twice",
                   "captions hold the trigger within their text, so it is read twice",
                   "Take it out of the caption: it is put in front of each.");
}

// A tag that describes the subject everywhere learns what the trigger should.
std::vector<Finding> absorbed(const Linted& l) {
    std::vector<Finding> found;
    for (std::size_t subset = 0; subset < l.data.subsets.size(); ++subset) {
        const auto trigger = base::trim(l.data.subsets[subset].trigger);
        const auto mine =
            l.where([&](std::size_t i) { return l.images[i].subset == subset && l.images[i].has_caption; });
        if (trigger.empty() || mine.size() < 5) continue;
        std::map<std::string, std::size_t> counts;
        for (const auto i : mine) {
            std::set<std::string> tags;
            for (const auto& tag : parse_tags(l.images[i].caption)) tags.insert(base::to_lower(tag));
            for (const auto& tag : tags) ++counts[tag];
        }
        std::vector<std::string> common;
        for (const auto& [tag, count] : counts)
            if (static_cast<double>(count) >= kAlmostAll * static_cast<double>(mine.size()) &&
                !same_letters(tag, trigger))
                common.push_back(tag);
        if (common.empty()) continue;
        found.push_back(
            {"tags-of-the-trigger",
             fmt::format("Nearly every caption of this folder holds: {}.", base::join(common, ", ")),
             fmt::format("Take out what \"{}\" itself should mean; keep what you want to change by words.",
                         trigger),
             mine});
    }
    return found;
}

}  // namespace

std::vector<Finding> lint(const std::vector<DatasetImage>& images, const settings::Data& data) {
    Linted linted{images, data, {}};
    const JobCrops crops(data);
    for (const auto& image : images)
        linted.crops.push_back(crops.of({image.width_px, image.height_px}, image.subset));
    std::vector<Finding> found;
    for (const auto look : {no_caption, same_name, same_file, nearly_same, one_colour, blurred, too_small,
                            extreme_shape, much_lost, trigger_twice}) {
        auto one = look(linted);
        if (!one.images.empty()) found.push_back(std::move(one));
    }
    for (auto& one : absorbed(linted)) found.push_back(std::move(one));
    return found;
}

std::vector<TagCount> count_tags(const std::vector<DatasetImage>& images) {
    std::map<std::string, std::size_t> counts;
    for (const auto& image : images) {
        std::set<std::string> tags;
        if (image.has_caption)
            for (const auto& tag : parse_tags(image.caption)) tags.insert(base::to_lower(tag));
        for (const auto& tag : tags) ++counts[tag];
    }
    std::vector<TagCount> list;
    for (const auto& [tag, count] : counts) list.push_back({tag, count});
    std::stable_sort(list.begin(), list.end(),
                     [](const auto& a, const auto& b) { return a.images > b.images; });
    return list;
}

}  // namespace lorikeet::data
