#include "io/jpeg.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "io/vips_file.hpp"

namespace lorikeet::io {

std::string encode_jpeg(const Image& image, int quality) {
    const auto pixels = pixels_for_vips(image);
    try {
        return bytes_of(pixels.jpegsave_buffer(vips::VImage::option()->set("Q", quality)));
    } catch (const vips::VError&) {
        base::fail(base::ErrorCode::Internal,
                   fmt::format("A small image could not be written: {}.", take_vips_reason()));
    }
}

}  // namespace lorikeet::io
