#include "cli/dataset_at.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

TEST(DatasetAt, ImagesAreNamedInTheFolderOrByTheirPaths) {
    support::TempFolder folder;
    base::write_whole(folder.path() / "a.png", "x");
    const auto listing = dataset_at(folder.path(), {".txt"}, {});
    const std::vector<std::string> wanted{"a.png", "a.png"};
    EXPECT_EQ(chosen_images(folder.path(), {"a.png", (folder.path() / "a.png").string()}, listing), wanted);
    EXPECT_TRUE(chosen_images(folder.path(), {}, listing).empty());
    EXPECT_THROW(chosen_images(folder.path(), {"b.png"}, listing), base::Error);
    EXPECT_THROW(dataset_at(folder.path() / "nowhere", {".txt"}, {}), base::Error);
}

TEST(DatasetAt, WhereNothingWasDoneNoUndoIsOffered) {
    std::ostringstream out, err;
    Console console{out, err, {}, {}};
    EXPECT_NE(say_done("birds", {"0 images turned", 0, {{"a.png", "It is cut off.", ""}}}, false, console),
              0);
    EXPECT_EQ(out.str().find("Back:"), std::string::npos) << out.str();
    EXPECT_EQ(say_done("birds", {"1 image turned", 1, {}}, false, console), 0);
    EXPECT_NE(out.str().find("1 image turned. Back: lorikeet dataset undo birds"), std::string::npos)
        << out.str();
}

TEST(DatasetAt, CaptionsMayEndOtherwise) {
    EXPECT_EQ(caption_extensions_of(""), (std::vector<std::string>{".txt", ".caption"}));
    EXPECT_EQ(caption_extensions_of(".cap, .txt"), (std::vector<std::string>{".cap", ".txt"}));
    for (const auto* wrong : {"cap", ".", ".txt,", ","})
        EXPECT_THROW(caption_extensions_of(wrong), base::Error) << wrong;
}

}  // namespace lorikeet::cli
