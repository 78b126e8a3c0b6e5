// A header of any bytes is refused with an Error, or describes tensors that lie side by side in the file.
#include <cstdint>
#include <span>

#include "base/error.hpp"
#include "io/safetensors.hpp"

using namespace lorikeet;

namespace {

void check(const io::SafetensorsHeader& header, std::size_t size) {
    std::uint64_t bytes = 0;
    for (std::size_t i = 0; i < header.entries.size(); ++i) {
        const auto& entry = header.entries[i];
        base::expects(entry.begin <= entry.end && entry.end <= size - header.payload_begin,
                      "a tensor lies in its file");
        base::expects(
            entry.end - entry.begin == static_cast<std::uint64_t>(entry.count()) * io::bytes_of(entry.dtype),
            "a tensor has the bytes of its shape");
        base::expects(i == 0 || header.entries[i - 1].name < entry.name, "names are sorted and differ");
        bytes += entry.end - entry.begin;
    }
    base::expects(bytes == size - header.payload_begin, "every byte belongs to one tensor");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        check(io::parse_safetensors_header(std::as_bytes(std::span(data, size)), size), size);
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
    return 0;
}
