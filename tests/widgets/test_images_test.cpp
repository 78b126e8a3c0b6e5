#include "widgets/test_images.hpp"

#include <gtest/gtest.h>

#include "studio/practice_images.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

TEST(TestImages, TheOnesOfBeforeStayUntilTheFirstNewOne) {
    TestPageContext room;
    TestImages images(room.context->styles);
    images.add("a.png", "bird, seed 1", "");
    images.add("b.png", "bird, seed 2", "");
    images.begin();
    EXPECT_EQ(images.count(), 2U);
    images.add("c.png", "bird, seed 3", "");
    EXPECT_EQ(images.count(), 1U);
    Texts kept;
    images.keep(kept);
    EXPECT_EQ(kept.size(), 2U);
}

TEST(TestImages, AreFoundAgainWhereTheirFilesAreThere) {
    TestPageContext room;
    const auto file = room.folder.path() / studio::practice_images(room.folder.path()) / "lorikeet-01.png";
    Texts kept;
    {
        TestImages images(room.context->styles);
        images.add(file, "bird, seed 1", "");
        images.add(room.folder.path() / "gone.png", "bird, seed 2", "");
        images.keep(kept);
    }
    TestImages images(room.context->styles);
    images.restore(kept);
    ASSERT_TRUE(room.loop.run_until([&] { return images.count() == 1; }));
    EXPECT_NE(all_text(room.registry).find("bird, seed 1"), std::string::npos);
    Texts again;
    images.keep(again);
    EXPECT_EQ(again, kept) << "a disk that is not mounted today may be tomorrow";
}

}  // namespace lorikeet::widgets
