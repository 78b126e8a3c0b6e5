#include "widgets/findings.hpp"

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(Findings, ShowTheFirstImagesOfEachAndHowManyMoreThereAre) {
    support::TempFolder folder;
    Room room;
    SharedStyles styles(room.registry);
    Findings findings(styles);
    studio::CheckFinding bare{"no-caption", "9 images have no caption.", "Write some.", {}, {}};
    std::vector<studio::SeenImage> seen;
    for (int i = 0; i < 15; ++i) {
        const auto name = std::to_string(i) + ".png";
        io::write_png(folder.path() / name, io::Image{4, 4, std::vector<std::uint8_t>(48, 90)});
        if (i < 9) bare.names.push_back(name);
        seen.push_back({name, 64, 32, 0.25, {"a", "b", "c", "d"}, [] { return std::string("bytes"); }});
    }
    findings.show(folder.path(), {bare}, seen);
    const auto& row = findings.state().at("rows")[0];
    EXPECT_EQ(row.at("images").size(), Findings::kShownOfAFinding);
    EXPECT_EQ(row.at("more"), 3);
    EXPECT_EQ(row.at("trash"), false);
    EXPECT_EQ(findings.state().at("seen").size(), Findings::kSeenAtOnce);
    EXPECT_EQ(findings.state().at("seen")[0].at("cut"), 25);
    EXPECT_EQ(findings.state().at("seen")[0].at("more"), 1);
    findings.take_message({{"kind", "more"}}, {});
    EXPECT_EQ(findings.state().at("seen").size(), 15U);

    const auto ids = std::vector<std::string>{row.at("images")[0].at("id"),
                                              findings.state().at("seen")[0].at("id"), "unknown"};
    findings.take_message({{"kind", "want"}, {"ids", ids}}, {});
    std::size_t came = 0;
    EXPECT_TRUE(room.loop.run_until([&] {
        came = 0;
        for (const auto& said : room.channel.of(findings.id(), "message")) came += said.parts.size();
        return came == 2;
    }));
    for (const auto& nonsense : {nlohmann::json(), nlohmann::json({{"kind", "show"}}),
                                 nlohmann::json({{"kind", "want"}, {"ids", 3}})})
        findings.take_message(nonsense, {});
}

}  // namespace lorikeet::widgets
