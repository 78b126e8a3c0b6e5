// The bytes of a PNG with transparency, uncompressed: write_png writes none.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::support {

inline std::string big_endian(std::uint32_t number) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xFFU);
    return bytes;
}

inline std::string png_chunk(const std::string& kind, const std::string& data) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : kind + data) {
        crc ^= static_cast<std::uint8_t>(c);
        for (int bit = 0; bit < 8; ++bit) crc = crc >> 1U ^ (crc & 1U ? 0xEDB88320U : 0U);
    }
    return big_endian(static_cast<std::uint32_t>(data.size())) + kind + data + big_endian(~crc);
}

// `rgba`: four bytes a pixel, rows from the top; the whole at most 65535 bytes.
inline std::string rgba_png(std::uint32_t width, std::uint32_t height,
                            const std::vector<std::uint8_t>& rgba) {
    std::string rows;
    for (std::uint32_t y = 0; y < height; ++y) {
        rows += '\0';  // no filter
        rows.append(reinterpret_cast<const char*>(rgba.data()) + std::size_t{4} * width * y,
                    std::size_t{4} * width);
    }
    std::uint32_t a = 1, b = 0;
    for (const char c : rows) a = (a + static_cast<std::uint8_t>(c)) % 65521, b = (b + a) % 65521;
    const auto size = static_cast<std::uint16_t>(rows.size());
    std::string stored{"\x78\x01\x01", 3};  // one block as it is
    for (const std::uint16_t half : {size, static_cast<std::uint16_t>(~size)}) {
        stored += static_cast<char>(half & 0xFFU);
        stored += static_cast<char>(half >> 8U);
    }
    return std::string("\x89PNG\r\n\x1a\n", 8) +
           png_chunk("IHDR", big_endian(width) + big_endian(height) + std::string("\x08\x06\0\0\0", 5)) +
           png_chunk("IDAT", stored + rows + big_endian(b << 16U | a)) + png_chunk("IEND", "");
}

}  // namespace lorikeet::support
