#include "widgets/tag_preview_view.hpp"

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

TEST(TagPreviewView, ShowsBarsAndTellsOfTheThreshold) {
    Room room;
    SharedStyles styles(room.registry);
    TagPreviewView view(styles);
    const auto at = [&](const char* key) { return view.state().at(key); };
    view.show_image("a.png", 1, 3);
    EXPECT_EQ(at("label"), "a.png");
    EXPECT_EQ(at("place"), 1);
    view.show({"a.png", "ViT", {{"bird", 0.98765, true}, {"cat", 0.25, false}}, "bird", {}});
    EXPECT_EQ(at("rows"), json({{"bird", 0.988, true}, {"cat", 0.25, false}}));
    EXPECT_EQ(at("caption"), "bird");
    view.say("There is no tagger.");
    EXPECT_TRUE(at("rows").empty());
    EXPECT_EQ(at("words"), "There is no tagger.");
    double threshold = 0;
    std::int64_t by = 0;
    view.on_threshold = [&](double now) { threshold = now; };
    view.on_step = [&](std::int64_t now) { by = now; };
    view.take_message({{"kind", "threshold"}, {"value", 0.5}}, {});
    view.take_message({{"kind", "step"}, {"by", -1}}, {});
    for (const auto& nonsense :
         {json(), json(3), json({{"kind", "step"}}), json({{"kind", "threshold"}, {"value", "x"}})})
        view.take_message(nonsense, {});
    EXPECT_EQ(threshold, 0.5);
    EXPECT_EQ(by, -1);
    view.send_image("a.png", "bytes");
    EXPECT_EQ(room.channel.of(view.id(), "message").back().parts, std::vector<std::string>{"bytes"});
}

}  // namespace lorikeet::widgets
