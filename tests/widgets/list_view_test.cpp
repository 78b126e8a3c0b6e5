#include "widgets/list_view.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "widgets/support.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {
namespace {

struct WithList : Room {
    explicit WithList(const std::string& path, std::set<std::string> elsewhere = {})
        : list(styles, *find_field(path), path, std::move(elsewhere)) {
        list.on_made = [this](FieldView& view) { made.push_back(view.path()); };
        list.on_add = [this] { told += "add "; };
        list.on_undo = [this] { told += "undo "; };
        list.on_remove = [this](std::size_t index) { told += "remove " + std::to_string(index) + " "; };
    }
    bool has(std::string_view button) const { return find_control<Button>(registry, button) != nullptr; }

    SharedStyles styles{registry};
    std::vector<std::string> made;
    std::string told;
    ListView list;
};

}  // namespace

TEST(ListView, EachElementHasAFieldForEverySetting) {
    WithList room("data.subsets");
    room.list.show_elements(2, false);
    const auto fields = settings::schema<settings::Subset>().fields.size();
    ASSERT_EQ(room.made.size(), 2 * fields);
    EXPECT_EQ(room.made.front(), "data.subsets.0.folder");
    EXPECT_TRUE(room.made.back().starts_with("data.subsets.1."));
    for (const auto* words : {"<b>Folder 1</b>", "<b>Folder 2</b>", "The folders with training images."})
        EXPECT_NE(all_text(room.registry).find(words), std::string::npos) << words;
    room.made.clear();
    room.list.show_elements(1, false);
    EXPECT_EQ(room.made.size(), fields) << "made again";
    EXPECT_EQ(all_text(room.registry).find("<b>Folder 2</b>"), std::string::npos);
}

TEST(ListView, NoMoreCanBeRemovedThanMustStay) {
    WithList folders("data.subsets");
    folders.list.show_elements(1, false);
    EXPECT_FALSE(folders.has("Remove folder 1")) << "one folder there must be";
    folders.list.show_elements(2, false);
    EXPECT_TRUE(folders.has("Remove folder 1"));
    WithList prompts("sample.prompts");
    prompts.list.show_elements(1, false);
    EXPECT_TRUE(prompts.has("Remove prompt 1"));
}

// The field of a setting that stands in another place of the page is not made twice, and its element stays.
TEST(ListView, AnElementWithAFieldElsewhereStays) {
    WithList room("sample.prompts", {"sample.prompts.0.text"});
    EXPECT_TRUE(room.list.holds_lead());
    EXPECT_FALSE(WithList("sample.prompts", {"sample.prompts_of_others"}).list.holds_lead());
    room.list.show_elements(1, false);
    EXPECT_FALSE(room.has("Remove prompt 1"));
    EXPECT_EQ(std::count(room.made.begin(), room.made.end(), "sample.prompts.0.text"), 0);
    EXPECT_EQ(room.made.size(), settings::schema<settings::Prompt>().fields.size() - 1);
}

TEST(ListView, TellsWhatIsPressed) {
    WithList room("data.subsets");
    room.list.show_elements(2, false);
    EXPECT_FALSE(room.has("Bring the removed folder back"));
    click(control<Button>(room.registry, "Remove folder 2"));
    click(control<Button>(room.registry, "Add a folder"));
    room.list.show_elements(2, true);
    click(control<Button>(room.registry, "Bring the removed folder back"));
    EXPECT_EQ(room.told, "remove 1 add undo ");
}

TEST(ListView, SaysWhatIsWrongWithTheListItselfAndTakesItBack) {
    WithList room("data.subsets");
    room.list.say({{{"data.subsets"}, "Needs <one>.", {}}});  // before anything is shown: nowhere to say it
    room.list.show_elements(1, false);
    room.list.say({{{"data.subsets"}, "Needs <one>.", {}}});
    EXPECT_NE(all_text(room.registry).find("Needs &lt;one&gt;."), std::string::npos);
    room.list.say({});
    EXPECT_EQ(all_text(room.registry).find("Needs"), std::string::npos);
}

}  // namespace lorikeet::widgets
