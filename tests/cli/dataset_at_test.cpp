#include "cli/dataset_at.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

TEST(DatasetAt, ImagesAreNamedInTheFolderOrByTheirPaths) {
    support::TempFolder folder;
    base::write_whole(folder.path() / "a.png", "x");
    const auto listing = dataset_at(folder.path(), {});
    const std::vector<std::string> wanted{"a.png", "a.png"};
    EXPECT_EQ(chosen_images(folder.path(), {"a.png", (folder.path() / "a.png").string()}, listing), wanted);
    EXPECT_TRUE(chosen_images(folder.path(), {}, listing).empty());
    EXPECT_THROW(chosen_images(folder.path(), {"b.png"}, listing), base::Error);
    EXPECT_THROW(dataset_at(folder.path() / "nowhere", {}), base::Error);
}

}  // namespace lorikeet::cli
