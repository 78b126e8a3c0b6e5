#include "studio/companions.hpp"

#include <algorithm>

#include <re2/re2.h>

#include "base/file.hpp"
#include "base/text.hpp"

namespace lorikeet::studio {

namespace {

bool is_mask_folder(const std::string& name) {
    const auto lower = base::to_lower(name);
    return lower == "mask" || lower == "masks";
}

void append_found(const std::map<std::string, std::vector<std::string>>& names, const std::string& stem,
                  std::vector<std::string>& all) {
    if (const auto at = names.find(stem); at != names.end())
        all.insert(all.end(), at->second.begin(), at->second.end());
}

}  // namespace

std::string path_stem(const std::string& name) {
    return base::Path(name).replace_extension().generic_string();
}

std::vector<std::string> masked_stems(const std::string& name) {
    const auto stem = base::Path(path_stem(name));
    const auto folder = stem.parent_path();
    std::vector<std::string> stems;
    if (folder.empty()) return stems;
    if (is_mask_folder(folder.filename().string()))
        stems.push_back((folder.parent_path() / stem.filename()).generic_string());
    if (is_mask_folder(folder.begin()->string())) {
        auto inside = stem.lexically_relative(*folder.begin()).generic_string();
        if (stems.empty() || stems.front() != inside) stems.push_back(std::move(inside));
    }
    return stems;
}

// As sd-scripts names what it keeps: of latents the size of the image and the model, of captions the model alone.
std::string stem_of_latents(const std::string& name) {
    static const re2::RE2 kept(
        "(.*[^/])_(?:[0-9]{4,}x[0-9]{4,}_[a-z0-9]+|te_outputs|(?:flux|sd3|lumina|hi|anima)_te)");
    const auto stem = path_stem(name);
    std::string before;
    return name.ends_with(".npz") && re2::RE2::FullMatch(stem, kept, &before) ? before : stem;
}

Companions::Companions(const DatasetListing& listing) {
    for (const auto& image : listing.images) image_stems_.insert(path_stem(image.name));
    for (const auto& name : listing.others) others_[owner_stem(name)].push_back(name);
    for (const auto& image : listing.images)
        for (const auto& stem : masked_stems(image.name))  // what lies among masks has none itself
            if (image_stems_.contains(stem) && masked_stems(stem).empty()) {
                masks_[stem].push_back(image.name);
                mask_images_[image.name] = &image;
            }
    for (const auto& image : listing.images) {
        for (const auto& caption : image.captions) ++users_[caption];
        for (const auto& name : beside(image.name)) ++users_[name];
    }
}

// "a_te_outputs.npz" is of "a_te_outputs.png" where there is such an image.
std::string Companions::owner_stem(const std::string& name) const {
    auto stem = path_stem(name);
    return image_stems_.contains(stem) ? stem : stem_of_latents(name);
}

std::vector<std::string> Companions::beside(const std::string& image) const {
    std::vector<std::string> names;
    append_found(others_, path_stem(image), names);
    append_found(masks_, path_stem(image), names);
    return names;
}

// With a mask, what belongs to that.
void Companions::take(const ListedImage& image, Users& users, GoingImage& going) const {
    for (const auto& caption : image.captions)
        (--users[caption] == 0 ? going.along : going.shared).push_back(caption);
    for (const auto& name : beside(image.name)) {
        if (--users[name] > 0) continue;
        going.along.push_back(name);
        if (const auto mask = mask_images_.find(name); mask != mask_images_.end())
            take(*mask->second, users, going);
    }
}

std::vector<GoingImage> Companions::going(const std::vector<const ListedImage*>& images) const {
    std::set<std::string> names;
    for (const auto* image : images) names.insert(image->name);
    const auto masks = masks_of(names);
    auto users = users_;
    std::vector<GoingImage> all;
    for (const auto* image : images) {
        if (masks.contains(image->name)) continue;
        GoingImage one{image, {}, {}};
        take(*image, users, one);
        std::sort(one.along.begin(), one.along.end());
        all.push_back(std::move(one));
    }
    return all;
}

std::set<std::string> Companions::masks_of(const std::set<std::string>& names) const {
    std::vector<std::string> masks;
    for (const auto& name : names) append_found(masks_, path_stem(name), masks);
    return {masks.begin(), masks.end()};
}

bool Companions::has_latents(const std::string& image) const {
    const auto at = others_.find(path_stem(image));
    return at != others_.end() && std::any_of(at->second.begin(), at->second.end(),
                                              [](const auto& name) { return name.ends_with(".npz"); });
}

}  // namespace lorikeet::studio
