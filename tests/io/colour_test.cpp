// Colours as a decoded image shows them: what colour.hpp does is seen through image.hpp, since libvips is its own affair.
#include <map>

#include <gtest/gtest.h>

#include "io/golden_file.hpp"

namespace lorikeet::io {
namespace {

struct Decoded {
    Image image;
    Profile profile;
};

Decoded shown_as(const std::string& bytes) {
    const auto view = std::as_bytes(std::span(bytes));
    return {decode_image(view, "image"), peek_image(view, "image").profile};
}

// The file with `words` at a place of its profile's header.
std::string with_profile_header(std::string bytes, std::size_t place, std::string_view words) {
    constexpr std::size_t kMark = 36;
    const auto mark = bytes.find("acsp");
    EXPECT_NE(mark, std::string::npos);
    return bytes.replace(mark - kMark + place, words.size(), words);
}

}  // namespace

// The same conversion by another program; sRGB is left alone, and a profile that is none is passed over.
TEST(ColourGolden, AProfileIsConvertedAsLittleCmsDoes) {
    const auto file = golden("colour");
    const std::map<std::string, Profile> kinds{
        {"png.srgb", Profile::Srgb}, {"jpeg.broken", Profile::Broken}, {"jpeg.bare_inks", Profile::None}};
    for (const auto& name : names_in(file)) {
        const auto bytes = golden_text(file, "file." + name);
        const auto view = std::as_bytes(std::span(bytes));
        const bool rounded_twice = name.ends_with(".inks") || name.ends_with("alpha");
        const bool exact = kinds.contains(name);
        EXPECT_LE(difference(decode_image(view, name), golden_image(file, "rgb." + name)), exact ? 0
                                                                                           : rounded_twice
                                                                                               ? 2
                                                                                               : 1)
            << name;
        EXPECT_EQ(peek_image(view, name).profile, exact ? kinds.at(name) : Profile::Converted) << name;
    }
    EXPECT_EQ(names_in(file).size(), 13U);
}

// What is no profile, and one for another kind of image, is passed over: the numbers stay what they are in the file.
TEST(ColourGolden, AProfileThatDoesNotFitChangesNothing) {
    constexpr std::size_t kSpace = 16, kMark = 36;
    const auto file = golden("colour");
    for (const auto* name : {"jpeg.p3", "tiff.p3"}) {
        const auto bytes = golden_text(file, std::string("file.") + name);
        const auto converted = shown_as(bytes);
        EXPECT_EQ(converted.profile, Profile::Converted) << name;
        const auto unmarked = shown_as(with_profile_header(bytes, kMark, "none"));
        EXPECT_EQ(unmarked.profile, Profile::Broken) << name;
        EXPECT_GT(difference(unmarked.image, converted.image), 10) << name << ": P3 is another red";
        for (const auto* space : {"CMYK", "GRAY", "Lab "}) {
            const auto other = shown_as(with_profile_header(bytes, kSpace, space));
            EXPECT_EQ(other.profile, Profile::Broken) << name << " " << space;
            EXPECT_EQ(other.image, unmarked.image) << name << " " << space;
        }
    }
}

}  // namespace lorikeet::io
