// NumPy's arrays as NumPy writes them, to be packed by archives.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace lorikeet::support {

inline std::string npy(const std::string& descr, const std::string& shape, const std::string& bytes) {
    std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }";
    header.resize((10 + header.size() + 1 + 63) / 64 * 64 - 10 - 1, ' ');
    header += '\n';
    std::string mark = "\x93NUMPY";
    mark += std::string("\x01\x00", 2);
    mark += static_cast<char>(header.size() & 255U);
    mark += static_cast<char>(header.size() >> 8U);
    return mark + header + bytes;
}

template <class Number>
std::string bytes_of(const std::vector<Number>& numbers) {
    return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

}  // namespace lorikeet::support
