#include "studio/practice_images.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "studio/image_folder.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(PracticeImages, AreThereOnceAndStayAsTheyWereEdited) {
    const support::TempFolder folder;
    ASSERT_EQ(practice_images(folder.path()), "practice-images");
    const auto place = folder.path() / "practice-images";
    const auto look = look_at_images(place, {".txt"}, base::Cancel());
    EXPECT_EQ(look.images, 12);
    EXPECT_EQ(look.captions_missing, 0);
    base::write_whole(place / "lorikeet-01.txt", "mine");
    std::filesystem::remove(place / "lorikeet-02.png");
    practice_images(folder.path());
    EXPECT_EQ(base::read_text(place / "lorikeet-01.txt"), "mine");
    EXPECT_TRUE(base::is_there(place / "lorikeet-02.png"));
}

TEST(PracticeImages, AFolderThatCannotBeMadeIsNamed) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "practice-images", "a file in the way");
    EXPECT_THROW(practice_images(folder.path()), base::Error);
}

}  // namespace lorikeet::studio
