#include "io/name_encoding.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace lorikeet::io {

namespace {

std::string encoding_of(const std::vector<std::string>& names) { return encoding_of_names(names); }

}  // namespace

TEST(NameEncoding, JapaneseIsToldFromAccents) {
    EXPECT_EQ(encoding_of({"\x83\x43\x83\x93\x83\x52.png"}), "CP932");  // kana
    EXPECT_EQ(encoding_of({"\x92\xB9/\x93\xFA\x96\x7B.png"}), "CP932");
    EXPECT_EQ(encoding_of({"caf\x82.jpg"}), "CP437");
    EXPECT_EQ(encoding_of({"cr\x8Ame.jpg", "gr\x81n.png"}), "CP437");
    EXPECT_EQ(encoding_of({"\x92\xB9.png", "caf\x82.jpg"}), "CP437");  // not all are Shift-JIS
    EXPECT_EQ(encoding_of({}), "CP437");
}

TEST(NameEncoding, NamesBecomeUtf8) {
    EXPECT_EQ(name_in_utf8("gr\x81n.png", "CP437"), "gr\u00fcn.png");
    EXPECT_EQ(name_in_utf8("\x92\xB9.png", "CP932"), "\u9ce5.png");
    EXPECT_EQ(name_in_utf8("\x95\x5C.png", "CP932"),
              "\u8868.png");  // its second byte is a backslash elsewhere
    EXPECT_EQ(name_in_utf8("\x82.png", "CP932"), std::nullopt);
    EXPECT_EQ(name_in_utf8("a", "no-such-thing"), std::nullopt);
}

TEST(NameEncoding, KnowsWhichThereAre) {
    EXPECT_TRUE(is_encoding("CP437"));
    EXPECT_TRUE(is_encoding("CP932"));
    EXPECT_FALSE(is_encoding("no-such-thing"));
}

}  // namespace lorikeet::io
