#include "settings/captioning.hpp"

#include <gtest/gtest.h>

#include "settings/toml.hpp"

namespace lorikeet::settings {

namespace {

std::string said_of_captioning(std::string_view toml, Captioning& captioning) {
    return base::to_text(read_settings(schema<Captioning>(), &captioning, toml, "captions.toml"));
}
std::string said_of_captioning(std::string_view toml) {
    Captioning captioning;
    return said_of_captioning(toml, captioning);
}

}  // namespace

TEST(CaptioningSection, IsReadFromAFileOfItsOwn) {
    Captioning captioning;
    EXPECT_EQ(said_of_captioning("model = \"blip\"\nprompt = \"a photograph of\"\nbeams = 3\nmin_length = 8\n"
                                 "existing = \"append\"\n",
                                 captioning),
              "");
    EXPECT_EQ(captioning.prompt, "a photograph of");
    EXPECT_EQ(captioning.beams, 3);
    EXPECT_EQ(captioning.min_length, 8);
    EXPECT_EQ(captioning.max_length, 75);
    EXPECT_FALSE(captioning.top_p);
    EXPECT_EQ(captioning.existing, ExistingCaption::Append);
}

TEST(CaptioningSection, WhatCannotBeIsToldWithItsRemedy) {
    EXPECT_NE(said_of_captioning(""), "") << "the model is needed";
    EXPECT_NE(
        said_of_captioning("model = \"a\"\nbeams = 3\ntop_p = 0.9\n").find("words are drawn with one beam"),
        std::string::npos);
    EXPECT_NE(said_of_captioning("model = \"a\"\nmin_length = 30\nmax_length = 20\n"), "");
    EXPECT_NE(said_of_captioning("model = \"a\"\ntop_p = 0\n"), "");
    EXPECT_NE(said_of_captioning("model = \"a\"\nextension = \"txt\"\n"), "");
    EXPECT_NE(said_of_captioning("model = \"a\"\nnum_beams = 3\n").find("here it is beams"),
              std::string::npos);
}

}  // namespace lorikeet::settings
