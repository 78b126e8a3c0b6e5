#include "data/bucket.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/error.hpp"
#include "settings/chosen.hpp"

namespace lorikeet::data {

namespace {

double shape_of(Size size) {
    return static_cast<double>(size.width_px) / static_cast<double>(size.height_px);
}

std::int64_t rounded_down(std::int64_t side, std::int64_t step) { return side / step * step; }

std::int64_t rounded(double side) { return static_cast<std::int64_t>(side + 0.5); }

std::vector<Size> sizes_by(const BucketRules& rules) {
    const auto step = rules.step_px;
    const auto least = rounded_down(rules.min_px, step), most = rounded_down(rules.max_px, step);
    const auto area = rules.area_of.width_px * rules.area_of.height_px;
    std::vector<Size> sizes;
    const auto square = rounded_down(static_cast<std::int64_t>(std::sqrt(static_cast<double>(area))), step);
    if (square > 0) sizes.push_back({square, square});
    for (auto width = std::max(least, step); width <= most; width += step) {
        const auto height = std::min(most, rounded_down(area / width, step));
        if (height < std::max(least, step)) continue;
        sizes.push_back({width, height});
        sizes.push_back({height, width});
    }
    const auto before = [](Size a, Size b) {
        return a.width_px != b.width_px ? a.width_px < b.width_px : a.height_px < b.height_px;
    };
    std::sort(sizes.begin(), sizes.end(), before);
    sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
    return sizes;
}

// The size of the image's shape and of the area, one side of which is a multiple of the step: of the two, the one whose
// shape is nearer.
Size shrunk(Size image, double area, std::int64_t step) {
    const double shape = shape_of(image);
    const double wide = std::sqrt(area * shape), high = area / wide;
    const auto by_width = rounded_down(rounded(wide), step);
    const auto its_height = rounded_down(rounded(static_cast<double>(by_width) / shape), step);
    const auto by_height = rounded_down(rounded(high), step);
    const auto its_width = rounded_down(rounded(static_cast<double>(by_height) * shape), step);
    const auto error = [shape](std::int64_t width, std::int64_t height) {
        return std::abs(static_cast<double>(width) / static_cast<double>(height) - shape);
    };
    if (error(by_width, its_height) < error(its_width, by_height))
        return {by_width, rounded(static_cast<double>(by_width) / shape)};
    return {rounded(static_cast<double>(by_height) * shape), by_height};
}

}  // namespace

BucketRules bucket_rules_of(const settings::Data& data, Size resolution) {
    const auto [shorter, longer] = std::minmax(resolution.width_px, resolution.height_px);
    return {.area_of = resolution,
            .min_px = data.bucket_min.value_or(shorter / 2),
            .max_px = data.bucket_max.value_or(longer * 2),
            .step_px = settings::chosen(data.bucket_step),
            .upscale = !data.bucket_no_upscale};
}

Buckets::Buckets(const BucketRules& rules) : rules_(rules), sizes_(sizes_by(rules)) {
    base::expects(rules.step_px > 0 && rules.area_of.width_px > 0 && rules.area_of.height_px > 0,
                  "a bucket has sides");
    if (sizes_.empty())
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("No bucket has the area of {} x {} px with sides that are multiples of {} px.",
                               rules.area_of.width_px, rules.area_of.height_px, rules.step_px),
                   "Choose a larger data.resolution or a smaller data.bucket_step.");
}

Crop Buckets::crop_of(Size image) const {
    base::expects(image.width_px > 0 && image.height_px > 0, "an image has sides");
    if (!rules_.upscale) return crop_without_upscaling(image);
    if (std::find(sizes_.begin(), sizes_.end(), image) != sizes_.end()) return {image, image, image};
    const double shape = shape_of(image);
    const auto nearest = std::min_element(sizes_.begin(), sizes_.end(), [shape](Size a, Size b) {
        return std::abs(shape_of(a) - shape) < std::abs(shape_of(b) - shape);
    });
    return crop_to(image, *nearest);
}

Crop Buckets::crop_without_upscaling(Size image) const {
    const auto step = rules_.step_px;
    const auto area = static_cast<double>(rules_.area_of.width_px * rules_.area_of.height_px);
    const bool too_large = static_cast<double>(image.width_px * image.height_px) > area;
    const Size resized = too_large ? shrunk(image, area, step) : image;
    const Size size{rounded_down(resized.width_px, step), rounded_down(resized.height_px, step)};
    if (size.width_px > 0 && size.height_px > 0) return {image, resized, size};
    // A side shorter than the step: nothing would be left of it.
    return crop_to(image, {std::max(size.width_px, step), std::max(size.height_px, step)});
}

JobCrops::JobCrops(const settings::Data& data) {
    for (const auto& subset : data.subsets) {
        const auto& sides = subset.resolution.empty() ? data.resolution : subset.resolution;
        base::expects(!sides.empty() && sides.size() <= 2, "a resolution is one or two sides");
        const Size size{sides.front(), sides.back()};
        of_subset_.push_back({size, std::nullopt});
        if (data.buckets) of_subset_.back().buckets.emplace(bucket_rules_of(data, size));
    }
}

Crop JobCrops::of(Size image, std::size_t subset) const {
    const auto& rule = of_subset_.at(subset);
    return rule.buckets ? rule.buckets->crop_of(image) : crop_to(image, rule.size);
}

}  // namespace lorikeet::data
