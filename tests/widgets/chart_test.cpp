#include "widgets/chart.hpp"

#include <cmath>
#include <cstring>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "widgets/support.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

namespace {

struct WithChart : Room {
    SharedStyles styles{registry};
    Chart chart{styles};

    std::vector<support::Said> messages(const std::string& kind) const {
        std::vector<support::Said> found;
        for (const auto& said : channel.of(chart.id(), "message"))
            if (said.content.at("kind") == kind) found.push_back(said);
        return found;
    }
};

ChartPoint point(double step) { return {step, step / 10, step / 20, 1e-4, 0.5}; }

std::vector<ChartPoint> rows_of(const support::Said& said) {
    std::vector<ChartPoint> rows(said.parts.at(0).size() / sizeof(ChartPoint));
    std::memcpy(rows.data(), said.parts.at(0).data(), said.parts.at(0).size());
    return rows;
}

}  // namespace

TEST(Chart, IsAnAnywidgetPartWithItsModuleInside) {
    WithChart room;
    const auto& state = room.chart.state();
    EXPECT_EQ(state.at("_model_module"), "anywidget");
    EXPECT_EQ(state.at("_model_module_version"), "*");
    EXPECT_EQ(state.at("_model_name"), "AnyModel");
    EXPECT_EQ(state.at("_view_name"), "AnyView");
    EXPECT_NE(state.at("_esm").get<std::string>().find("export default"), std::string::npos);
    EXPECT_NE(state.at("_css").get<std::string>().find("--jp-"), std::string::npos);
}

TEST(Chart, SendsOnlyWhatIsNew) {
    WithChart room;
    room.chart.add({point(1), point(2)});
    room.chart.add({point(3)});
    room.chart.add({});
    const auto sent = room.messages("points");
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[1].content.at("first"), 2);
    ASSERT_EQ(rows_of(sent[1]).size(), 1U);
    EXPECT_EQ(rows_of(sent[1])[0].step, 3);
}

TEST(Chart, TellsTheValidationLossWhereThereIsOne) {
    WithChart room;
    auto validated = point(2);
    validated.validation = 0.25;
    room.chart.add({point(1), validated});
    const auto rows = rows_of(room.messages("points").at(0));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_TRUE(std::isnan(rows[0].validation));
    EXPECT_EQ(rows[1].validation, 0.25);
}

TEST(Chart, AWindowThatComesGetsAllPoints) {
    WithChart room;
    for (int i = 1; i <= 500; ++i) room.chart.add({point(i)});
    room.chart.take_message({{"kind", "hello"}}, {});
    const auto last = room.messages("points").back();
    EXPECT_EQ(last.content.at("first"), 0);
    EXPECT_EQ(rows_of(last).size(), 500U);
}

TEST(Chart, AResumedRunTakesThePlaceOfTheStepsItRepeats) {
    WithChart room;
    room.chart.add({point(1), point(2), point(3), point(4)});
    auto again = point(3);
    again.loss = 9;
    room.chart.add({again});
    EXPECT_EQ(room.chart.size(), 3U);
    EXPECT_EQ(room.messages("points").back().content.at("first"), 2);
}

TEST(Chart, AnotherRunBeginsEmpty) {
    WithChart room;
    room.chart.add({point(1)});
    const auto run = room.chart.state().at("run").get<int>();
    room.chart.begin("parrot");
    EXPECT_EQ(room.chart.size(), 0U);
    EXPECT_EQ(room.chart.state().at("run"), run + 1);
    EXPECT_EQ(room.chart.state().at("title"), "parrot");
}

TEST(Chart, SendsAnImageWhenItIsAskedFor) {
    WithChart room;
    const support::TempFolder folder;
    base::write_whole(folder.path() / "a.png", "the bytes");
    room.chart.add_sample({10, "a bird", folder.path() / "a.png"});
    EXPECT_EQ(room.chart.state().at("samples").at(0).at("prompt"), "a bird");
    room.chart.take_message({{"kind", "image"}, {"sample", 0}}, {});
    ASSERT_TRUE(room.loop.run_until([&] { return !room.messages("image").empty(); }));
    EXPECT_EQ(room.messages("image")[0].parts[0], "the bytes");
}

TEST(Chart, PassesOverWhatItDoesNotUnderstand) {
    WithChart room;
    for (const auto& message :
         {nlohmann::json("x"), nlohmann::json{{"kind", 7}}, nlohmann::json{{"kind", "image"}, {"sample", 99}},
          nlohmann::json{{"kind", "image"}, {"sample", -1}}, nlohmann::json{{"kind", "image"}}})
        room.chart.take_message(message, {});
    EXPECT_TRUE(room.channel.of(room.chart.id(), "message").empty());
}

TEST(Web, HoldsItsFilesAndNoOthers) {
    EXPECT_NE(web_file("style.css").find(".lk-page"), std::string_view::npos);
    EXPECT_THROW(web_file("nothing.js"), base::Error);
}

}  // namespace lorikeet::widgets
