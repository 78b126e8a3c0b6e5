#include "io/gzip.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::io {

namespace {

// "lorikeet\n" ten times, packed with gzip -9.
constexpr unsigned char kPacked[] = {31, 139, 8,   0,   0,   0,  0, 0, 2,   3,   203, 201, 47, 202, 204, 78,
                                     77, 45,  225, 202, 161, 54, 3, 0, 204, 252, 159, 177, 90, 0,   0,   0};

std::string read(std::string_view bytes, std::size_t most_bytes) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "words.gz", bytes);
    return read_gzip(folder.path() / "words.gz", most_bytes);
}

std::string_view packed() { return {reinterpret_cast<const char*>(kPacked), sizeof kPacked}; }

base::ErrorCode code_of(std::string_view bytes, std::size_t most_bytes) {
    try {
        read(bytes, most_bytes);
    } catch (const base::Error& error) {
        return error.code();
    }
    return base::ErrorCode::Internal;
}

}  // namespace

TEST(Gzip, UnpacksWhatTheProgramGzipPacked) {
    std::string wanted;
    for (int i = 0; i < 10; ++i) wanted += "lorikeet\n";
    EXPECT_EQ(read(packed(), 1000), wanted);
}

TEST(Gzip, RefusesAFileThatIsCutOffAnywhere) {
    for (std::size_t size = 0; size < packed().size(); ++size) {
        EXPECT_EQ(code_of(packed().substr(0, size), 1000), base::ErrorCode::Corrupt) << size;
    }
}

TEST(Gzip, RefusesAnotherFormatAndADamagedByte) {
    EXPECT_EQ(code_of("hello", 1000), base::ErrorCode::Corrupt);
    std::string damaged(packed());
    damaged[damaged.size() - 6] ^= 1;  // the checksum
    EXPECT_EQ(code_of(damaged, 1000), base::ErrorCode::Corrupt);
}

TEST(Gzip, RefusesToUnpackMoreThanItWasAskedTo) {
    EXPECT_EQ(code_of(packed(), 20), base::ErrorCode::Unsupported);
}

}  // namespace lorikeet::io
