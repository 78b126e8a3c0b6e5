#include "cli/image_report.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "settings/captioning.hpp"
#include "settings/field.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

TEST(ImageReport, TheLineOfProgressHasRateTimeAndDevice) {
    EXPECT_EQ(image_progress_line({12, 300, 2.314, 125, "the processor, bfloat16"}),
              "image 12 of 300   2.31 images/s   about 2 min 05 s left   the processor, bfloat16");
    EXPECT_EQ(image_progress_line({0, 3, 0, 0, "the processor, float32"}),
              "image 0 of 3   the processor, float32");
}

TEST(ImageReport, SaysWhatIsKeptAndWhatIsNext) {
    studio::CaptionPlan captions;
    captions.same = 1;
    const auto said = [&](bool stopped, bool kept, Apply apply, std::optional<int> wanted) {
        std::ostringstream out, err;
        Console console{out, err, {}, {}};
        const LookedAt looked{captions, 3, 2, 0, stopped, kept, "captions"};
        say_looked_at(looked, console);
        EXPECT_EQ(code_before_writing(looked, apply, console), wanted);
        return out.str();
    };
    const std::string counts = "\n3 images: 2 looked at, 0 known from before, 1 caption stays as it is.\n";
    EXPECT_EQ(said(false, true, Apply::Yes, 0), counts + "Nothing is to be written.\n");
    captions.change.texts.push_back({"a.txt", {}, "a bird"});
    captions.change.what = "1 image captioned";
    EXPECT_EQ(said(false, true, Apply::Yes, std::nullopt), counts);
    EXPECT_EQ(said(false, false, Apply::No, 0),
              counts +
                  "Nothing is changed yet. With --apply: 1 image captioned; the captions are not kept, so it "
                  "looks again.\n");
    EXPECT_TRUE(said(true, true, Apply::No, 130).find("the same command goes on with the rest") !=
                std::string::npos);
    EXPECT_TRUE(said(true, false, Apply::Yes, std::nullopt).find("could not be kept") != std::string::npos);
}

TEST(ImageReport, OptionsWinOverTheFile) {
    const support::TempFolder folder;
    const auto file = folder.path() / "captions.toml";
    base::write_whole(file, "model = \"blip\"\nbeams = 3\nmax_length = 40\n");
    settings::Captioning captioning;
    const auto& schema = settings::schema<settings::Captioning>();
    read_command_settings(schema, &captioning, file, {{"beams", "4"}}, "lorikeet caption write");
    EXPECT_EQ(captioning.beams, 4);
    EXPECT_EQ(captioning.max_length, 40);
    EXPECT_THROW(read_command_settings(schema, &captioning, {}, {{"beams", "0"}}, "lorikeet caption write"),
                 base::Error);
}

}  // namespace lorikeet::cli
