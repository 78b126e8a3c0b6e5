// An array of any bytes, and a .npz file of any bytes, are refused with an Error or give as many numbers as their shape says.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>

#include <unistd.h>

#include "base/error.hpp"
#include "io/npz.hpp"

using namespace lorikeet;

namespace {

void read_array(std::span<const std::byte> bytes) {
    const auto header = io::parse_npy(bytes);
    const auto numbers = static_cast<std::size_t>(header.count()) * io::bytes_of(header.dtype);
    base::expects(header.data_begin + numbers == bytes.size(), "an array is as long as it says");
}

void read_file(const base::Path& path) {
    for (const auto& [name, array] : io::read_npz(path, {.most_bytes = 1'000'000, .most_arrays = 20})) {
        std::int64_t count = 1;
        for (const auto side : array.shape) count *= side;
        base::expects(array.numbers().size() == static_cast<std::size_t>(count),
                      "as many numbers as its shape");
    }
}

template <class Work>
void expect_an_answer(const Work& work) {
    try {
        work();
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const base::Path path = std::filesystem::temp_directory_path() /
                                   ("lorikeet-fuzz-npz-" + std::to_string(::getpid()));
    const auto bytes = std::as_bytes(std::span(data, size));
    expect_an_answer([&] { read_array(bytes); });
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
    expect_an_answer([&] { read_file(path); });
    std::filesystem::remove(path);
    return 0;
}
