// Looks for NaN and infinity in the bytes of a tensor, by the bits of its exponents: as fast as memory is read, so that
// every file of weights can be looked through while it is read anyhow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "io/safetensors.hpp"

namespace lorikeet::io {

struct NotFinite {
    std::uint64_t nan = 0;
    std::uint64_t infinite = 0;
    std::uint64_t count() const { return nan + infinite; }
};

// Nothing when all numbers are finite, and for whole numbers and truth values, which are always so. The bytes may lie
// anywhere; what is left over at their end is not looked at.
std::optional<NotFinite> find_not_finite(std::span<const std::byte> bytes, DType dtype);

// "a NaN", "128 NaN", "an infinity", "2 NaN and 5 infinities".
std::string words_for(const NotFinite& found);

}  // namespace lorikeet::io
