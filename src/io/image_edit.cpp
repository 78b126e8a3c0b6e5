#include "io/image_edit.hpp"

#include <array>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "io/vips_file.hpp"

namespace lorikeet::io {

using base::ErrorCode;
using base::fail;
using vips::VImage;

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kWritten{
    {{"png", ".png"}, {"jpeg", ".jpg"}, {"webp", ".webp"}}};
constexpr double kWhite = 255;

// Ours, where libvips does not read the format: in memory as a whole.
VImage open_bmp(std::span<const std::byte> file, const std::string& name) {
    const auto image = decode_image(file, name);
    return pixels_for_vips(image).copy_memory();
}

VImage resized(const VImage& image, const ImageEdit& edit) {
    if (edit.to_width_px == 0) return image;
    const auto across = static_cast<double>(edit.to_width_px) / image.width();
    const auto down = static_cast<double>(edit.to_height_px) / image.height();
    if (across == 1 && down == 1) return image;
    auto* options = VImage::option()->set("vscale", down)->set("kernel", VIPS_KERNEL_LANCZOS3);
    if (!image.has_alpha()) return image.resize(across, options);
    // Colours of what cannot be seen must not bleed into what can.
    const auto format = image.format();
    return image.premultiply().resize(across, options).unpremultiply().cast(format);
}

VImage turned(const VImage& image, const ImageEdit& edit) {
    auto made = image;
    if (edit.turn == Turn::Right) made = made.rot(VIPS_ANGLE_D90);
    if (edit.turn == Turn::Half) made = made.rot(VIPS_ANGLE_D180);
    if (edit.turn == Turn::Left) made = made.rot(VIPS_ANGLE_D270);
    return edit.mirror ? made.flip(VIPS_DIRECTION_HORIZONTAL) : made;
}

VImage edited(const VImage& stored, const ImageEdit& edit) {
    auto image = stored.autorot();
    if (edit.part)
        image = image.extract_area(static_cast<int>(edit.part->x), static_cast<int>(edit.part->y),
                                   static_cast<int>(edit.part->width_px),
                                   static_cast<int>(edit.part->height_px));
    return turned(resized(image, edit), edit);
}

std::string written(const VImage& image, const ImageEdit& edit) {
    if (edit.format == "png") return bytes_of(image.pngsave_buffer(VImage::option()->set("compression", 6)));
    if (edit.format == "webp")
        return bytes_of(image.webpsave_buffer(
            VImage::option()->set("Q", edit.quality)->set("lossless", edit.quality == 100)));
    return bytes_of(image.jpegsave_buffer(
        VImage::option()->set("Q", edit.quality)->set("background", std::vector<double>{kWhite})));
}

}  // namespace

std::string edit_image(std::span<const std::byte> file, const std::string& name, const ImageEdit& edit) {
    base::expects(is_written(edit.format), "a format that is written");
    const auto facts = peek_image(file, name);
    if (facts.frames > 1)
        fail(ErrorCode::Unsupported,
             fmt::format("{} holds {} images, and only the first would be kept.", name, facts.frames),
             "Take out the one that is wanted with another program.");
    return with_reason(name, [&] {
        const auto stored = facts.format == "bmp" ? open_bmp(file, name)
                                                  : open_with_vips(file, facts.format, VIPS_ACCESS_RANDOM);
        return written(edited(stored, edit), edit);
    });
}

std::string_view extension_of(std::string_view format) {
    for (const auto& [known, extension] : kWritten)
        if (known == format) return extension;
    return {};
}

bool is_written(std::string_view format) { return !extension_of(format).empty(); }

bool has_alpha(std::span<const std::byte> file, const std::string& name) {
    const auto format = peek_image(file, name).format;
    if (format == "bmp") return false;
    return with_reason(name,
                       [&] { return open_with_vips(file, format, VIPS_ACCESS_SEQUENTIAL).has_alpha(); });
}

}  // namespace lorikeet::io
