#include "io/vips_file.hpp"

#include <string_view>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::io {

using base::ErrorCode;
using base::fail;
using vips::VImage;

namespace {

void be_quiet(const gchar*, GLogLevelFlags, const gchar*, gpointer) {}

}  // namespace

// Only the loaders of the formats named in the header stay open: libvips could read a hundred more, and every
// one of them is a way in. SVG is for draw_svg alone; format_of never names it.
void start_vips() {
    static const bool started = [] {
        if (VIPS_INIT("lorikeet") != 0)
            fail(ErrorCode::Internal, fmt::format("libvips does not start: {}", vips_error_buffer()));
        vips_concurrency_set(1);  // many images at once, one thread each: measured best
        vips_cache_set_max(0);
        g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING, be_quiet, nullptr);
        vips_operation_block_set("VipsForeignLoad", TRUE);
        for (const auto* loader :
             {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp", "VipsForeignLoadNsgif",
              "VipsForeignLoadHeif", "VipsForeignLoadTiff", "VipsForeignLoadJxl", "VipsForeignLoadSvg"})
            vips_operation_block_set(loader, FALSE);
        return true;
    }();
    base::expects(started, "libvips is started");
}

VImage open_with_vips(std::span<const std::byte> file, const std::string& format, VipsAccess access) {
    start_vips();
    auto* options = VImage::option()->set("access", access)->set("fail_on", VIPS_FAIL_ON_ERROR);
    auto* blob = vips_blob_new(nullptr, file.data(), file.size());
    struct Release {
        VipsBlob* blob;
        ~Release() { vips_area_unref(VIPS_AREA(blob)); }
    } const release{blob};
    if (format == "jpeg") return VImage::jpegload_buffer(blob, options);
    if (format == "png") return VImage::pngload_buffer(blob, options);
    if (format == "webp") return VImage::webpload_buffer(blob, options);
    if (format == "gif") return VImage::gifload_buffer(blob, options);
    if (format == "tiff") return VImage::tiffload_buffer(blob, options);
    if (format == "jxl") return VImage::jxlload_buffer(blob, options);
    return VImage::heifload_buffer(blob, options);
}

VImage pixels_for_vips(const Image& image) {
    start_vips();
    base::expects(image.rgb.size() == static_cast<std::size_t>(image.width_px * image.height_px * 3) &&
                      !image.rgb.empty(),
                  "an image has three bytes a pixel");
    return VImage::new_from_memory(const_cast<std::uint8_t*>(image.rgb.data()), image.rgb.size(),
                                   static_cast<int>(image.width_px), static_cast<int>(image.height_px), 3,
                                   VIPS_FORMAT_UCHAR)
        .copy(VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
}

std::string bytes_of(VipsBlob* blob) {
    std::size_t size = 0;
    const auto* data = static_cast<const char*>(vips_blob_get(blob, &size));
    std::string bytes(data, size);
    vips_area_unref(VIPS_AREA(blob));
    return bytes;
}

std::string take_vips_reason() {
    const std::string text = vips_error_buffer();
    vips_error_clear();
    auto line = base::trim(text).substr(0, base::trim(text).find('\n'));
    while (line.ends_with('.')) line.remove_suffix(1);  // the sentence that it becomes part of has one
    return line.empty() ? "its first bytes are all that makes sense" : std::string(line);
}

void fail_decoding(const std::string& name, const std::string& reason) {
    fail(ErrorCode::Corrupt, fmt::format("{} does not decode: {}.", name, reason),
         "It is damaged or cut off; copy it again or leave it out.");
}

}  // namespace lorikeet::io
