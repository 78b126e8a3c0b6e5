#include "widgets/pages.hpp"

#include <cstdlib>
#include <fstream>
#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "settings/field.hpp"
#include "settings/job.hpp"
#include "studio/project.hpp"
#include "support/places.hpp"
#include "support/working_folder.hpp"
#include "widgets/page_context.hpp"
#include "widgets/project_cards.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

namespace {

struct WithPages : Room {
    WithPages() { ::setenv("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1); }
    support::TempFolder folder;
    Pages pages{registry, folder.path()};
};

template <class W>
W* control_of_kind(const WidgetRegistry& registry) {
    for (auto* widget : registry.all())
        if (auto* found = dynamic_cast<W*>(widget)) return found;
    return nullptr;
}

// Every sentence of describe(), long enough that nobody writes it by chance.
std::vector<std::string> sentences(const settings::Schema& table) {
    std::vector<std::string> all;
    const auto add = [&](std::string_view text) {
        if (text.size() > 24) all.emplace_back(text);
    };
    add(table.what);
    for (const auto& field : table.fields) {
        for (const auto text : {field.what, field.more, field.less, field.unset}) add(text);
        if (field.type->choices != nullptr)
            for (const auto& choice : field.type->choices()) add(choice.what);
        if (field.is_section())
            for (auto& inner : sentences(field.type->schema())) all.push_back(std::move(inner));
    }
    for (const auto& rule : table.rules) add(rule.why);
    return all;
}

}  // namespace

TEST(Pages, AWordRunAgainShowsTheSamePage) {
    WithPages room;
    const auto first = room.pages.answer("recipe");
    ASSERT_NE(first.widget, nullptr);
    const auto made = room.registry.all().size();
    for (const auto* same :
         {" recipe\n", "Recipe", "RECIPE", "`recipe`", "recipe()", "\"recipe\".", "%recipe"})
        EXPECT_EQ(room.pages.answer(same).widget, first.widget) << same;
    EXPECT_EQ(room.pages.answer("HELP").text, room.pages.answer("help").text);
    EXPECT_EQ(room.pages.answer("?").text, room.pages.answer("help").text);
    EXPECT_EQ(room.registry.all().size(), made);
}

TEST(Pages, EachWordOfTheListHasItsAnswer) {
    WithPages room;
    for (const auto& [word, what] : Pages::words()) {
        const auto answer = room.pages.answer(word);
        EXPECT_TRUE(answer.widget != nullptr || !answer.html.empty()) << word;
        EXPECT_TRUE(what.ends_with('.')) << word;
    }
}

TEST(Pages, AnUnknownWordGetsTheNearestOne) {
    WithPages room;
    const auto answer = room.pages.answer("trian");
    EXPECT_EQ(answer.widget, nullptr);
    EXPECT_NE(answer.text.find("Did you mean \"train\"?"), std::string::npos);
    EXPECT_NE(answer.html.find("<code>setup</code>"), std::string::npos);
}

TEST(Pages, WhatIsNoWordAtAllIsShownShortAndSafe) {
    WithPages room;
    const auto answer = room.pages.answer("<script>alert(1)</script>" + std::string(5000, 'x'));
    EXPECT_EQ(answer.html.find("<script>"), std::string::npos);
    EXPECT_LT(answer.text.size(), 1000U);
    EXPECT_EQ(room.pages.answer("  ").text, "");
}

TEST(Pages, AnotherKernelMakesThePagesThatASavedNotebookShows) {
    support::TempFolder folder;
    ::setenv("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1);
    std::string id;
    {
        Room room;
        Pages pages(room.registry, folder.path());
        pages.restore();
        EXPECT_TRUE(room.registry.all().empty()) << "nothing was shown here yet";
        id = pages.answer("test").widget->id();
    }
    Room room;
    Pages pages(room.registry, folder.path());
    pages.restore();
    EXPECT_NE(room.registry.find(id), nullptr) << "the page has the id that the notebook was saved with";
    EXPECT_EQ(room.registry.find("lorikeet-page-recipe"), nullptr) << "it was not shown";
    EXPECT_EQ(pages.answer("test").widget->id(), id);
}

TEST(Pages, EachNotebookOfAFolderFindsItsOwn) {
    support::TempFolder folder;
    ::setenv("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1);
    for (const auto& [notebook, word] : {std::pair{"Lora_Trainer", "test"}, {"Dataset_Maker", "project"}}) {
        Room room;
        Pages pages(room.registry, folder.path(), notebook);
        pages.restore();
        EXPECT_TRUE(room.registry.find("lorikeet-page-test") == nullptr) << "it is the other one's";
        static_cast<void>(pages.answer(word));
    }
    Room room;
    Pages pages(room.registry, folder.path(), "Dataset_Maker");
    pages.restore();
    EXPECT_NE(room.registry.find("lorikeet-page-project"), nullptr);
    EXPECT_EQ(room.registry.find("lorikeet-page-test"), nullptr);
    static_cast<void>(pages.answer("setup"));
    EXPECT_NE(find_control<Button>(room.registry, "Continue to project"), nullptr);
}

TEST(Pages, FollowWhereAnotherProjectIsOpened) {
    support::TempFolder folder;
    const support::WorkingFolder here(folder.path());
    ::setenv("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1);
    Room room;
    Pages pages(room.registry, folder.path(), "Lora_Trainer", folder.path());
    const auto* recipe = pages.answer("recipe").widget;
    pages.answer("project");
    type_into(control<Text>(room.registry, "Name"), "of the folder");
    const auto page_in = [](const Widget& frame) { return frame.state().at("children").at(0); };
    const auto before = page_in(*recipe);

    auto bird =
        studio::Projects(folder.path()).create("bird");  // in another notebook, or on the command line
    room.loop.advance(std::chrono::seconds(2));
    EXPECT_EQ(pages.answer("recipe").widget, recipe) << "the cell shows the same place";
    EXPECT_NE(page_in(*recipe), before) << "with a page of the other project";
    EXPECT_EQ(control<Text>(room.registry, "Name").value(), "bird") << "what is typed belongs to a project";
    EXPECT_EQ(std::filesystem::current_path(), bird.folder);
    type_into(control<Text>(room.registry, "Name"), "of the bird");

    const auto memory = folder.path() / ".lorikeet" / "workspace.json";
    const auto whole = base::read_text(memory);
    base::write_whole(memory, "{");
    room.loop.advance(std::chrono::seconds(2));
    EXPECT_EQ(std::filesystem::current_path(), bird.folder) << "nobody is moved to a folder he did not open";
    base::write_whole(memory, whole);
    studio::Projects(folder.path()).close();
    room.loop.advance(std::chrono::seconds(2));
    EXPECT_EQ(control<Text>(room.registry, "Name").value(), "of the folder");
    EXPECT_EQ(std::filesystem::current_path(), folder.path());
    studio::Projects(folder.path()).open("bird");
    room.loop.advance(std::chrono::seconds(2));
    EXPECT_EQ(control<Text>(room.registry, "Name").value(), "of the bird");
}

TEST(Pages, LetTheProjectPageSayWhatItDidBeforeTheyFollow) {
    support::TempFolder folder;
    const support::WorkingFolder here(folder.path());
    ::setenv("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1);
    Room room;
    Pages pages(room.registry, folder.path(), "Dataset_Maker", folder.path());
    pages.answer("project");
    auto* cards = control_of_kind<ProjectCards>(room.registry);
    ASSERT_NE(cards, nullptr);
    cards->take_message({{"kind", "create"}, {"name", "bird"}}, {});
    while (!studio::Projects(folder.path()).open_one()) std::this_thread::yield();
    pages.follow();  // as its timer may just then
    EXPECT_EQ(control_of_kind<ProjectCards>(room.registry), cards) << "nobody has moved";
    EXPECT_TRUE(room.loop.run_until(
        [&] { return all_text(room.registry).find("bird is made, and open.") != std::string::npos; }));
    EXPECT_TRUE(room.loop.run_until(
        [&] { return std::filesystem::current_path() == folder.path() / "projects" / "bird"; }));
}

TEST(Pages, TakeOverWhatAnotherNotebookTypes) {
    support::TempFolder folder;
    ::setenv("XDG_CONFIG_HOME", (folder.path() / "config").c_str(), 1);
    Room one, other;
    Pages trainer(one.registry, folder.path(), "Lora_Trainer"),
        maker(other.registry, folder.path(), "Dataset_Maker");
    trainer.answer("recipe");
    maker.answer("recipe");
    type_into(control<Text>(one.registry, "Name"), "bird");
    const auto name = [&] { return control<Text>(other.registry, "Name").value(); };
    for (int tries = 0; tries < 500 && name() != "bird"; ++tries) {
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
        other.loop.advance(std::chrono::seconds(3));
    }
    EXPECT_EQ(name(), "bird");
}

TEST(Pages, NothingIsSaidTwice) {
    const auto all = sentences(settings::schema<settings::Job>());
    EXPECT_GT(all.size(), 60U);
    for (const auto& entry : std::filesystem::directory_iterator(support::root() / "src/widgets")) {
        if (entry.path().extension() != ".cpp") continue;
        const auto text = base::read_text(entry.path());
        for (const auto& sentence : all)
            EXPECT_EQ(text.find(sentence), std::string::npos) << entry.path().filename() << ": " << sentence;
    }
}

}  // namespace lorikeet::widgets
