#include "widgets/caption_changes.hpp"

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

TEST(CaptionChanges, ShowWhatGoesAndWhatComesFiftyAtATime) {
    Room room;
    SharedStyles styles(room.registry);
    CaptionChanges changes(styles);
    studio::CaptionPlan plan;
    for (int i = 0; i < 60; ++i)
        plan.change.texts.push_back({std::to_string(i) + ".txt", "bird, red", "bird, blue"});
    plan.left_out.push_back({"x.txt", "It is no text.", "Save it as UTF-8."});
    changes.show(plan, "Change 60 captions");
    const auto at = [&](const char* key) { return changes.state().at(key); };
    EXPECT_EQ(at("rows").size(), 50U);
    EXPECT_EQ(at("rows")[0].at("parts"),
              json::parse(R"([["same", "bird"], ["gone", "red"], ["new", "blue"]])"));
    EXPECT_EQ(at("total"), 60);
    EXPECT_EQ(at("doing"), "Change 60 captions");
    EXPECT_NE(at("left_out")[0].get<std::string>().find("It is no text."), std::string::npos);
    changes.take_message({{"kind", "more"}}, {});
    EXPECT_EQ(at("rows").size(), 60U);
    int made = 0, left = 0;
    changes.on_make = [&] { ++made; };
    changes.on_leave = [&] { ++left; };
    changes.take_message({{"kind", "make"}, {"plan", 99}}, {});  // one that was shown before
    changes.take_message({{"kind", "make"}, {"plan", at("plan")}}, {});
    changes.take_message({{"kind", "leave"}}, {});
    for (const auto& nonsense : {json(), json({{"kind", 3}}), json(3)}) changes.take_message(nonsense, {});
    EXPECT_EQ(made, 1);
    EXPECT_EQ(left, 1);
    changes.clear();
    EXPECT_TRUE(at("rows").empty());
    EXPECT_TRUE(at("left_out").empty());
}

}  // namespace lorikeet::widgets
