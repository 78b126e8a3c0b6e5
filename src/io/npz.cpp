#include "io/npz.hpp"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/error.hpp"
#include "io/archive.hpp"

namespace lorikeet::io {

using base::ErrorCode;

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kNpyMark = "\x93NUMPY";
constexpr std::size_t kMostDimensions = 8;
constexpr std::int64_t kMostNumbers = std::int64_t{1} << 40U;

[[noreturn]] void fail_npy(const std::string& why) {
    base::fail(ErrorCode::Corrupt, fmt::format("An array in it is damaged: {}.", why));
}

std::optional<DType> dtype_of(std::string_view descr) {
    struct Row {
        std::string_view descr;
        DType dtype;
    };
    static constexpr Row kRows[] = {{"<f8", DType::F64}, {"<f4", DType::F32}, {"<f2", DType::F16},
                                    {"<i8", DType::I64}, {"<i4", DType::I32}, {"<i2", DType::I16},
                                    {"|i1", DType::I8},  {"<u8", DType::U64}, {"<u4", DType::U32},
                                    {"<u2", DType::U16}, {"|u1", DType::U8},  {"|b1", DType::Bool}};
    for (const auto& row : kRows)
        if (row.descr == descr) return row.dtype;
    return std::nullopt;
}

// What stands behind a key of the header, which is a Python dict such as NumPy writes it:
// {'descr': '<f4', 'fortran_order': False, 'shape': (4, 64, 64), }
std::string_view value_of(std::string_view dict, std::string_view key) {
    const auto at = dict.find(key);
    if (at == std::string_view::npos) fail_npy(fmt::format("its header has no {}", key));
    auto rest = dict.substr(at + key.size());
    const auto begin = rest.find_first_not_of(": ");
    if (begin == std::string_view::npos) fail_npy(fmt::format("its header ends behind {}", key));
    rest.remove_prefix(begin);
    const auto end = rest.front() == '(' ? rest.find(')') : rest.find(',');
    if (end == std::string_view::npos) fail_npy(fmt::format("its header ends behind {}", key));
    return rest.substr(0, end);
}

std::vector<std::int64_t> shape_of(std::string_view text) {
    if (!text.starts_with('(')) fail_npy("its shape is none");
    text.remove_prefix(1);
    std::vector<std::int64_t> shape;
    std::int64_t count = 1;
    for (;;) {
        const auto begin = text.find_first_not_of(", ");
        if (begin == std::string_view::npos) return shape;
        text.remove_prefix(begin);
        std::int64_t side = 0;
        const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), side);
        if (trouble != std::errc{} || side < 0 || shape.size() == kMostDimensions)
            fail_npy("its shape is none");
        if (side > 0 && count > kMostNumbers / side) fail_npy("it is too large");
        count *= side;
        shape.push_back(side);
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    }
}

// The header's text, and where it ends.
std::pair<std::string_view, std::size_t> header_of(std::span<const std::byte> array) {
    const std::string_view text(reinterpret_cast<const char*>(array.data()), array.size());
    if (!text.starts_with(kNpyMark) || text.size() < 12) fail_npy("it does not begin as one");
    const auto byte = [&](std::size_t at) { return std::to_integer<std::size_t>(array[at]); };
    const auto version = byte(6);
    if (version < 1 || version > 3) fail_npy(fmt::format("its version is {}", version));
    const std::size_t begin = version == 1 ? 10 : 12;
    std::size_t length = byte(8) | byte(9) << 8U;
    if (version > 1) length |= byte(10) << 16U | byte(11) << 24U;
    if (length > text.size() - begin) fail_npy("its header is cut off");
    return {text.substr(begin, length), begin + length};
}

double half_of(std::uint16_t bits) {
    const auto exponent = static_cast<int>(bits >> 10U & 31U);
    const auto fraction = static_cast<double>(bits & 1023U);
    const double sign = bits >> 15U != 0 ? -1 : 1;
    if (exponent == 31)
        return fraction != 0 ? std::numeric_limits<double>::quiet_NaN()
                             : sign * std::numeric_limits<double>::infinity();
    return sign * (exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25));
}

template <class Number>
std::vector<double> numbers_of(std::span<const std::byte> bytes) {
    std::vector<double> all(bytes.size() / sizeof(Number));
    for (std::size_t i = 0; i < all.size(); ++i) {
        Number number;
        std::memcpy(&number, bytes.data() + i * sizeof number, sizeof number);
        all[i] = static_cast<double>(number);
    }
    return all;
}

std::vector<std::byte> bytes_of_entry(ArchiveReader& reader) {
    std::vector<std::byte> bytes;
    for (auto piece = reader.read(); !piece.empty(); piece = reader.read())
        bytes.insert(bytes.end(), piece.begin(), piece.end());
    return bytes;
}

std::optional<NpzArray> array_of(std::vector<std::byte> bytes) {
    try {
        const auto header = parse_npy(bytes);
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header.data_begin));
        return NpzArray{header.dtype, header.shape, std::move(bytes)};
    } catch (const base::Error& error) {
        if (error.code() != ErrorCode::Unsupported) throw;
        return std::nullopt;
    }
}

}  // namespace

std::int64_t NpyHeader::count() const {
    std::int64_t all = 1;
    for (const auto side : shape) all *= side;
    return all;
}

NpyHeader parse_npy(std::span<const std::byte> array) {
    const auto [dict, end] = header_of(array);
    NpyHeader header;
    header.data_begin = end;
    const auto descr = value_of(dict, "'descr'");
    const bool quoted = descr.size() > 2 && descr.front() == '\'' && descr.back() == '\'';
    const auto dtype = quoted ? dtype_of(descr.substr(1, descr.size() - 2)) : std::nullopt;
    if (!dtype) base::fail(ErrorCode::Unsupported, fmt::format("Arrays of the kind {} are not read.", descr));
    header.dtype = *dtype;
    header.shape = shape_of(value_of(dict, "'shape'"));
    if (value_of(dict, "'fortran_order'") != "False" && header.shape.size() > 1)
        base::fail(ErrorCode::Unsupported, "Arrays in column-major order are not read.");
    const auto wanted = static_cast<std::uint64_t>(header.count()) * bytes_of(header.dtype);
    if (array.size() - end != wanted)
        fail_npy(fmt::format("{} bytes of numbers, where its shape wants {}", array.size() - end, wanted));
    return header;
}

std::vector<double> NpzArray::numbers() const {
    switch (dtype) {
        case DType::F64: return numbers_of<double>(bytes);
        case DType::F32: return numbers_of<float>(bytes);
        case DType::I64: return numbers_of<std::int64_t>(bytes);
        case DType::I32: return numbers_of<std::int32_t>(bytes);
        case DType::I16: return numbers_of<std::int16_t>(bytes);
        case DType::I8: return numbers_of<std::int8_t>(bytes);
        case DType::U64: return numbers_of<std::uint64_t>(bytes);
        case DType::U32: return numbers_of<std::uint32_t>(bytes);
        case DType::U16: return numbers_of<std::uint16_t>(bytes);
        case DType::F16: {
            std::vector<double> all(bytes.size() / 2);
            for (std::size_t i = 0; i < all.size(); ++i) {
                std::uint16_t bits = 0;
                std::memcpy(&bits, bytes.data() + 2 * i, 2);
                all[i] = half_of(bits);
            }
            return all;
        }
        default: return numbers_of<std::uint8_t>(bytes);
    }
}

std::map<std::string, NpzArray> read_npz(const base::Path& path, const NpzLimits& limits) {
    ArchiveLimits bounds;
    bounds.most_bytes = bounds.most_file_bytes = limits.most_bytes;
    bounds.most_entries = limits.most_arrays;
    const base::Cancel nobody_asks;
    ArchiveReader reader(path, bounds, nobody_asks);
    std::map<std::string, NpzArray> arrays;
    while (const auto entry = reader.next()) {
        constexpr std::string_view kEnding = ".npy";
        if (entry->kind != EntryKind::File || !entry->name.ends_with(kEnding)) continue;
        try {
            if (auto array = array_of(bytes_of_entry(reader)))
                arrays[entry->name.substr(0, entry->name.size() - kEnding.size())] = std::move(*array);
        } catch (const base::Error& error) {
            if (error.code() != ErrorCode::Corrupt) throw;
            base::fail(ErrorCode::Corrupt,
                       fmt::format("{}: {} {}", path.filename().string(), entry->name, error.what()));
        }
    }
    return arrays;
}

}  // namespace lorikeet::io
