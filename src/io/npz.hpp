// NumPy's .npz files: a ZIP of arrays, each with a header of its own. What sd-scripts keeps its caches in.
//
// The files come from strangers: what is read is bounded, and no size is believed before the bytes are there.
//
// Source   https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1 to 3.
// Throws   Error{NotFound}, Error{Io}; Error{Corrupt} for what does not hold together, with the file's name;
//          Error{Unsupported} for what is no .npz file, is larger than the bounds, or holds arrays of other kinds: objects
//          (pickles), texts, big-endian or column-major numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "io/safetensors.hpp"

namespace lorikeet::io {

// An array of rows, little-endian.
struct NpyHeader {
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::size_t data_begin = 0;  // the numbers' first byte
    std::int64_t count() const;
};
// Of the bytes of one array; the numbers are all there, and nothing is behind them.
NpyHeader parse_npy(std::span<const std::byte> array);

struct NpzArray {
    DType dtype = DType::F32;
    std::vector<std::int64_t> shape;
    std::vector<std::byte> bytes;
    // Of an array of a whole or a floating-point kind, in its order.
    std::vector<double> numbers() const;
};

struct NpzLimits {
    std::uint64_t most_bytes = 512'000'000;  // of all arrays
    std::uint64_t most_arrays = 256;
};

// All arrays by their names, which are those of the files in the ZIP without ".npy". Arrays of other kinds are left out.
std::map<std::string, NpzArray> read_npz(const base::Path& path, const NpzLimits& limits = {});

}  // namespace lorikeet::io
