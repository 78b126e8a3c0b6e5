#include "widgets/controls.hpp"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "support/places.hpp"
#include "widgets/fold.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

namespace {

using nlohmann::json;

json published_models() {
    return json::parse(base::read_text(support::root() / "tests/golden/widget_models.json")).at("models");
}

bool is_of(const json& value, const std::string& type) {
    if (type == "string") return value.is_string();
    if (type == "bool") return value.is_boolean();
    if (type == "int") return value.is_number_integer();
    if (type == "float") return value.is_number();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    if (type == "reference") return value.is_string() && value.get<std::string>().starts_with("IPY_MODEL_");
    return type == "bytes";
}

// What a state has that Jupyter's models do not know, or in another kind.
std::string complaint(const json& state, const json& models) {
    const auto name = state.at("_model_name").get<std::string>();
    if (state.at("_model_module") == "anywidget") return "";
    if (!models.contains(name)) return name + " is no model that Jupyter publishes";
    const auto& model = models.at(name);
    if (state.at("_model_module") != model.at("model").at("module")) return name + ": module";
    if (state.at("_model_module_version") != model.at("model").at("version")) return name + ": version";
    if (state.at("_view_module") != model.at("view").at("module")) return name + ": view's module";
    if (state.at("_view_module_version") != model.at("view").at("version")) return name + ": view's version";
    if (state.at("_view_name") != model.at("view").at("name")) return name + ": view's name";
    for (const auto& [key, value] : state.items()) {
        if (!model.at("attributes").contains(key)) return name + " has no " + key;
        const auto& attribute = model.at("attributes").at(key);
        if (value.is_null() && (attribute.value("allow_none", false) || attribute.at("type") == "bytes"))
            continue;
        if (!is_of(value, attribute.at("type"))) return name + "." + key + " is " + value.dump();
        if (attribute.contains("enum") && !attribute.at("enum").empty() &&
            std::find(attribute.at("enum").begin(), attribute.at("enum").end(), value) ==
                attribute.at("enum").end())
            return name + "." + key + " may not be " + value.dump();
    }
    return "";
}

// One of each.
struct Everything {
    explicit Everything(SharedStyles& styles) {
        const ControlText text{"Label", "A sentence", {"lk-x"}};
        put<Text>(children, styles, text, "within");
        put<Text>(children, styles, text, "", Text::Lines::Several);
        put<Slider>(children, styles, text, Slider::Scale{0, 1, 0.01, false});
        put<Slider>(children, styles, text, Slider::Scale{1, 24, 1, true}).write(7);
        put<Checkbox>(children, styles, text).write(true);
        put<Dropdown>(children, styles, text, std::vector<std::string>{"a", "b"});
        put<Dropdown>(children, styles, text, std::vector<std::string>{});
        put<Dropdown>(children, styles, text, std::vector<std::string>{"a", "b"}, Dropdown::Form::Buttons);
        put<Button>(children, styles, text, "play", nullptr, Button::Kind::Main);
        put<Html>(children, styles, "<b>x</b>");
        put<Progress>(children, styles, text).tell(3, 10);
        put<Image>(children, styles).write("png");
        put<Box>(children, styles, Box::Way::Across, Children{});
        put<Box>(children, styles, Box::Way::Grid, Children{});
        put<Fold>(children, styles, "Folded", Children{});
    }
    Children children;
};

}  // namespace

TEST(Controls, StatesAreThoseOfThePublishedSchema) {
    Room room;
    SharedStyles styles(room.registry);
    const Everything everything(styles);
    const auto models = published_models();
    std::set<std::string> seen;
    for (const auto* widget : room.registry.all()) {
        EXPECT_EQ(complaint(widget->state(), models), "");
        seen.insert(widget->state().at("_model_name"));
    }
    for (const auto& [name, model] : models.items())
        EXPECT_TRUE(seen.contains(name)) << name << " is never drawn";
}

TEST(Controls, TheSchemaTellsAWrongNameAndAWrongKind) {
    Room room;
    SharedStyles styles(room.registry);
    const Progress bar(styles, {});
    auto state = bar.state();
    const auto models = published_models();
    EXPECT_EQ(state.at("_view_name"), "ProgressView");
    state["_view_name"] = "IntProgressView";
    EXPECT_EQ(complaint(state, models), "IntProgressModel: view's name");
    state = bar.state();
    state["value"] = 1.5;
    EXPECT_EQ(complaint(state, models), "IntProgressModel.value is 1.5");
}

// The view of one that has no label looks for it all the same, and a box with an error stands in its place.
TEST(Controls, OnlyWhatHasALabelHasATooltip) {
    Room room;
    SharedStyles styles(room.registry);
    const Everything everything(styles);
    for (const auto* widget : room.registry.all()) {
        const auto& state = widget->state();
        if (state.contains("description")) continue;
        EXPECT_TRUE(state.value("tooltip", json()).is_null()) << state.at("_model_name");
    }
}

TEST(Controls, ShareOneLayoutAndOneStyleOfAKind) {
    Room room;
    SharedStyles styles(room.registry);
    const Text one(styles, {}), other(styles, {});
    EXPECT_EQ(one.state().at("layout"), other.state().at("layout"));
    EXPECT_EQ(one.state().at("style"), other.state().at("style"));
}

TEST(Controls, ChildrenAreOpenBeforeTheBoxThatShowsThem) {
    Room room;
    SharedStyles styles(room.registry);
    Children children;
    const auto& text = put<Text>(children, styles, ControlText{});
    const auto id = text.id();
    const Box box(styles, Box::Way::Down, std::move(children));
    std::size_t text_at = 0, box_at = 0;
    for (std::size_t i = 0; i < room.channel.said.size(); ++i) {
        if (room.channel.said[i].id == id && room.channel.said[i].what == "open") text_at = i;
        if (room.channel.said[i].id == box.id()) box_at = i;
    }
    EXPECT_LT(text_at, box_at);
    EXPECT_EQ(box.state().at("children"), json::array({"IPY_MODEL_" + id}));
}

TEST(Controls, ABoxClosesWhatItNoLongerShows) {
    Room room;
    SharedStyles styles(room.registry);
    Box box(styles, Box::Way::Down, {});
    box.append(std::make_unique<Text>(styles, ControlText{"old", {}, {}}));
    const auto id = box.children().front()->id();
    Children fresh;
    put<Text>(fresh, styles, ControlText{"new", {}, {}});
    box.set_children(std::move(fresh));
    EXPECT_EQ(room.registry.find(id), nullptr);
    EXPECT_EQ(box.state().at("children").size(), 1U);
}

TEST(Controls, TellWhatAPersonDidAndNotWhatWeWrote) {
    Room room;
    SharedStyles styles(room.registry);
    Text text(styles, {});
    int heard = 0;
    text.on_change = [&] { ++heard; };
    text.write("ours");
    EXPECT_EQ(heard, 0);
    type_into(text, "theirs");
    EXPECT_EQ(heard, 1);
    EXPECT_EQ(text.value(), "theirs");
}

TEST(Controls, AButtonThatIsOffDoesNothing) {
    Room room;
    SharedStyles styles(room.registry);
    int pressed = 0;
    Button button(styles, {"Go", {}, {}}, "play", [&] { ++pressed; });
    click(button);
    button.enable(Enabled::No);
    click(button);
    EXPECT_EQ(pressed, 1);
    button.take_message("no object", {});
    EXPECT_EQ(pressed, 1);
}

TEST(Controls, MayBeClosedByWhatTheyStart) {
    Room room;
    SharedStyles styles(room.registry);
    Box box(styles, Box::Way::Down, {});
    box.append(
        std::make_unique<Button>(styles, ControlText{"Go", {}, {}}, "play", [&] { box.set_children({}); }));
    click(*box.children().front());
    EXPECT_TRUE(box.children().empty());
}

TEST(Controls, TextIsShownAsItIs) { EXPECT_EQ(escape("<b a=\"1\">&"), "&lt;b a=&quot;1&quot;&gt;&amp;"); }

}  // namespace lorikeet::widgets
