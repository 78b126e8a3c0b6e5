#include "io/png_text.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include <fmt/format.h>
#include <zlib.h>

#include "base/error.hpp"

namespace lorikeet::io {
namespace {

using base::ErrorCode;
using base::fail;

constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
constexpr std::size_t kMaxText = 16'000'000;

struct Chunk {
    std::string_view type;
    std::string_view data;
};

std::uint32_t big_endian(std::string_view bytes) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = (number << 8U) | static_cast<unsigned char>(bytes[i]);
    return number;
}

std::string big_endian_bytes(std::uint32_t number) {
    std::string bytes(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>((number >> (24 - 8 * i)) & 0xFFU);
    return bytes;
}

std::uint32_t crc_of(std::string_view type_and_data) {
    return static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(type_and_data.data()),
                                              static_cast<uInt>(type_and_data.size())));
}

// Takes the first chunk off `rest`.
Chunk take_chunk(std::string_view& rest) {
    if (rest.size() < 12) fail(ErrorCode::Corrupt, "This PNG is cut off.");
    const std::size_t length = big_endian(rest);
    if (length > rest.size() - 12) fail(ErrorCode::Corrupt, "This PNG is cut off.");
    const Chunk chunk{rest.substr(4, 4), rest.substr(8, length)};
    if (crc_of(rest.substr(4, 4 + length)) != big_endian(rest.substr(8 + length)))
        fail(ErrorCode::Corrupt, "This PNG is damaged: a checksum does not match.");
    rest.remove_prefix(length + 12);
    return chunk;
}

std::string_view checked_png(std::span<const std::byte> png) {
    const std::string_view file(reinterpret_cast<const char*>(png.data()), png.size());
    if (!file.starts_with(kSignature)) fail(ErrorCode::Unsupported, "This is not a PNG.");
    return file.substr(kSignature.size());
}

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c == '\n' || (c >= 0x20 && c < 0x7F); });
}

std::string text_chunk(const std::string& key, const std::string& text) {
    const bool allowed = !key.empty() && key.size() < 80 && is_ascii(key) && key.find('\n') == key.npos &&
                         key.front() != ' ' && key.back() != ' ';
    if (!allowed)
        fail(ErrorCode::InvalidInput, fmt::format("\"{}\" cannot name a text inside a PNG.", key),
             "Use 1 to 79 plain letters.");
    using namespace std::string_literals;
    const std::string body = is_ascii(text) ? "tEXt" + key + "\0"s + text
                                            : "iTXt" + key + "\0\0\0\0\0"s + text;  // not packed, no language
    return big_endian_bytes(static_cast<std::uint32_t>(body.size() - 4)) + body +
           big_endian_bytes(crc_of(body));
}

std::string latin1_to_utf8(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) {
            result += c;
        } else {
            result += static_cast<char>(0xC0U | (byte >> 6U));
            result += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return result;
}

std::optional<std::string> unpack(std::string_view packed) {
    std::string text;
    z_stream stream{};
    if (::inflateInit(&stream) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream.avail_in = static_cast<uInt>(packed.size());
    int state = Z_OK;
    while (state == Z_OK && text.size() <= kMaxText) {
        char part[1 << 14];
        stream.next_out = reinterpret_cast<Bytef*>(part);
        stream.avail_out = sizeof part;
        state = ::inflate(&stream, Z_NO_FLUSH);
        text.append(part, sizeof part - stream.avail_out);
    }
    ::inflateEnd(&stream);
    if (state != Z_STREAM_END || text.size() > kMaxText) return std::nullopt;
    return text;
}

// Cuts `data` after its first zero byte; nothing when there is none.
std::optional<std::string_view> take_word(std::string_view& data) {
    const auto end = data.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    const auto word = data.substr(0, end);
    data.remove_prefix(end + 1);
    return word;
}

std::optional<std::string> text_of(std::string_view type, std::string_view data) {
    if (type == "tEXt") return latin1_to_utf8(data);
    if (type == "zTXt") {
        if (data.empty() || data.front() != '\0') return std::nullopt;
        const auto text = unpack(data.substr(1));
        return text ? std::optional(latin1_to_utf8(*text)) : std::nullopt;
    }
    if (data.size() < 2) return std::nullopt;  // iTXt: packed?, method, language, translated keyword, text
    const bool packed = data.front() != '\0';
    data.remove_prefix(2);
    if (!take_word(data) || !take_word(data)) return std::nullopt;
    return packed ? unpack(data) : std::optional(std::string(data));
}

}  // namespace

std::string with_png_texts(std::span<const std::byte> png, const PngTexts& texts) {
    const auto chunks = checked_png(png);
    auto rest = chunks;
    if (take_chunk(rest).type != "IHDR") fail(ErrorCode::Corrupt, "This PNG does not begin with its header.");
    std::string result(kSignature);
    result += chunks.substr(0, chunks.size() - rest.size());
    for (const auto& [key, text] : texts) result += text_chunk(key, text);
    result += rest;
    return result;
}

PngTexts png_texts(std::span<const std::byte> png) {
    PngTexts texts;
    auto rest = checked_png(png);
    while (!rest.empty()) {
        auto [type, data] = take_chunk(rest);
        if (type == "IEND") return texts;
        if (type != "tEXt" && type != "zTXt" && type != "iTXt") continue;
        const auto key = take_word(data);
        if (!key) continue;
        if (const auto text = text_of(type, data)) texts[latin1_to_utf8(*key)] = *text;
    }
    fail(ErrorCode::Corrupt, "This PNG is cut off.");
}

}  // namespace lorikeet::io
