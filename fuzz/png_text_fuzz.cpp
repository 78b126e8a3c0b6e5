// Chunks of any bytes are refused with an Error, or give texts. Since a checksum guards each chunk, the input is
// also put into one with the right checksum.
#include <cstdint>
#include <span>
#include <string>

#include "base/error.hpp"
#include "io/png_text.hpp"

using namespace lorikeet;

namespace {

std::string big_endian(std::uint64_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((number >> shift) & 0xFFU);
    return bytes;
}

std::string chunk(const std::string& type_and_data) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : type_and_data) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return big_endian(type_and_data.size() - 4) + type_and_data + big_endian(~crc);
}

void read(const std::string& png) {
    try {
        io::png_texts(std::as_bytes(std::span(png)));
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(data, data + size);
    read(bytes);
    for (const std::string type : {"tEXt", "zTXt", "iTXt"})
        read("\x89PNG\r\n\x1a\n" + chunk(type + bytes) + chunk("IEND"));
    return 0;
}
