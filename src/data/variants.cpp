#include "data/variants.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::data {
namespace {

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

// Both ends included.
std::int64_t between(std::int64_t least, std::int64_t most, const Uniform& uniform) {
    return least + static_cast<std::int64_t>(uniform() * static_cast<double>(most - least + 1));
}

// Along one axis: the middle of the face and the length of the resized image.
std::int64_t corner_of(std::int64_t middle, std::int64_t length, std::int64_t size, std::int64_t face_size,
                       std::int64_t shorter, const FaceCrop& wish, const Uniform& uniform) {
    auto corner = middle - size / 2;
    if (wish.random) {
        const auto reach = std::max(length - middle, middle);
        const auto first = between(0, reach, uniform);
        corner += first + between(0, reach, uniform) - reach;
    } else if (wish.least != wish.most && face_size > shorter / 10 && face_size >= 40) {
        corner += between(-((face_size + 19) / 20), face_size / 20, uniform);
    }
    return std::max<std::int64_t>(0, std::min(corner, length - size));
}

}  // namespace

std::optional<Face> face_in_name(const base::Path& file, Size image) {
    const auto parts = base::split(file.stem().string(), "_");
    if (parts.size() < 5) return std::nullopt;
    std::int64_t numbers[4] = {};
    for (std::size_t i = 0; i < 4; ++i) {
        const auto number = whole_number(parts[parts.size() - 4 + i]);
        if (!number) return std::nullopt;
        numbers[i] = *number;
    }
    const Face face{numbers[0], numbers[1], numbers[2], numbers[3]};
    // sd-scripts takes a middle at 0 for "no face".
    const bool inside = face.x_px > 0 && face.y_px >= 0 && face.x_px < image.width_px &&
                        face.y_px < image.height_px && face.width_px > 0 && face.height_px > 0 &&
                        face.width_px <= image.width_px && face.height_px <= image.height_px;
    return inside ? std::optional(face) : std::nullopt;
}

io::Background background_of(const settings::Data& data) {
    base::expects(data.background.size() == 3, "a colour is red, green and blue");
    io::Background rgb{};
    for (std::size_t c = 0; c < 3; ++c) rgb[c] = static_cast<std::uint8_t>(data.background[c]);
    return rgb;
}

Variants variants_of(const settings::Data& data, const settings::Subset& subset) {
    Variants own;
    own.random_crop = subset.random_crop.value_or(data.random_crop);
    own.vary_colours = subset.vary_colours.value_or(data.vary_colours);
    own.face_crop = subset.face_crop.empty() ? data.face_crop : subset.face_crop;
    own.mask_folder = subset.mask_folder;
    own.alpha_mask = own.mask_folder.empty() && subset.alpha_mask.value_or(data.alpha_mask);
    return own;
}

Crop crop_anywhere(const Crop& usual, const Uniform& uniform) {
    auto crop = usual;
    const auto left = between(0, crop.resized.width_px - crop.size.width_px, uniform);
    crop.at = Corner{left, between(0, crop.resized.height_px - crop.size.height_px, uniform)};
    return crop;
}

Crop crop_round(const FaceCrop& wish, Size image, Size size, const Uniform& uniform) {
    if (image == size) return {image, size, size};
    const auto& face = wish.face;
    const auto face_size = std::max(face.width_px, face.height_px);
    const auto shorter = std::min(size.width_px, size.height_px);
    const auto share = [](std::int64_t a, double b) { return static_cast<double>(a) / b; };
    // An image that is smaller than the crop has to grow; others never do.
    const double covers = std::max(share(size.height_px, static_cast<double>(image.height_px)),
                                   share(size.width_px, static_cast<double>(image.width_px)));
    const double largest = std::max(1.0, covers);
    const auto scale_for = [&](double sizes) {
        return share(shorter, static_cast<double>(face_size) * sizes);
    };
    const double least = std::min(largest, std::max(covers, scale_for(wish.most)));
    const double most = std::min(largest, std::max(least, scale_for(wish.least)));
    const double scale = least >= most ? least : least + (most - least) * uniform();
    const auto scaled = [scale](std::int64_t side) {
        return static_cast<std::int64_t>(static_cast<double>(side) * scale + 0.5);
    };
    const Size resized{std::max(scaled(image.width_px), size.width_px),
                       std::max(scaled(image.height_px), size.height_px)};
    const auto corner = [&](std::int64_t middle, std::int64_t length, std::int64_t side) {
        return corner_of(scaled(middle), length, side, face_size, shorter, wish, uniform);
    };
    const auto top = corner(face.y_px, resized.height_px, size.height_px);
    return {image, resized, size, Corner{corner(face.x_px, resized.width_px, size.width_px), top}};
}

}  // namespace lorikeet::data
