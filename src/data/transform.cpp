#include "data/transform.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "io/resample.hpp"

namespace lorikeet::data {

Size cover(Size picture, Size target) {
    const auto ratio = [](Size s) {
        return static_cast<double>(s.width_px) / static_cast<double>(s.height_px);
    };
    const double scale = ratio(picture) > ratio(target)
                             ? static_cast<double>(target.height_px) / static_cast<double>(picture.height_px)
                             : static_cast<double>(target.width_px) / static_cast<double>(picture.width_px);
    const auto scaled = [scale](std::int64_t side) {
        return static_cast<std::int64_t>(static_cast<double>(side) * scale + 0.5);
    };
    return {std::max(scaled(picture.width_px), target.width_px),
            std::max(scaled(picture.height_px), target.height_px)};
}

io::Image fit(const io::Image& image, Size target) {
    const auto size = cover({image.width_px, image.height_px}, target);
    const bool shrinks = image.width_px >= size.width_px && image.height_px >= size.height_px;
    const auto resized =
        io::resize(image, size.width_px, size.height_px, shrinks ? io::Filter::Area : io::Filter::Lanczos);
    return io::crop(resized, (size.width_px - target.width_px) / 2, (size.height_px - target.height_px) / 2,
                    target.width_px, target.height_px);
}

at::Tensor to_pixels(const io::Image& image) {
    const auto area = image.width_px * image.height_px;
    base::expects(area > 0 && static_cast<std::int64_t>(image.rgb.size()) == 3 * area,
                  "an image has three bytes a pixel");
    auto pixels = at::empty({3, image.height_px, image.width_px}, at::kFloat);
    auto* out = pixels.mutable_data_ptr<float>();
    // A plain loop: this runs in reading threads, which shall not wake a crew of their own.
    for (std::int64_t c = 0; c < 3; ++c)
        for (std::int64_t i = 0; i < area; ++i)
            *out++ = (static_cast<float>(image.rgb[static_cast<std::size_t>(3 * i + c)]) / 255.0F - 0.5F) /
                     0.5F;
    return pixels;
}

}  // namespace lorikeet::data
