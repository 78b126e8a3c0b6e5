#include "io/bmp.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <vector>

#include "base/error.hpp"

namespace lorikeet::io {
namespace {

using base::ErrorCode;
using base::fail;
using Bytes = std::span<const std::byte>;

constexpr std::size_t kFileHeader = 14;

std::uint32_t number_at(Bytes file, std::size_t at, std::size_t bytes) {
    if (at + bytes > file.size()) fail(ErrorCode::Corrupt, "it is cut off");
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < bytes; ++i)
        number |= static_cast<std::uint32_t>(file[at + i]) << static_cast<unsigned>(8 * i);
    return number;
}

enum Compression : std::uint32_t { kPlain = 0, kBitFields = 3, kAlphaBitFields = 6 };

struct Header {
    std::int64_t width = 0, height = 0;
    bool top_down = false;
    std::uint32_t bits = 0;
    std::array<std::uint32_t, 4> masks{};  // red, green, blue, alpha
    std::size_t palette_begin = 0, palette_count = 0;
    std::size_t pixels_begin = 0;
    std::size_t stride() const { return (static_cast<std::size_t>(width) * bits + 31) / 32 * 4; }
};

void read_masks(Bytes file, std::uint32_t compression, std::size_t info, Header& h) {
    if (compression == kPlain) {
        if (h.bits == 16) h.masks = {0x7C00, 0x03E0, 0x001F, 0};
        if (h.bits == 32) h.masks = {0xFF0000, 0x00FF00, 0x0000FF, 0};
        return;
    }
    const std::size_t count = compression == kAlphaBitFields || info >= 56 ? 4 : 3;
    for (std::size_t i = 0; i < count; ++i) h.masks[i] = number_at(file, kFileHeader + 40 + 4 * i, 4);
    if (h.masks[0] == 0 || h.masks[1] == 0 || h.masks[2] == 0)
        fail(ErrorCode::Corrupt, "a colour has no bits");
}

Header read_header(Bytes file) {
    Header h;
    const std::size_t info = number_at(file, 14, 4);
    if (info < 40) fail(ErrorCode::Unsupported, "it is a bitmap of OS/2, which is not read");
    const auto height = static_cast<std::int32_t>(number_at(file, 22, 4));
    h.width = static_cast<std::int32_t>(number_at(file, 18, 4));
    h.height = std::abs(static_cast<std::int64_t>(height));
    h.top_down = height < 0;
    h.bits = number_at(file, 28, 2);
    h.pixels_begin = number_at(file, 10, 4);
    const auto compression = number_at(file, 30, 4);
    if (h.width < 1 || h.height < 1) fail(ErrorCode::Corrupt, "its header gives no sensible size");
    const bool deep = h.bits == 16 || h.bits == 32;
    const bool fields = (compression == kBitFields || compression == kAlphaBitFields) && deep;
    if (compression != kPlain && !fields)
        fail(ErrorCode::Unsupported, "it is a packed bitmap (RLE), which is not read");
    if (h.bits != 1 && h.bits != 4 && h.bits != 8 && h.bits != 24 && !deep)
        fail(ErrorCode::Corrupt, "its header gives no sensible depth");
    read_masks(file, compression, info, h);
    if (h.bits <= 8) {
        const std::size_t wanted = number_at(file, 46, 4), most = std::size_t{1} << h.bits;
        h.palette_begin = kFileHeader + info;
        h.palette_count = wanted == 0 ? most : std::min(wanted, most);
        number_at(file, h.palette_begin + 4 * h.palette_count - 1, 1);
    }
    return h;
}

// The bits of one colour, stretched to 0..255.
std::uint32_t channel(std::uint32_t pixel, std::uint32_t mask) {
    const auto most = static_cast<std::uint64_t>(mask >> std::countr_zero(mask));
    const auto value = static_cast<std::uint64_t>((pixel & mask) >> std::countr_zero(mask));
    return static_cast<std::uint32_t>(most == 0 ? 0 : value * 255 / most);
}

std::array<std::uint32_t, 3> pixel_at(Bytes file, const Header& h, std::size_t row, std::size_t x,
                                      bool& transparent, const Background& background) {
    if (h.bits == 24) {
        const auto at = row + 3 * x;
        return {number_at(file, at + 2, 1), number_at(file, at + 1, 1), number_at(file, at, 1)};
    }
    if (h.bits <= 8) {
        const auto bit = x * h.bits;
        const auto byte = number_at(file, row + bit / 8, 1);
        const auto index = (byte >> (8 - h.bits - bit % 8)) & ((1U << h.bits) - 1);
        if (index >= h.palette_count) fail(ErrorCode::Corrupt, "a pixel has a colour outside its palette");
        const auto at = h.palette_begin + 4 * index;
        return {number_at(file, at + 2, 1), number_at(file, at + 1, 1), number_at(file, at, 1)};
    }
    const auto pixel = number_at(file, row + x * h.bits / 8, h.bits / 8);
    std::array<std::uint32_t, 3> colour{};
    for (std::size_t c = 0; c < 3; ++c) colour[c] = channel(pixel, h.masks[c]);
    if (h.masks[3] == 0) return colour;
    const auto alpha = channel(pixel, h.masks[3]);
    transparent = transparent || alpha != 255;
    for (std::size_t c = 0; c < 3; ++c)
        colour[c] = (colour[c] * alpha + background[c] * (255 - alpha) + 127) / 255;
    return colour;
}

}  // namespace

bool is_bmp(Bytes file) { return file.size() >= 2 && file[0] == std::byte{'B'} && file[1] == std::byte{'M'}; }

ImageFacts peek_bmp(Bytes file) {
    const auto h = read_header(file);
    return {h.width, h.height, "bmp", Profile::None, "", h.width * 3};
}

RowsRead read_bmp_rows(Bytes file, const OnRow& take, const Background& background) {
    const auto h = read_header(file);
    const auto rows = static_cast<std::size_t>(h.height);
    if (h.pixels_begin > file.size() || (file.size() - h.pixels_begin) / h.stride() < rows)
        fail(ErrorCode::Corrupt, "it is cut off");
    RowsRead result;
    std::vector<std::uint8_t> rgb;
    for (std::size_t y = 0; y < rows; ++y) {
        const auto row = h.pixels_begin + (h.top_down ? y : rows - 1 - y) * h.stride();
        rgb.clear();
        for (std::size_t x = 0; x < static_cast<std::size_t>(h.width); ++x)
            for (const auto value : pixel_at(file, h, row, x, result.transparent, background))
                rgb.push_back(static_cast<std::uint8_t>(value));
        take(static_cast<std::int64_t>(y), rgb);
    }
    return result;
}

Image decode_bmp(Bytes file) {
    Image image;
    read_bmp_rows(file, [&](std::int64_t y, std::span<const std::uint8_t> row) {
        image.rgb.insert(image.rgb.end(), row.begin(), row.end());
        image.width_px = static_cast<std::int64_t>(row.size()) / 3;
        image.height_px = y + 1;
    });
    return image;
}

}  // namespace lorikeet::io
