#include "data/size_hint.hpp"

#include <cmath>

namespace lorikeet::data {
namespace {

double ratio(Size size) { return static_cast<double>(size.width_px) / static_cast<double>(size.height_px); }

Cut letter_box(Size image, Size target, Mirrored mirrored) {
    const auto width = static_cast<double>(target.width_px), height = static_cast<double>(target.height_px);
    const bool margins_beside = ratio(target) > ratio(image);
    const double resized_width = margins_beside ? height * ratio(image) : width;
    const double resized_height = margins_beside ? height : width / ratio(image);
    const double left = std::floor((width - resized_width) / 2);
    return {std::floor((height - resized_height) / 2),
            mirrored == Mirrored::Yes ? width - (left + resized_width) : left};
}

}  // namespace

Cut cut_of(const Crop& crop, Mirrored mirrored, settings::CropHint hint) {
    if (hint == settings::CropHint::Kohya) return letter_box(crop.image, crop.size, mirrored);
    const auto [left, top] = crop.corner();
    const auto right = crop.resized.width_px - crop.size.width_px - left;
    return {static_cast<double>(top), static_cast<double>(mirrored == Mirrored::Yes ? right : left)};
}

at::Tensor size_hint(const Crop& crop, const Cut& cut) {
    return at::tensor(
        {static_cast<double>(crop.image.height_px), static_cast<double>(crop.image.width_px), cut.top_px,
         cut.left_px, static_cast<double>(crop.size.height_px), static_cast<double>(crop.size.width_px)},
        at::kFloat);
}

}  // namespace lorikeet::data
