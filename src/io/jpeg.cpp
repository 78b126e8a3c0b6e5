#include "io/jpeg.hpp"

#include <vips/vips8>

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::io {

std::string encode_jpeg(const Image& image, int quality) {
    base::expects(image.rgb.size() == static_cast<std::size_t>(image.width_px * image.height_px * 3) &&
                      !image.rgb.empty(),
                  "an image has three bytes a pixel");
    static const bool started = VIPS_INIT("lorikeet") == 0;
    base::expects(started, "libvips is started");
    try {
        const auto pixels =
            vips::VImage::new_from_memory(const_cast<std::uint8_t*>(image.rgb.data()), image.rgb.size(),
                                          static_cast<int>(image.width_px), static_cast<int>(image.height_px),
                                          3, VIPS_FORMAT_UCHAR)
                .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
        auto* blob = pixels.jpegsave_buffer(vips::VImage::option()->set("Q", quality));
        std::size_t size = 0;
        const auto* data = static_cast<const char*>(vips_blob_get(blob, &size));
        std::string jpeg(data, size);
        vips_area_unref(VIPS_AREA(blob));
        return jpeg;
    } catch (const vips::VError& error) {
        base::fail(base::ErrorCode::Internal,
                   fmt::format("A small image could not be written: {}", error.what()));
    }
}

}  // namespace lorikeet::io
