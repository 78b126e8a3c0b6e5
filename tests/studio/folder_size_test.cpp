#include "studio/folder_size.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(FolderSize, CountsFilesInsideAndFollowsNoLink) {
    support::TempFolder folder, elsewhere;
    std::filesystem::create_directories(folder.path() / "in");
    base::write_whole(folder.path() / "in" / "a", "12345");
    base::write_whole(folder.path() / ".b", "123");
    base::write_whole(elsewhere.path() / "far", "1234567");
    std::filesystem::create_directory_symlink(elsewhere.path(), folder.path() / "link");
    std::filesystem::create_symlink(elsewhere.path() / "far", folder.path() / "far");
    EXPECT_EQ(bytes_below(folder.path()), 8U);
    EXPECT_EQ(bytes_below(folder.path() / "nowhere"), 0U);
}

}  // namespace lorikeet::studio
