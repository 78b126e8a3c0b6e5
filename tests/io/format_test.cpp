#include "io/format.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_folder.hpp"

namespace lorikeet::io {
namespace {

using namespace std::string_literals;

std::string format(const std::string& bytes) { return format_of(std::as_bytes(std::span(bytes))); }

}  // namespace

TEST(Format, IsToldFromTheFirstBytes) {
    EXPECT_EQ(format("\xFF\xD8\xFF\xE0"), "jpeg");
    EXPECT_EQ(format("II*\0\x08"s), "tiff");
    EXPECT_EQ(format("MM\0*"s), "tiff");
    EXPECT_EQ(format("\xFF\x0A"), "jxl");
    EXPECT_EQ(format("\0\0\0\x0CJXL \r\n\x87\n"s), "jxl");
    EXPECT_EQ(format("\0\0\0\x18"
                     "ftypheic\0\0\0\0mif1"s),
              "heic");
    EXPECT_EQ(format("\0\0\0\x1C"
                     "ftypmif1\0\0\0\0miafavif"s),
              "avif");
    EXPECT_EQ(format("\0\0\0\x18"
                     "ftypmp42\0\0\0\0isom"s),
              "");
    EXPECT_EQ(format("%PDF-1.4"), "");
    EXPECT_EQ(format(""), "");
}

TEST(Format, OfAFileIsToldWhateverItsNameAndNeverWaitsForAPipe) {
    const support::TempFolder folder;
    const auto put = [&](const char* name, const std::string& bytes) {
        base::write_whole(folder.path() / name, bytes);
        return folder.path() / name;
    };
    EXPECT_EQ(format_of_file(put("a.jpg_large", "\xFF\xD8\xFF\xE0")), "jpeg");
    EXPECT_EQ(format_of_file(put("b", "GIF89a")), "gif");
    EXPECT_EQ(format_of_file(put("c.bmp", "BM......")), "bmp");
    EXPECT_EQ(format_of_file(put("about a car.txt", "BMW, a car")), "");
    EXPECT_EQ(format_of_file(folder.path()), "");
    EXPECT_EQ(format_of_file(folder.path() / std::string(300, 'x')), "");
    ASSERT_EQ(::mkfifo((folder.path() / "pipe.png").c_str(), 0600), 0);
    EXPECT_EQ(format_of_file(folder.path() / "pipe.png"), "");
}

TEST(Format, EndingsAreTakenInAnyCase) {
    EXPECT_TRUE(has_image_extension("a/b/C.JPeG"));
    EXPECT_TRUE(has_image_extension("x.avif"));
    EXPECT_TRUE(has_image_extension("x.TIF"));
    EXPECT_FALSE(has_image_extension("x.txt"));
    EXPECT_FALSE(has_image_extension("png"));
}

}  // namespace lorikeet::io
