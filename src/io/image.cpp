#include "io/image.hpp"

#include <algorithm>
#include <string_view>
#include <vips/vips8>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/bmp.hpp"
#include "io/colour.hpp"
#include "io/format.hpp"
#include "io/frames.hpp"
#include "io/png_text.hpp"
#include "io/vips_file.hpp"

namespace lorikeet::io {
namespace {

using base::ErrorCode;
using base::fail;
using vips::VImage;
using Bytes = std::span<const std::byte>;

constexpr std::int64_t kMaxPixels = 400'000'000;  // 20,000 x 20,000: 1.2 GB as RGB
constexpr int kLines = 16;                        // decoded at once

std::string format_or_fail(Bytes file, const std::string& name) {
    if (file.empty()) fail(ErrorCode::Corrupt, fmt::format("{} is empty.", name), "Copy it again.");
    auto format = format_of(file);
    if (format.empty())
        fail(ErrorCode::Unsupported, fmt::format("{} is not an image of a kind that is read.", name),
             fmt::format("{} are; convert it to one of them.", kFormatNames));
    return format;
}

// An image that is to be turned, or mirrored top to bottom, has to be in memory first.
bool is_turned(const VImage& stored) { return vips_image_get_orientation(stored.get_image()) > 2; }

// Of one decoding, as it was measured for each kind (tests/io/decoding_memory_test.cpp).
std::int64_t decoding_bytes_of(const VImage& stored, const std::string& format) {
    const auto area = std::int64_t{stored.width()} * stored.height();
    const auto whole = area * stored.bands() * static_cast<std::int64_t>(vips_format_sizeof(stored.format()));
    const bool interlaced = stored.get_typeof("interlaced") != 0;
    std::int64_t bytes = std::int64_t{stored.width()} * stored.bands() * 600;  // lines on their way
    if (format == "jpeg" && interlaced) {                                      // its coefficients
        const bool full = stored.get_typeof("jpeg-chroma-subsample") != 0 &&
                          std::string_view(stored.get_string("jpeg-chroma-subsample")) == "4:4:4";
        bytes += area * (full ? 2 * stored.bands() : 3);
    }
    if (format == "png" && interlaced) bytes = whole;
    if (format == "gif") bytes += area * 4;
    if (format == "webp") bytes += area * 11;
    if (format == "avif" || format == "heic") bytes += area * 25 / 2;
    if (format == "jxl") bytes += area * 24;
    if (is_turned(stored)) bytes += whole;
    return bytes;
}

ImageFacts facts_of(const VImage& stored, const std::string& format) {
    const auto shown = stored.autorot();
    const auto profile = profile_of(stored);
    const bool inks = stored.interpretation() == VIPS_INTERPRETATION_CMYK;
    const auto* colours = profile == Profile::Converted ? "profile 1" : inks ? "inks 1" : "";
    // Of HEIF libvips counts icons too; of PNG and JPEG nothing.
    const bool counted = format != "heic" && format != "avif" && stored.get_typeof(VIPS_META_N_PAGES) != 0;
    return {shown.width(),
            shown.height(),
            format,
            profile,
            colours,
            decoding_bytes_of(stored, format),
            counted ? stored.get_int(VIPS_META_N_PAGES) : 1};
}

template <typename Work>
auto with_name(const std::string& name, const Work& work) {
    try {
        return work();
    } catch (const base::Error& error) {
        fail(error.code(), fmt::format("{} does not decode: {}.", name, error.what()),
             "Save it again as PNG or JPEG, or leave it out.");
    }
}

void check_size(std::int64_t width, std::int64_t height, const std::string& name) {
    if (width <= kMaxPixels / std::max<std::int64_t>(height, 1)) return;
    fail(ErrorCode::Unsupported,
         fmt::format("{} is {} x {} pixels, more than are read.", name, width, height),
         "Make it smaller; training looks at far fewer pixels anyway.");
}

// Lines as they are asked for; nothing more of the image is kept.
class Lines {
  public:
    explicit Lines(const VImage& image) : image_(image), region_(vips_region_new(image.get_image())) {}
    ~Lines() { g_object_unref(region_); }
    Lines(const Lines&) = delete;
    Lines& operator=(const Lines&) = delete;

    std::span<const std::uint8_t> at(int y) {
        if (y % kLines == 0) {
            const VipsRect strip{0, y, image_.width(), std::min(kLines, image_.height() - y)};
            if (vips_region_prepare(region_, &strip) != 0) throw vips::VError();
        }
        return {VIPS_REGION_ADDR(region_, 0, y), static_cast<std::size_t>(image_.width() * image_.bands())};
    }

  private:
    VImage image_;
    VipsRegion* region_;
};

using ToRow = std::function<bool(PixelLayout, std::span<const std::uint8_t>, std::uint8_t*)>;

ToRow over(const Background& background) {
    return [background](PixelLayout layout, std::span<const std::uint8_t> row, std::uint8_t* rgb) {
        return to_rgb(layout, row, rgb, background);
    };
}

RowsRead rows_of(const VImage& upright, const OnRow& take, const ToRow& to_row) {
    const auto shown = shown_of(upright);
    Lines lines(shown.image);
    std::vector<std::uint8_t> rgb(static_cast<std::size_t>(shown.image.width()) * 3);
    RowsRead result;
    for (int y = 0; y < shown.image.height(); ++y) {
        if (to_row(shown.layout, lines.at(y), rgb.data())) result.transparent = true;
        take(y, rgb);
    }
    return result;
}

Image collect(std::int64_t width, std::int64_t height, const std::function<void(const OnRow&)>& rows) {
    Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3))};
    rows([&](std::int64_t y, std::span<const std::uint8_t> row) {
        std::copy(row.begin(), row.end(), image.rgb.begin() + y * width * 3);
    });
    return image;
}

}  // namespace

ImageFacts peek_image(Bytes file, const std::string& name) {
    const auto format = format_or_fail(file, name);
    const auto peek = [&] {
        if (format == "bmp") return with_name(name, [&] { return peek_bmp(file); });
        return with_reason(
            name, [&] { return facts_of(open_with_vips(file, format, VIPS_ACCESS_SEQUENTIAL), format); });
    };
    auto facts = peek();
    facts.frames = std::max(facts.frames, frames_in(file, format));
    facts.decoding_bytes += static_cast<std::int64_t>(file.size());  // its pages, as they are read
    return facts;
}

namespace {

RowsRead decode_rows(Bytes file, const std::string& format, const std::string& name, const OnRow& take,
                     const ToRow& to_row) {
    return with_reason(name, [&] {
        auto stored = open_with_vips(file, format, VIPS_ACCESS_SEQUENTIAL);
        if (is_turned(stored)) stored = open_with_vips(file, format, VIPS_ACCESS_RANDOM);
        return rows_of(stored.autorot(), take, to_row);
    });
}

}  // namespace

RowsRead read_rows(Bytes file, const std::string& name, const OnRow& take, const Background& background) {
    const auto facts = peek_image(file, name);
    check_size(facts.width_px, facts.height_px, name);
    if (facts.format == "bmp") return with_name(name, [&] { return read_bmp_rows(file, take, background); });
    return decode_rows(file, facts.format, name, take, over(background));
}

RowsRead read_alpha_rows(Bytes file, const std::string& name, const OnRow& take) {
    const auto facts = peek_image(file, name);
    check_size(facts.width_px, facts.height_px, name);
    if (facts.format != "bmp") return decode_rows(file, facts.format, name, take, to_alpha);
    if (with_name(name, [&] {
            return read_bmp_rows(file, [](std::int64_t, std::span<const std::uint8_t>) {});
        }).transparent)
        fail(ErrorCode::Unsupported,
             fmt::format("The transparency of {} is not read as a mask, since it is a BMP.", name),
             "Save it as PNG.");
    const std::vector<std::uint8_t> opaque(static_cast<std::size_t>(facts.width_px) * 3, 255);
    for (std::int64_t y = 0; y < facts.height_px; ++y) take(y, opaque);
    return {};
}

Image decode_image(Bytes file, const std::string& name) {
    const auto facts = peek_image(file, name);
    check_size(facts.width_px, facts.height_px, name);
    return collect(facts.width_px, facts.height_px, [&](const OnRow& take) { read_rows(file, name, take); });
}

Image read_image(const base::Path& path) {
    const base::MappedFile file(path);
    return decode_image(file.bytes(), path.string());
}

ImageFacts peek_image(const base::Path& path) {
    const base::MappedFile file(path);
    return peek_image(file.bytes(), path.string());
}

std::string encode_png(const Image& image, const std::map<std::string, std::string>& texts) {
    const auto pixels = pixels_for_vips(image);
    const auto png = bytes_of(pixels.pngsave_buffer(VImage::option()->set("compression", 6)));
    return with_png_texts(std::as_bytes(std::span(png)), texts);
}

void write_png(const base::Path& path, const Image& image, const std::map<std::string, std::string>& texts) {
    base::write_whole(path, encode_png(image, texts));
}

Image draw_svg(const std::string& svg) {
    start_vips();
    auto* blob = vips_blob_copy(svg.data(), svg.size());
    try {
        const auto drawn = VImage::svgload_buffer(blob, VImage::option()->set("unlimited", true));
        vips_area_unref(VIPS_AREA(blob));
        return collect(drawn.width(), drawn.height(),
                       [&](const OnRow& take) { rows_of(drawn, take, over(kWhiteBackground)); });
    } catch (const vips::VError& error) {
        fail(ErrorCode::Internal, fmt::format("A drawing of our own could not be drawn: {}", error.what()));
    }
}

std::map<std::string, std::string> read_png_text(const base::Path& path) {
    const base::MappedFile file(path);
    try {
        return png_texts(file.bytes());
    } catch (const base::Error& error) {
        fail(error.code(), fmt::format("{}: {}", path.string(), error.what()), error.hint());
    }
}

}  // namespace lorikeet::io
