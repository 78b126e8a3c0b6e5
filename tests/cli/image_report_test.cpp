#include "cli/image_report.hpp"

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
