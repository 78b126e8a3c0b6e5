#include "studio/project.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "studio/import_sources.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

template <class Work>
base::Error refused(const Work& work) {
    try {
        work();
    } catch (const base::Error& error) {
        EXPECT_FALSE(error.hint().empty()) << error.what();
        return error;
    }
    return {base::ErrorCode::Internal, "nothing was thrown"};
}

std::vector<std::string> names_of(const Projects& projects) {
    std::vector<std::string> names;
    for (const auto& project : projects.list()) names.push_back(project.name);
    return names;
}

}  // namespace

TEST(Project, IsMadeOpenedAndRemembered) {
    const support::TempFolder temp;
    EXPECT_TRUE(Projects(temp.path()).list().empty());
    EXPECT_TRUE(files_of(temp.path()).empty()) << "looking makes nothing";
    const auto bird = Projects(temp.path()).create("  Blue bird ");
    EXPECT_EQ(bird.name, "Blue bird");
    EXPECT_EQ(bird.folder, temp.path() / "projects" / "Blue bird");
    Projects(temp.path()).create("cat");
    EXPECT_EQ(Projects(temp.path()).open_one()->name, "cat");
    Projects(temp.path()).open("blue BIRD");
    const auto listed = Projects(temp.path()).list();
    ASSERT_EQ(listed.size(), 2u);
    EXPECT_TRUE(listed[0].is_open);
    EXPECT_FALSE(listed[1].is_open);
    Projects(temp.path()).close();
    EXPECT_EQ(Projects(temp.path()).open_one(), std::nullopt);
}

TEST(Project, FoldersAreSafeAndNamesStayAsTyped) {
    const support::TempFolder temp;
    Projects projects(temp.path());
    EXPECT_EQ(projects.create("a/b: \"c\"?").folder.filename(), "a_b_ _c__");
    EXPECT_EQ(projects.create("CON").folder.filename(), "_CON");
    EXPECT_EQ(projects.create("dots...").folder.filename(), "dots");
    EXPECT_EQ(projects.create(".hidden").folder.filename(), "_hidden");
    EXPECT_EQ(projects.create("\u9ce5 \U0001F426").folder.filename(), "\u9ce5 \U0001F426");
    EXPECT_EQ(projects.create("dots.").folder.filename(), "dots_2");
    EXPECT_EQ(projects.find("a/b: \"c\"?").name, "a/b: \"c\"?");
    for (const auto* name : {"", "  ", "two\nlines", "\xff"})
        EXPECT_EQ(refused([&] { projects.create(name); }).code(), base::ErrorCode::InvalidInput) << name;
    EXPECT_EQ(refused([&] { projects.create(std::string(300, 'a')); }).code(), base::ErrorCode::InvalidInput);
}

TEST(Project, NamesThatSomeDisksTakeForOneAreRefused) {
    const support::TempFolder temp;
    Projects projects(temp.path());
    projects.create("Gr\u00fcn");
    for (const auto* name : {"Gr\u00fcn", "gr\u00fcn", "Gru\u0308n"})
        EXPECT_EQ(refused([&] { projects.create(name); }).code(), base::ErrorCode::Conflict) << name;
    EXPECT_NE(std::string(refused([&] { projects.create("gr\u00fcn"); }).what()).find("differs"),
              std::string::npos);
}

TEST(Project, RenameMovesItsFolderAndWritesOverNothing) {
    const support::TempFolder temp;
    Projects projects(temp.path());
    const auto bird = projects.create("bird");
    base::write_whole(bird.folder / "job.toml", "mine");
    projects.create("cat");
    EXPECT_EQ(refused([&] { projects.rename("bird", "Cat"); }).code(), base::ErrorCode::Conflict);
    projects.open("bird");
    const auto renamed = projects.rename("bird", "Blue: bird");
    EXPECT_EQ(renamed.folder.filename(), "Blue_ bird");
    EXPECT_EQ(base::read_text(renamed.folder / "job.toml"), "mine");
    EXPECT_EQ(Projects(temp.path()).open_one()->name, "Blue: bird");
    EXPECT_EQ(projects.rename("Blue: bird", "blue: Bird").folder.filename(), "blue_ Bird");
    std::filesystem::create_directory(temp.path() / "projects" / "dog");  // of somebody else
    EXPECT_EQ(projects.rename("cat", "dog").folder.filename(), "dog_2");
}

TEST(Project, DeletingMovesIntoATrashThatCanBeEmptied) {
    const support::TempFolder temp;
    Projects projects(temp.path());
    for (int round = 0; round < 2; ++round) {
        base::write_whole(projects.create("bird").folder / "a.png", std::string(10'000, 'x'));
        const auto trashed = projects.remove("bird");
        EXPECT_GT(trashed.bytes, 10'000u);
    }
    EXPECT_EQ(projects.open_one(), std::nullopt);
    EXPECT_TRUE(projects.list().empty());
    ASSERT_EQ(projects.trash().size(), 2u);
    EXPECT_EQ(projects.trash()[0].name, "bird");
    EXPECT_EQ(projects.trash()[0].deleted.size(), 20u) << projects.trash()[0].deleted;
    EXPECT_EQ(projects.restore("Bird").name, "bird");
    EXPECT_EQ(names_of(projects), std::vector<std::string>{"bird"});
    EXPECT_EQ(refused([&] { projects.restore("bird"); }).code(), base::ErrorCode::Conflict);
    EXPECT_GT(projects.empty_trash(), 10'000u);
    EXPECT_TRUE(projects.trash().empty());
    EXPECT_EQ(refused([&] { projects.restore("bird"); }).code(), base::ErrorCode::NotFound);
    EXPECT_TRUE(base::is_file(projects.find("bird").folder / "a.png"));
}

TEST(Project, OneThatIsNotThereIsNotFound) {
    const support::TempFolder temp;
    Projects projects(temp.path());
    projects.create("bird");
    const auto error = refused([&] { projects.open("brid"); });
    EXPECT_EQ(error.code(), base::ErrorCode::NotFound);
    EXPECT_EQ(error.hint(), "Did you mean \"bird\"?");
    std::filesystem::remove_all(projects.find("bird").folder);
    EXPECT_EQ(Projects(temp.path()).open_one(), std::nullopt);
}

TEST(Project, TheyLieWhereTheWorkspaceSays) {
    const support::TempFolder temp, elsewhere;
    Projects(temp.path(), elsewhere.path() / "mine").create("bird");
    EXPECT_TRUE(base::is_folder(elsewhere.path() / "mine" / "bird"));
    EXPECT_EQ(names_of(Projects(temp.path())), std::vector<std::string>{"bird"});
    EXPECT_EQ(Projects(temp.path()).open_one()->name, "bird");
}

TEST(Project, ItsSizeIsCounted) {
    const support::TempFolder temp;
    Projects projects(temp.path());
    const auto bird = projects.create("bird");
    write_files(bird.folder, {{"10_a/1.png", "1234"},
                              {"10_a/1.txt", "12"},
                              {"runs/x/job.toml", "123456"},
                              {"runs/x/samples/1.png", "1"}});
    const auto size = size_of(bird);
    EXPECT_EQ(size.images, 1);
    EXPECT_EQ(size.runs, 1);
    EXPECT_GT(size.bytes, 13u);
}

TEST(Project, ADamagedMemoryOfTheWorkspaceIsSaidAndKept) {
    const support::TempFolder temp;
    EXPECT_EQ(Projects(temp.path()).trouble(), "");
    const auto bird = Projects(temp.path()).create("bird");
    EXPECT_EQ(Projects(temp.path()).trouble(), "");
    const auto memory = temp.path() / ".lorikeet" / "workspace.json";
    for (const auto* text : {"{\"format\": \"lorikeet workspace 1\", \"op", "[]", "", "{\"format\": 3}"}) {
        base::write_whole(memory, text);
        EXPECT_NE(Projects(temp.path()).trouble().find("workspace.json is damaged"), std::string::npos)
            << text;
        EXPECT_EQ(Projects(temp.path()).open_one(), std::nullopt);
    }
    EXPECT_EQ(base::read_text(memory), "{\"format\": 3}") << "looking changes nothing";
    Projects(temp.path()).open("bird");
    EXPECT_EQ(Projects(temp.path()).trouble(), "");
    int kept = 0;
    for (const auto& entry : std::filesystem::directory_iterator(memory.parent_path()))
        kept += entry.path().filename().string().starts_with("workspace.json.damaged-") ? 1 : 0;
    EXPECT_EQ(kept, 1);
    std::filesystem::remove_all(bird.folder);
    EXPECT_NE(Projects(temp.path()).trouble().find("was open, and is gone."), std::string::npos);
}

}  // namespace lorikeet::studio
