#include "widgets/other_runs.hpp"

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(OtherRuns, NamesEachThatIsNotShownAndKeepsARowThatStays) {
    Room room;
    SharedStyles styles(room.registry);
    OtherRuns others(styles);
    const auto controls = others.take_controls();
    base::Path wanted;
    others.on_show = [&](const base::Path& folder) { wanted = folder; };
    const std::vector<studio::LivingRun> living{{"bird", "/a/bird", 11, 0, "x", false},
                                                {"<dog>", "/b/dog", 12, 0, "y", true}};
    others.show(living, "/a/bird");
    ASSERT_EQ(others.rows().size(), 1U);
    const auto text = all_text(room.registry);
    EXPECT_NE(text.find("&lt;dog&gt;</b> is training now, in /b/dog, which was deleted or moved"),
              std::string::npos)
        << text;
    const auto* row = others.rows().front().get();
    others.show(living, "/a/bird");
    EXPECT_EQ(others.rows().front().get(), row) << "a button that is made again loses the keyboard";
    click(control<Button>(room.registry, "Show <dog>"));
    EXPECT_EQ(wanted, "/b/dog");
    others.show({}, {});
    EXPECT_TRUE(others.rows().empty());
}

}  // namespace lorikeet::widgets
