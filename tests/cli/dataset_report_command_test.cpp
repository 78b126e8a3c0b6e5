#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "support/command_line.hpp"
#include "support/small_job.hpp"

namespace lorikeet::cli {

using support::said_to;

TEST(DatasetReportCommand, TellsWhatIsThereAndWhatNeedsALook) {
    const support::SmallJob small;
    const base::Path folder = small.job().data.subsets[0].folder;
    std::filesystem::remove(folder / "image2.txt");
    const auto page = small.folder() / "page.html";
    const auto said =
        said_to({"dataset", "report", folder.string(), "--resolution", "64", "--html", page.string()});
    EXPECT_EQ(said.code, 0) << said.err;
    for (const auto* part :
         {"5 images", "trained at", "1 image without", "1 image has no caption.", "image2.png"})
        EXPECT_NE(said.out.find(part), std::string::npos) << part << " in\n" << said.out;
    EXPECT_NE(base::read_text(page).find("image2.png"), std::string::npos);
}

TEST(DatasetReportCommand, WritesOverAReportAndOverNothingElse) {
    const support::SmallJob small;
    const base::Path folder = small.job().data.subsets[0].folder;
    const auto image = folder / "image0.png";
    const auto before = base::sha256_file(image);
    const auto refused = said_to({"dataset", "report", folder.string(), "--html", image.string()});
    EXPECT_NE(refused.code, 0);
    EXPECT_NE(refused.err.find("is there already, and is no report."), std::string::npos) << refused.err;
    EXPECT_EQ(base::sha256_file(image), before);
    const auto page = (small.folder() / "page.html").string();
    for (int times = 0; times < 2; ++times)
        EXPECT_EQ(said_to({"dataset", "report", folder.string(), "--html", page}).code, 0);
}

TEST(DatasetReportCommand, SaysWhatTrainingPassesOver) {
    const support::SmallJob small;
    const base::Path folder = small.job().data.subsets[0].folder;
    base::write_whole(folder / "lone.txt", "nobody's");
    const auto said = said_to({"dataset", "report", folder.string(), "--resolution", "64"});
    EXPECT_NE(said.out.find("caption without an image (lone.txt)"), std::string::npos) << said.out;
}

TEST(DatasetReportCommand, SpeaksJsonAndSaysWhatIsWrong) {
    const support::SmallJob small;
    const auto said = said_to({"dataset", "report", small.job().data.subsets[0].folder, "--json"});
    EXPECT_EQ(nlohmann::json::parse(said.out)["images"].size(), 5U);
    const auto nothing = said_to({"dataset", "report", (small.folder() / "nowhere").string()});
    EXPECT_NE(nothing.code, 0);
    EXPECT_FALSE(nothing.err.empty());
}

}  // namespace lorikeet::cli
