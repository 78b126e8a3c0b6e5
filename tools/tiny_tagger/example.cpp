#include "example.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "io/resample.hpp"

namespace lorikeet::tiny_tagger {
namespace {

// Most often the size that the network sees; smaller ones come out soft, as a VAE leaves them.
std::int64_t draw_size(tensor::Draws& draws) {
    constexpr std::array<std::int64_t, 10> kSizes{64, 64, 64, 64, 64, 64, 96, 128, 0, 0};
    const auto size = kSizes[draws.below(kSizes.size())];
    return size != 0 ? size : 36 + static_cast<std::int64_t>(draws.below(28));
}

// One in eight is wider than high, or higher than wide; what it shows stays inside.
io::Image cropped(const io::Image& image, tensor::Draws& draws) {
    if (draws.below(8) != 0) return image;
    const auto size = image.width_px;
    const auto less = static_cast<std::int64_t>(static_cast<double>(size) * (0.80 + 0.15 * draws.uniform()));
    const auto from = (size - less) / 2;
    return draws.below(2) == 0 ? io::crop(image, from, 0, less, size) : io::crop(image, 0, from, size, less);
}

// Other light, a colour cast and noise, each so weak that every colour keeps its name.
void vary_colours(io::Image& image, tensor::Draws& draws) {
    const auto around = [&](double reach) { return reach * (2 * draws.uniform() - 1); };
    const double gain = 1 + around(0.10), offset = around(10), noise = std::max(0.0, around(9));
    std::array<double, 3> cast{};
    for (auto& each : cast) each = 1 + around(0.04);
    for (std::size_t i = 0; i < image.rgb.size(); ++i) {
        const double value = (image.rgb[i] - 127.5) * gain * cast[i % 3] + 127.5 + offset + around(noise);
        image.rgb[i] = static_cast<std::uint8_t>(std::lround(std::clamp(value, 0.0, 255.0)));
    }
}

}  // namespace

Example draw_example(std::uint64_t seed, Look look) {
    tensor::Draws draws(seed);
    auto scene = draw_scene(draws);
    if (look == Look::Plain) return {scene, image_of(scene, tiny_base::kSizePx)};
    auto image = cropped(image_of(scene, draw_size(draws)), draws);
    vary_colours(image, draws);
    return {std::move(scene), std::move(image)};
}

io::Image square_of(const io::Image& image, std::int64_t side_px) {
    const auto size = std::max(image.width_px, image.height_px);
    const auto left = (size - image.width_px) / 2, top = (size - image.height_px) / 2;
    io::Image square{size, size, std::vector<std::uint8_t>(static_cast<std::size_t>(size * size * 3), 255)};
    for (std::int64_t y = 0; y < image.height_px; ++y)
        std::copy_n(image.rgb.begin() + y * image.width_px * 3, image.width_px * 3,
                    square.rgb.begin() + ((top + y) * size + left) * 3);
    if (size == side_px) return square;
    return io::resize(square, side_px, side_px, size > side_px ? io::Filter::Area : io::Filter::Lanczos);
}

}  // namespace lorikeet::tiny_tagger
