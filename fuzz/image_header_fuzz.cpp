// An image's header of any bytes is refused with an Error, or tells sizes that an image can have.
#include <cstdint>
#include <span>

#include "base/error.hpp"
#include "io/format.hpp"
#include "io/image.hpp"

using namespace lorikeet;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    try {
        const auto facts = io::peek_image(bytes, "image");
        base::expects(facts.width_px > 0 && facts.height_px > 0, "an image has pixels");
        base::expects(facts.decoding_bytes > 0 && facts.frames > 0, "an image takes memory");
        base::expects(facts.format == io::format_of(bytes), "one format, whoever asks");
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
    return 0;
}
