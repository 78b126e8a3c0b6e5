// An archive of any bytes is refused with an Error, or gives entries within the limits, whose names become places that do
// not climb out.
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include "base/error.hpp"
#include "base/file.hpp"
#include "io/archive.hpp"
#include "studio/import_names.hpp"

using namespace lorikeet;

namespace {

void expect_inside(const std::string& name) {
    const auto place = studio::place_of_name(studio::readable_name(name, "CP437"));
    if (!place) return;
    for (const auto& part : base::Path(*place))
        if (part == ".." || part == "/" || part.empty()) __builtin_trap();
}

void read_through(const base::Path& path) {
    io::ArchiveLimits limits;
    limits.most_bytes = 1'000'000, limits.most_file_bytes = 500'000, limits.most_entries = 100;
    limits.free_bytes = 100'000;
    const base::Cancel cancel;
    std::uint64_t unpacked = 0;
    io::ArchiveReader reader(path, limits, cancel);
    for (int count = 0; const auto entry = reader.next(); ++count) {
        expect_inside(entry->name);
        try {
            // Every other one is passed over.
            if (count % 2 == 0)
                for (auto piece = reader.read(); !piece.empty(); piece = reader.read())
                    unpacked += piece.size();
        } catch (const base::Error& error) {
            if (error.code() != base::ErrorCode::Corrupt) throw;
        }
    }
    if (unpacked > limits.most_bytes) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const base::Path path = std::filesystem::temp_directory_path() /
                                   ("lorikeet-fuzz-archive-" + std::to_string(::getpid()));
    try {
        std::ofstream(path, std::ios::binary)
            .write(reinterpret_cast<const char*>(data), static_cast<std::streamsize>(size));
        read_through(path);
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
    }
    std::filesystem::remove(path);
    return 0;
}
