// A main for fuzzers in a build without libFuzzer: feeds every file of a corpus, and fixed mutations of it, so
// that each crash once found stays a test for ever.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr int kMutations = 200;  // of each file

Bytes read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// One to four of: a byte changed, a byte gone, a byte put in, cut off, a stretch repeated.
void mutate(Bytes& bytes, std::mt19937_64& draw) {
    for (auto times = 1 + draw() % 4; times > 0; --times) {
        const auto at = static_cast<std::ptrdiff_t>(bytes.empty() ? 0 : draw() % bytes.size());
        const auto place = bytes.begin() + at;
        switch (bytes.empty() ? 2 : draw() % 5) {
            case 0: *place = static_cast<std::uint8_t>(draw()); break;
            case 1: bytes.erase(place); break;
            case 2: bytes.insert(place, static_cast<std::uint8_t>(draw())); break;
            case 3: bytes.erase(place, bytes.end()); break;
            default: {
                const auto length = std::min<std::ptrdiff_t>(bytes.end() - place, 1 + draw() % 16);
                const Bytes stretch(place, place + length);
                bytes.insert(place, stretch.begin(), stretch.end());
            }
        }
    }
}

// An exact copy on the heap, so that reading past the end is seen by a sanitizer.
void feed(const Bytes& bytes) {
    const Bytes exact(bytes);
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(argv[1])) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    if (files.empty()) {
        std::fprintf(stderr, "%s holds no file\n", argv[1]);
        return 1;
    }
    std::mt19937_64 draw(1);
    for (const auto& file : files) {
        const auto bytes = read(file);
        feed(bytes);
        for (int i = 0; i < kMutations; ++i) {
            auto mutated = bytes;
            mutate(mutated, draw);
            feed(mutated);
        }
    }
    std::printf("%zu files, %d mutations each\n", files.size(), kMutations);
    return 0;
}
