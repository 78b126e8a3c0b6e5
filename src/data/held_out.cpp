#include "data/held_out.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "data/caption_draw.hpp"
#include "data/scan_report.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

// Of files with these bytes, from 0 to 1.
double hash_share(const DatasetImage& image, std::int64_t seed) {
    tensor::Draws draws(
        tensor::seed_of(static_cast<std::uint64_t>(seed), tensor::Stream::Validation, number_of(image)));
    return draws.uniform();
}

}  // namespace

std::uint64_t number_of(const DatasetImage& image) {
    std::uint64_t number = 0;
    base::expects(image.sha256.size() >= 16, "the image was looked at");
    std::from_chars(image.sha256.data(), image.sha256.data() + 16, number, 16);
    return number;
}

bool holds_out(const settings::Data& data) {
    return data.validation.share > 0 || std::any_of(data.subsets.begin(), data.subsets.end(),
                                                    [](const auto& subset) { return subset.validation; });
}

void hold_out(ScanResult& found, const settings::Data& data) {
    const auto& validation = data.validation;
    std::map<std::string, double> shares;  // of what the share is taken from, by the files' bytes
    std::set<std::string> regular;         // they are trained on whatever is held out
    for (const auto& image : found.images)
        if (data.subsets.at(image.subset).regularisation) regular.insert(image.sha256);
    for (const auto& image : found.images)
        if (validation.share > 0 && !data.subsets[image.subset].validation && !regular.contains(image.sha256))
            shares.emplace(image.sha256, hash_share(image, validation.seed));
    const auto by_share = [](const auto& a, const auto& b) { return a.second < b.second; };
    std::set<std::string> chosen;
    for (const auto& [bytes, share] : shares)
        if (share < validation.share) chosen.insert(bytes);
    if (shares.size() > 1) {
        if (chosen.empty()) chosen.insert(std::min_element(shares.begin(), shares.end(), by_share)->first);
        if (chosen.size() == shares.size())
            chosen.erase(std::max_element(shares.begin(), shares.end(), by_share)->first);
    } else {
        chosen.clear();  // of a single image nothing would be left
    }
    // The same image in a folder of each kind is not trained on.
    std::set<std::string> own;
    for (const auto& image : found.images)
        if (data.subsets[image.subset].validation) own.insert(image.sha256);
    report_twice(data, own, found);
    chosen.merge(own);
    const auto trained =
        std::stable_partition(found.images.begin(), found.images.end(), [&](const DatasetImage& image) {
            const auto& subset = data.subsets[image.subset];
            return !subset.validation && (subset.regularisation || !chosen.contains(image.sha256));
        });
    std::move(trained, found.images.end(), std::back_inserter(found.held_out));
    found.images.erase(trained, found.images.end());
}

settings::Data validation_data(settings::Data data) {
    data.random_crop = data.vary_colours = false;
    data.face_crop.clear();
    data.validation = {};
    data.workers = 1;  // what is read ahead behind the last batch is in vain
    for (auto& subset : data.subsets) {
        subset.repeats = 1;
        subset = without_chance(std::move(subset));
        subset.validation = subset.regularisation = subset.flip = false;
        subset.random_crop.reset();
        subset.vary_colours.reset();
        subset.face_crop.clear();
    }
    return data;
}

}  // namespace lorikeet::data
