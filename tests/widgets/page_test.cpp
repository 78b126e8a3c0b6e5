#include "widgets/page.hpp"

#include <gtest/gtest.h>

#include "widgets/page_context.hpp"
#include "widgets/recipe_page.hpp"
#include "widgets/setup_page.hpp"
#include "widgets/test_page.hpp"
#include "widgets/train_page.hpp"

namespace lorikeet::widgets {

namespace {

// The CSS class by which each part of a page is known, from top to bottom.
std::vector<std::string> parts_of(const Room& room, const Page& page) {
    std::vector<std::string> parts;
    for (const auto& reference : page.widget().state().at("children")) {
        const auto* widget = room.registry.find(reference.get<std::string>().substr(10));
        const auto classes = widget->state().at("_dom_classes").get<std::vector<std::string>>();
        parts.push_back(classes.empty() ? "" : classes.front());
    }
    return parts;
}

std::size_t at(const std::vector<std::string>& parts, const std::string& part) {
    return static_cast<std::size_t>(std::find(parts.begin(), parts.end(), part) - parts.begin());
}

}  // namespace

TEST(Page, EveryPageHasTheOnePattern) {
    TestPageContext room;
    std::vector<std::unique_ptr<Page>> pages;
    pages.push_back(std::make_unique<SetupPage>(*room.context));
    pages.push_back(std::make_unique<RecipePage>(*room.context));
    pages.push_back(std::make_unique<TrainPage>(*room.context));
    pages.push_back(std::make_unique<TestPage>(*room.context));
    for (const auto& page : pages) {
        const auto parts = parts_of(room, *page);
        const std::vector<std::string> order{"lk-title",  "lk-purpose", "lk-fields", "lk-buttons",
                                             "lk-status", "lk-folded",  "lk-next"};
        for (std::size_t i = 1; i < order.size(); ++i)
            EXPECT_LT(at(parts, order[i - 1]), at(parts, order[i])) << order[i];
        EXPECT_EQ(at(parts, "lk-next"), parts.size() - 1);
    }
}

TEST(Page, SaysOnEveryPageWhenWhatIsTypedCannotBeKept) {
    TestPageContext room;
    const SetupPage page(*room.context);
    room.context->trouble = "The disk is full.";
    for (const auto& tell : room.context->trouble_changed) tell();
    EXPECT_NE(all_text(room.registry).find("The disk is full."), std::string::npos);
}

TEST(Page, TwoWindowsAreInStepBecauseTheStateIsHere) {
    TestPageContext room;
    RecipePage page(*room.context);
    auto& name = page.form().find("output.name")->input();
    const auto before = room.channel.of(name.id(), "update").size();
    type_into(name, "bird");
    EXPECT_EQ(name.state().at("value"), "bird") << "what a window that comes is given";
    EXPECT_EQ(room.channel.of(name.id(), "update").size(), before)
        << "never sent back into the hand that types";
}

TEST(Page, FactsAreEscapedAndInOrder) {
    EXPECT_EQ(facts_table({{"a", "<b>"}}),
              "<table class=\"lk-facts\"><tr><th scope=\"row\">a</th><td>&lt;b&gt;</td></tr></table>");
}

TEST(Page, WhereItLedIsSaidAsRunItUntilAWindowHasIt) {
    TestPageContext room;
    RecipePage recipe(*room.context);
    TrainPage train(*room.context);
    room.context->go_to = [](std::string_view) { return true; };
    click(train.main());
    EXPECT_EQ(train.status(), "Next: run the cell recipe above.") << "the page may stand in no window";
    for (const auto& tell : room.context->page_came) tell("setup");
    EXPECT_EQ(train.status(), "Next: run the cell recipe above.");
    for (const auto& tell : room.context->page_came) tell("recipe");
    EXPECT_EQ(train.status(), "See the page recipe above.");
}

TEST(Page, ARecipeInAProjectIsCalledAsTheProjectUntilItIsNamed) {
    TestPageContext room;
    const auto name_in = [&](const base::Path& project) {
        std::filesystem::create_directories(project);
        return PageContext(room.registry, project, room.folder.path()).recipe.text("output.name");
    };
    EXPECT_EQ(room.context->recipe.text("output.name"), "my-lora");
    EXPECT_EQ(name_in(room.folder.path() / "projects" / "my bird"), "my bird");
    std::filesystem::create_directories(room.folder.path() / "projects" / "old" / "runs" / "my-lora");
    EXPECT_EQ(name_in(room.folder.path() / "projects" / "old"), "my-lora") << "it was trained as that";
    EXPECT_EQ(name_in(room.folder.path() / "projects" / "-x"), "my-lora") << "no run can be called so";
    const auto typed = room.folder.path() / "projects" / "typed";
    std::filesystem::create_directories(typed);
    studio::Drafts(studio::Drafts::folder_in(typed)).write("recipe", {{"output.name", "wing"}});
    EXPECT_EQ(name_in(typed), "wing");
}

}  // namespace lorikeet::widgets
