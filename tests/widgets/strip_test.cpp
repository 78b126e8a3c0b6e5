#include "widgets/strip.hpp"

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(Strip, TellsWhereOneStandsAndWhatIsPressed) {
    Room room;
    SharedStyles styles(room.registry);
    Strip strip(styles, "images");
    strip.tell({"bird",
                true,
                "/here/bird",
                "",
                {{"images", "24 images", StripMark::Done, "images"},
                 {"captions", "20 captions", StripMark::Part, "images"}}});
    EXPECT_EQ(strip.state().at("items")[1].at("mark"), "part");
    std::string pressed;
    strip.on_press = [&](const StripItem& item) { pressed += item.text; };
    strip.take_message({{"kind", "press"}, {"key", "captions"}}, {});
    EXPECT_EQ(pressed, "20 captions");
    for (const auto& nonsense : {nlohmann::json(), nlohmann::json({{"kind", "press"}}),
                                 nlohmann::json({{"kind", "press"}, {"key", 3}}), nlohmann::json("press")})
        strip.take_message(nonsense, {});
    EXPECT_EQ(pressed, "20 captions");
}

}  // namespace lorikeet::widgets
