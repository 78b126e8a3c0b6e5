// A bitmap of any bytes is refused with an Error, or has all its pixels.
#include <cstdint>
#include <span>

#include "base/error.hpp"
#include "io/bmp.hpp"

using namespace lorikeet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    try {
        const auto facts = io::peek_bmp(bytes);
        const auto image = io::decode_bmp(bytes);
        base::expects(image.width_px == facts.width_px && image.height_px == facts.height_px,
                      "as large as it said");
        base::expects(image.rgb.size() == static_cast<std::size_t>(3 * image.width_px * image.height_px),
                      "three bytes a pixel");
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
    return 0;
}
