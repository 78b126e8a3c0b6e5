#include "io/finite.hpp"

#include <cstring>

#include <fmt/format.h>

namespace lorikeet::io {

namespace {

// How a dtype writes what is not finite: all bits of the exponent are set. An infinity has no other bit but the sign.
template <class Word>
struct Exponent {
    Word mask;
    Word magnitude;  // all but the sign
    bool has_infinity = true;
};

template <class Word>
Word word_at(const std::byte* bytes, std::size_t index) {
    Word word;
    std::memcpy(&word, bytes + index * sizeof(Word), sizeof(Word));
    return word;
}

constexpr std::size_t kBlock = 4096;  // numbers; a constant, so that the compiler makes vectors of the loop

template <class Word>
bool any_in_block(const std::byte* bytes, Word mask) {
    Word hits = 0;
    for (std::size_t i = 0; i < kBlock; ++i)
        hits = static_cast<Word>(hits | static_cast<Word>((word_at<Word>(bytes, i) & mask) == mask));
    return hits != 0;
}

template <class Word>
void count_in(const std::byte* bytes, std::size_t numbers, const Exponent<Word>& exponent, NotFinite& found) {
    for (std::size_t i = 0; i < numbers; ++i) {
        const auto word = word_at<Word>(bytes, i);
        if ((word & exponent.mask) != exponent.mask) continue;
        const bool infinite = exponent.has_infinity && (word & exponent.magnitude) == exponent.mask;
        ++(infinite ? found.infinite : found.nan);
    }
}

template <class Word>
NotFinite find(std::span<const std::byte> bytes, const Exponent<Word>& exponent) {
    const auto numbers = bytes.size() / sizeof(Word);
    NotFinite found;
    std::size_t at = 0;
    for (; at + kBlock <= numbers; at += kBlock) {
        const auto* block = bytes.data() + at * sizeof(Word);
        if (any_in_block<Word>(block, exponent.mask)) count_in(block, kBlock, exponent, found);
    }
    count_in(bytes.data() + at * sizeof(Word), numbers - at, exponent, found);
    return found;
}

NotFinite find(std::span<const std::byte> bytes, DType dtype) {
    using Byte = std::uint8_t;
    using Half = std::uint16_t;
    using Single = std::uint32_t;
    using Double = std::uint64_t;
    switch (dtype) {
        case DType::F64: return find<Double>(bytes, {0x7FF0'0000'0000'0000, 0x7FFF'FFFF'FFFF'FFFF});
        case DType::F32: return find<Single>(bytes, {0x7F80'0000, 0x7FFF'FFFF});
        case DType::F16: return find<Half>(bytes, {0x7C00, 0x7FFF});
        case DType::BF16: return find<Half>(bytes, {0x7F80, 0x7FFF});
        case DType::F8E5M2: return find<Byte>(bytes, {0x7C, 0x7F});
        case DType::F8E4M3: return find<Byte>(bytes, {0x7F, 0x7F, false});  // it has no infinity
        default: return {};
    }
}

std::string counted(std::uint64_t number, const char* one, const char* many) {
    return number == 1 ? one : fmt::format("{} {}", number, many);
}

}  // namespace

std::optional<NotFinite> find_not_finite(std::span<const std::byte> bytes, DType dtype) {
    const auto found = find(bytes, dtype);
    return found.count() > 0 ? std::optional(found) : std::nullopt;
}

std::string words_for(const NotFinite& found) {
    const auto nan = counted(found.nan, "a NaN", "NaN");
    const auto infinite = counted(found.infinite, "an infinity", "infinities");
    if (found.infinite == 0) return nan;
    return found.nan == 0 ? infinite : nan + " and " + infinite;
}

}  // namespace lorikeet::io
