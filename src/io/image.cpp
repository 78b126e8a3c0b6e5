#include "io/image.hpp"

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>
#include <string_view>
#include <vips/vips8>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/bmp.hpp"
#include "io/png_text.hpp"

namespace lorikeet::io {
namespace {

using base::ErrorCode;
using base::fail;
using vips::VImage;
using Bytes = std::span<const std::byte>;

constexpr std::int64_t kMaxPixels = 400'000'000;  // 20,000 x 20,000: 1.2 GB as RGB
constexpr std::array<std::string_view, 7> kExtensions{".jpg", ".jpeg", ".png", ".webp",
                                                      ".gif", ".bmp",  ".avif"};

void be_quiet(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

// Only the loaders of the formats named in the header stay open: libvips could read a hundred more, and every
// one of them is a way in. SVG is for draw_svg alone; format_of never names it.
void start_vips() {
    static const bool started = [] {
        if (VIPS_INIT("lorikeet") != 0)
            fail(ErrorCode::Internal, fmt::format("libvips does not start: {}", vips_error_buffer()));
        vips_concurrency_set(1);  // many pictures at once, one thread each: measured best
        vips_cache_set_max(0);
        g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, be_quiet, nullptr);
        vips_operation_block_set("VipsForeignLoad", TRUE);
        for (const auto* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                                   "VipsForeignLoadNsgif", "VipsForeignLoadHeif", "VipsForeignLoadSvg"})
            vips_operation_block_set(loader, FALSE);
        return true;
    }();
    base::expects(started, "libvips is started");
}

bool is_avif(std::string_view head) {
    if (head.size() < 12 || head.substr(4, 4) != "ftyp") return false;
    const auto brands = head.substr(8, 56);
    return brands.starts_with("avif") || brands.starts_with("avis") ||
           (brands.starts_with("mif1") && brands.find("avif") != std::string_view::npos);
}

std::string format_of(Bytes file) {
    const std::string_view head(reinterpret_cast<const char*>(file.data()),
                                std::min<std::size_t>(file.size(), 64));
    if (head.starts_with("\xFF\xD8\xFF")) return "jpeg";
    if (head.starts_with("\x89PNG\r\n\x1a\n")) return "png";
    if (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP") return "webp";
    if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return "gif";
    if (is_bmp(file)) return "bmp";
    if (is_avif(head)) return "avif";
    return {};
}

std::string format_or_fail(Bytes file, const std::string& name) {
    if (file.empty()) fail(ErrorCode::Corrupt, fmt::format("{} is empty.", name), "Copy it again.");
    auto format = format_of(file);
    if (format.empty())
        fail(ErrorCode::Unsupported, fmt::format("{} is not a picture of a kind that is read.", name),
             "JPEG, PNG, WebP, GIF, BMP and AVIF are; convert it to one of them.");
    return format;
}

// Opens without decoding. `file` outlives the result.
VImage open(Bytes file, const std::string& format, VipsAccess access) {
    start_vips();
    auto* options = VImage::option()->set("access", access)->set("fail_on", VIPS_FAIL_ON_ERROR);
    auto* blob = vips_blob_new(nullptr, file.data(), file.size());
    struct Release {
        VipsBlob* blob;
        ~Release() { vips_area_unref(VIPS_AREA(blob)); }
    } const release{blob};
    const auto image = [&] {
        if (format == "jpeg") return VImage::jpegload_buffer(blob, options);
        if (format == "png") return VImage::pngload_buffer(blob, options);
        if (format == "webp") return VImage::webpload_buffer(blob, options);
        if (format == "gif") return VImage::gifload_buffer(blob, options);
        return VImage::heifload_buffer(blob, options);
    }();
    return image.autorot();
}

std::string reason_of(const char* text) {
    const auto line = base::trim(text).substr(0, base::trim(text).find('\n'));
    return line.empty() ? "it does not decode" : std::string(line);
}

// libvips keeps its messages in one place for all threads. A picture that fails is tried once more while no
// other is decoded, so that the reason told is its own.
template <typename Work>
auto with_reason(const std::string& name, const Work& work) {
    static std::shared_mutex guard;
    try {
        const std::shared_lock lock(guard);
        return work();
    } catch (const vips::VError&) {
    }
    const std::unique_lock lock(guard);
    vips_error_clear();
    try {
        return work();
    } catch (const vips::VError& error) {
        const auto reason = reason_of(error.what());
        vips_error_clear();
        fail(ErrorCode::Corrupt, fmt::format("{} does not decode: {}.", name, reason),
             "It is damaged or cut off; copy it again or leave it out.");
    }
}

template <typename Work>
auto with_name(const std::string& name, const Work& work) {
    try {
        return work();
    } catch (const base::Error& error) {
        fail(error.code(), fmt::format("{} does not decode: {}.", name, error.what()),
             "Save it anew as PNG or JPEG, or leave it out.");
    }
}

void check_size(std::int64_t width, std::int64_t height, const std::string& name) {
    if (width <= kMaxPixels / std::max<std::int64_t>(height, 1)) return;
    fail(ErrorCode::Unsupported,
         fmt::format("{} is {} x {} pixels, more than are read.", name, width, height),
         "Make it smaller; training looks at far fewer pixels anyway.");
}

Image pixels_of(VImage image) {
    if (image.interpretation() != VIPS_INTERPRETATION_sRGB || image.format() != VIPS_FORMAT_UCHAR)
        image = image.colourspace(VIPS_INTERPRETATION_sRGB);
    if (image.has_alpha())
        image = image.flatten(VImage::option()->set("background", std::vector<double>{255, 255, 255}));
    if (image.format() != VIPS_FORMAT_UCHAR) image = image.cast(VIPS_FORMAT_UCHAR);
    base::expects(image.bands() == 3, "sRGB has three bands");
    Image result{image.width(), image.height(), {}};
    std::size_t size = 0;
    void* memory = image.write_to_memory(&size);
    const auto* first = static_cast<const std::uint8_t*>(memory);
    result.rgb.assign(first, first + size);
    g_free(memory);
    return result;
}

}  // namespace

ImageFacts peek_image(Bytes file, const std::string& name) {
    const auto format = format_or_fail(file, name);
    if (format == "bmp") return with_name(name, [&] { return peek_bmp(file); });
    return with_reason(name, [&] {
        const auto image = open(file, format, VIPS_ACCESS_SEQUENTIAL);
        return ImageFacts{image.width(), image.height(), format};
    });
}

Image decode_image(Bytes file, const std::string& name) {
    const auto facts = peek_image(file, name);
    check_size(facts.width_px, facts.height_px, name);
    if (facts.format == "bmp") return with_name(name, [&] { return decode_bmp(file); });
    return with_reason(name, [&] { return pixels_of(open(file, facts.format, VIPS_ACCESS_RANDOM)); });
}

Image read_image(const base::Path& path) {
    const base::MappedFile file(path);
    return decode_image(file.bytes(), path.string());
}

ImageFacts peek_image(const base::Path& path) {
    const base::MappedFile file(path);
    return peek_image(file.bytes(), path.string());
}

bool has_image_extension(const base::Path& path) {
    const auto extension = base::to_lower(path.extension().string());
    return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

std::string encode_png(const Image& image, const std::map<std::string, std::string>& texts) {
    start_vips();
    base::expects(image.rgb.size() == static_cast<std::size_t>(image.width_px * image.height_px * 3) &&
                      !image.rgb.empty(),
                  "an image has three bytes a pixel");
    const auto pixels = VImage::new_from_memory(const_cast<std::uint8_t*>(image.rgb.data()), image.rgb.size(),
                                                static_cast<int>(image.width_px),
                                                static_cast<int>(image.height_px), 3, VIPS_FORMAT_UCHAR)
                            .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
    auto* blob = pixels.pngsave_buffer(VImage::option()->set("compression", 6));
    std::size_t size = 0;
    const auto* data = static_cast<const std::byte*>(vips_blob_get(blob, &size));
    std::string png = with_png_texts(std::span(data, size), texts);
    vips_area_unref(VIPS_AREA(blob));
    return png;
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
        return pixels_of(drawn);
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
