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

TEST(DatasetReportCommand, SpeaksJsonAndSaysWhatIsWrong) {
    const support::SmallJob small;
    const auto said = said_to({"dataset", "report", small.job().data.subsets[0].folder, "--json"});
    EXPECT_EQ(nlohmann::json::parse(said.out)["images"].size(), 5U);
    const auto nothing = said_to({"dataset", "report", (small.folder() / "nowhere").string()});
    EXPECT_NE(nothing.code, 0);
    EXPECT_FALSE(nothing.err.empty());
}

}  // namespace lorikeet::cli
