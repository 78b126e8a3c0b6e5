#include "data/transform.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "base/error.hpp"
#include "data/decoding.hpp"
#include "io/resample.hpp"

namespace lorikeet::data {

Size cover(Size image, Size target) {
    const auto ratio = [](Size s) {
        return static_cast<double>(s.width_px) / static_cast<double>(s.height_px);
    };
    const double scale = ratio(image) > ratio(target)
                             ? static_cast<double>(target.height_px) / static_cast<double>(image.height_px)
                             : static_cast<double>(target.width_px) / static_cast<double>(image.width_px);
    const auto scaled = [scale](std::int64_t side) {
        return static_cast<std::int64_t>(static_cast<double>(side) * scale + 0.5);
    };
    return {std::max(scaled(image.width_px), target.width_px),
            std::max(scaled(image.height_px), target.height_px)};
}

Crop crop_to(Size image, Size target) { return {image, cover(image, target), target}; }

Corner Crop::corner() const {
    return at.value_or(
        Corner{(resized.width_px - size.width_px) / 2, (resized.height_px - size.height_px) / 2});
}

namespace {

io::Resizing resizing_of(const Crop& crop) {
    const auto& [image, resized, size, at] = crop;
    const auto [left, top] = crop.corner();
    base::expects(left >= 0 && top >= 0 && left + size.width_px <= resized.width_px &&
                      top + size.height_px <= resized.height_px,
                  "a crop lies inside its image");
    const bool shrinks = image.width_px >= resized.width_px && image.height_px >= resized.height_px;
    return {image.width_px,
            image.height_px,
            resized.width_px,
            resized.height_px,
            {left, top, size.width_px, size.height_px},
            shrinks ? io::Filter::Area : io::Filter::Lanczos};
}

}  // namespace

io::Image fit(const io::Image& image, const Crop& crop) {
    base::expects(Size{image.width_px, image.height_px} == crop.image, "a crop is of its image's size");
    io::ResizedPart part(resizing_of(crop));
    const auto line = static_cast<std::size_t>(image.width_px) * 3;
    for (std::int64_t y = 0; y < image.height_px; ++y)
        part.add_row(y, std::span(image.rgb).subspan(line * static_cast<std::size_t>(y), line));
    return part.result();
}

namespace {

using ReadRows = std::function<void(const io::OnRow&)>;

io::Image fit_rows(std::span<const std::byte> file, const std::string& name, const Crop& crop,
                   const ReadRows& read) {
    const auto facts = io::peek_image(file, name);
    if (Size{facts.width_px, facts.height_px} != crop.image)
        base::fail(base::ErrorCode::Conflict,
                   fmt::format("{} was {} x {} pixels when the images were read, and is {} x {} now.", name,
                               crop.image.width_px, crop.image.height_px, facts.width_px, facts.height_px),
                   "Put the image back as it was, or begin again.");
    const DecodingTurn turn(facts.decoding_bytes);
    io::ResizedPart part(resizing_of(crop));
    read([&](std::int64_t y, std::span<const std::uint8_t> rgb) { part.add_row(y, rgb); });
    return part.result();
}

}  // namespace

io::Image fit_file(std::span<const std::byte> file, const std::string& name, const Crop& crop,
                   const io::Background& background) {
    return fit_rows(file, name, crop,
                    [&](const io::OnRow& take) { io::read_rows(file, name, take, background); });
}

std::vector<std::uint8_t> fit_alpha(std::span<const std::byte> file, const std::string& name,
                                    const Crop& crop) {
    return first_channel(
        fit_rows(file, name, crop, [&](const io::OnRow& take) { io::read_alpha_rows(file, name, take); }));
}

std::vector<std::uint8_t> first_channel(const io::Image& image) {
    std::vector<std::uint8_t> bytes(image.rgb.size() / 3);
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = image.rgb[3 * i];
    return bytes;
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
