#include "settings/toml_places.hpp"

#include <gtest/gtest.h>

namespace lorikeet::settings {
namespace {

std::string at(const std::string& text, const Stretch& stretch) {
    return text.substr(stretch.begin, stretch.end - stretch.begin);
}

}  // namespace

TEST(TomlPlaces, ValuesAreFoundToTheByte) {
    const std::string text =
        "\"鸟\".a = 'ü'  # 1\nb = [\n 1, # one\n 2 ]\n[c]\nd = { e = 5e-4 , f = \"x\" }\ng = "
        "\"\"\"\n[h]\n\"\"\" "
        "# 2\n";
    const auto places = places_in(text);
    EXPECT_EQ(at(text, places.entries.at("鸟.a").value), "'ü'");
    EXPECT_EQ(at(text, places.entries.at("b").value), "[\n 1, # one\n 2 ]");
    EXPECT_EQ(at(text, places.entries.at("c.d.e").value), "5e-4");
    EXPECT_EQ(at(text, places.entries.at("c.d.f").value), "\"x\"");
    EXPECT_EQ(at(text, places.inline_ones.at("c.d")), "{ e = 5e-4 , f = \"x\" }");
    EXPECT_EQ(at(text, places.entries.at("c.g").value), "\"\"\"\n[h]\n\"\"\"");
    EXPECT_EQ(places.line_of(places.entries.at("c.g").value.begin), 7u);
    ASSERT_EQ(places.blocks.size(), 2u) << "[h] stands in a text";
}

TEST(TomlPlaces, ElementsOfListsAreCounted) {
    const std::string text = "[[a.b]]\nx = 1\n# of the second\n[[a.b]]\nx = 2\n[a.b.c]\ny = 3\n";
    const auto places = places_in(text);
    EXPECT_EQ(places.sizes.at("a.b"), 2u);
    ASSERT_NE(places.find_block("a.b.1"), nullptr);
    EXPECT_EQ(at(text, {places.find_block("a.b.1")->comment, places.find_block("a.b.1")->end}),
              "# of the second\n[[a.b]]\nx = 2\n");
    ASSERT_NE(places.find_block("a.b.1.c"), nullptr);
    EXPECT_EQ(places.find_block("a.b"), nullptr);
}

TEST(TomlPlaces, WhatIsNotFollowedIsSaid) {
    EXPECT_THROW(places_in("a = "), CannotPatch);
    EXPECT_THROW(places_in("[\"a\"]\nb = 1\n"), CannotPatch);
}

}  // namespace lorikeet::settings
