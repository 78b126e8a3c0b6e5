#include "studio/subset_folder.hpp"

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(SubsetFolder, ItsNameSaysRepeatsAndWords) {
    EXPECT_EQ(subset_named("10_blue bird"), (SubsetName{10, "blue bird"}));
    EXPECT_EQ(subset_named("3_a_b"), (SubsetName{3, "a_b"}));
    EXPECT_EQ(subset_named("5_"), (SubsetName{5, ""}));
    for (const auto* name :
         {"bird", "10", "10 bird", "_bird", "0_bird", "-1_bird", "99999_bird", "1.5_bird", ""})
        EXPECT_EQ(subset_named(name), std::nullopt) << name;
}

TEST(SubsetFolder, EveryFolderWithImagesIsFound) {
    const support::TempFolder temp;
    const auto folder = temp.path() / "set";
    const auto image = io::encode_png({1, 1, {1, 2, 3}});
    for (const auto* place :
         {"a.png", "10_bird/a.png", "10_bird/b.png", "10_bird/near/c.png", ".cache/d.png"}) {
        std::filesystem::create_directories((folder / place).parent_path());
        base::write_whole(folder / place, image);
    }
    base::write_whole(folder / "10_bird" / "a.txt", "a bird");
    std::filesystem::create_directory_symlink(folder / "10_bird", folder / "20_link");
    const std::vector<std::string> captions{".txt"};
    EXPECT_EQ(find_subsets(folder, captions),
              (std::vector<FoundSubset>{
                  {"", 1, "", 1, 0}, {"10_bird", 10, "bird", 2, 1}, {"10_bird/near", 10, "bird", 1, 0}}));
    EXPECT_EQ(find_subsets(folder / "10_bird", captions).front(), (FoundSubset{"", 10, "bird", 2, 1}));
    EXPECT_TRUE(find_subsets(temp.path() / "gone", captions).empty());
}

}  // namespace lorikeet::studio
