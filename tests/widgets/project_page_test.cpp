#include "widgets/project_page.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

namespace {

struct WithProjectPage : TestPageContext {
    WithProjectPage() { context->after_project = "images"; }
    bool says(const Page& page, const std::string& sentence) {
        return loop.run_until([&] { return page.status() == sentence; });
    }
    studio::Projects projects() const { return studio::Projects(folder.path()); }
    // The id of the card of this name; empty when there is none.
    static std::string id_of(const ProjectPage& page, const std::string& name) {
        for (const auto& card : page.cards().state().at("cards"))
            if (card.at("name") == name) return card.at("id");
        return {};
    }
    bool shows(const ProjectPage& page, const std::string& name) {
        return loop.run_until([&] { return !id_of(page, name).empty(); });
    }
};

}  // namespace

TEST(ProjectPage, TheWorkingFolderGoesOnWithoutCeremony) {
    WithProjectPage room;
    ProjectPage page(*room.context);
    EXPECT_TRUE(room.says(page, "No project is open.")) << page.status();
    EXPECT_TRUE(page.cards().state().at("cards").empty());
    std::filesystem::create_directories(room.folder.path() / "birds");
    type_into(control<Text>(room.registry, "Folder of the images"), " 'birds' ");
    EXPECT_EQ(room.context->dataset(), room.folder.path() / "birds");
    room.context->saver.settle();
}

TEST(ProjectPage, SaysWhereImagesCannotLie) {
    WithProjectPage room;
    room.context->type_recipe("data.subsets.0.folder", "cats");
    base::write_whole(room.folder.path() / "file", "x");
    ProjectPage page(*room.context);
    auto& field = control<Text>(room.registry, "Folder of the images");
    EXPECT_EQ(field.value(), "cats");
    for (const auto* wrong : {"file", "", ".", "..", "cats/../"}) {
        type_into(field, wrong);
        EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; })) << wrong;
        type_into(field, "cats");
        EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Ready; }));
    }
}

TEST(ProjectPage, MakesRenamesDeletesAndTakesBack) {
    WithProjectPage room;
    ProjectPage page(*room.context);
    page.cards().take_message({{"kind", "create"}, {"name", " Blue bird "}}, {});
    EXPECT_TRUE(room.says(page, "Blue bird is made, and open.")) << page.status();
    ASSERT_TRUE(room.shows(page, "Blue bird"));
    EXPECT_EQ(room.projects().open_one()->name, "Blue bird");
    page.cards().take_message({{"kind", "create"}, {"name", "blue BIRD"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    EXPECT_NE(page.cards().state().at("trouble"), "") << "beside the field too";

    page.cards().take_message({{"kind", "rename"}, {"id", room.id_of(page, "Blue bird")}, {"name", "Owl"}},
                              {});
    ASSERT_TRUE(room.shows(page, "Owl"));
    EXPECT_EQ(page.cards().state().at("undo"), "Blue bird renamed to Owl");
    page.cards().take_message({{"kind", "undo"}}, {});
    ASSERT_TRUE(room.shows(page, "Blue bird"));

    const auto id = room.id_of(page, "Blue bird");
    page.cards().take_message({{"kind", "ask_delete"}, {"id", id}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return page.cards().state().at("ask").is_object(); }));
    EXPECT_EQ(page.cards().state().at("ask").at("id"), id);
    page.cards().take_message({{"kind", "keep"}}, {});
    EXPECT_TRUE(page.cards().state().at("ask").is_null());
    page.cards().take_message({{"kind", "yes"}}, {});
    EXPECT_FALSE(room.projects().list().empty()) << "a question that is gone does nothing";

    page.cards().take_message({{"kind", "ask_delete"}, {"id", id}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return page.cards().state().at("ask").is_object(); }));
    page.cards().take_message({{"kind", "yes"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return room.projects().list().empty(); }));
    EXPECT_TRUE(room.loop.run_until([&] { return page.cards().state().at("trash") != ""; }));
    page.cards().take_message({{"kind", "undo"}}, {});
    ASSERT_TRUE(room.shows(page, "Blue bird"));
    EXPECT_TRUE(room.projects().open_one()) << "it was open, and is again";
}

TEST(ProjectPage, LeavesNoProjectInTheMiddleOfAnUpload) {
    WithProjectPage room;
    room.context->busy.emplace_back([] { return std::string("Images are still arriving."); });
    ProjectPage page(*room.context);
    page.cards().take_message({{"kind", "create"}, {"name", "bird"}}, {});
    EXPECT_EQ(page.status(), "Images are still arriving.");
    EXPECT_TRUE(room.projects().list().empty());
    for (const auto& nonsense :
         {nlohmann::json(), nlohmann::json({{"kind", 3}}), nlohmann::json({{"kind", "open"}, {"id", 3}}),
          nlohmann::json({{"kind", "create"}})})
        page.cards().take_message(nonsense, {});
}

TEST(ProjectPage, SaysThatItIsNotKnownWhichProjectIsOpen) {
    WithProjectPage room;
    room.projects().create("bird");
    base::write_whole(room.folder.path() / ".lorikeet" / "workspace.json", "{");
    room.restart();
    ProjectPage page(*room.context);
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong; }));
    EXPECT_NE(page.status().find("workspace.json is damaged"), std::string::npos) << page.status();
}

TEST(ProjectPage, EachDeletedProjectCanBeBroughtBackAlsoAfterARestart) {
    WithProjectPage room;
    auto projects = room.projects();
    for (const auto* name : {"owl", "wren"}) projects.create(name);
    for (const auto* name : {"owl", "wren"}) projects.remove(name);
    ProjectPage page(*room.context);
    EXPECT_TRUE(room.loop.run_until([&] { return page.cards().state().at("restore") != ""; }));
    page.cards().take_message({{"kind", "restore"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return room.projects().list().size() == 1; }));
    EXPECT_TRUE(room.loop.run_until([&] { return page.cards().state().at("busy") == false; }));
    page.cards().take_message({{"kind", "restore"}}, {});
    EXPECT_TRUE(room.loop.run_until([&] { return room.projects().list().size() == 2; }));
    EXPECT_TRUE(room.loop.run_until([&] { return page.cards().state().at("restore") == ""; }));
}

}  // namespace lorikeet::widgets
