#include "studio/draft.hpp"

#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(Drafts, WhatWasTypedIsThereForTheNextKernel) {
    const support::TempFolder folder;
    const Typed typed{{"optim.lr", "5e-"}, {"output.name", "鸟 \"x\"\n"}};
    Drafts(folder.path() / "draft").write("recipe", typed);
    EXPECT_EQ(Drafts(folder.path() / "draft").read("recipe").typed, typed);
    EXPECT_TRUE(Drafts(folder.path() / "draft").read("train").typed.empty());
}

TEST(Drafts, TwoKernelsKeepEachOthersKeys) {
    const support::TempFolder folder;
    Drafts one(folder.path()), other(folder.path());
    one.write("recipe", {{"name", "bird"}, {"lr", "1"}});
    auto seen = other.read("recipe").typed;
    one.write("recipe", {{"name", "finch"}, {"lr", "1"}});
    seen["lr"] = "2";
    other.write("recipe", seen);
    EXPECT_EQ(Drafts(folder.path()).read("recipe").typed, (Typed{{"name", "finch"}, {"lr", "2"}}));
    one.write("recipe", {{"name", "finch"}});  // forgets lr, which it knew
    EXPECT_EQ(Drafts(folder.path()).read("recipe").typed, (Typed{{"name", "finch"}}));
}

TEST(Drafts, ADamagedFileIsKeptBesideAndSaid) {
    const support::TempFolder folder;
    Drafts drafts(folder.path());
    drafts.write("recipe", {{"name", "bird"}});
    base::write_whole(folder.path() / "recipe.json", "{\"typed\": {\"name\"");
    const auto reading = drafts.read("recipe");
    EXPECT_TRUE(reading.typed.empty());
    EXPECT_NE(reading.trouble.find("kept as"), std::string::npos) << reading.trouble;
    std::size_t kept = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path()))
        kept += entry.path().filename().string().find("damaged") != std::string::npos ? 1 : 0;
    EXPECT_EQ(kept, 1u);
    drafts.write("recipe", {{"name", "finch"}});
    EXPECT_EQ(Drafts(folder.path()).read("recipe").typed.at("name"), "finch");
}

TEST(Drafts, WhatDidNotChangeIsNotWritten) {
    const support::TempFolder folder;
    Drafts drafts(folder.path());
    drafts.write("recipe", {{"name", "bird"}});
    std::filesystem::remove(folder.path() / "recipe.json");
    drafts.write("recipe", {{"name", "bird"}});
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "recipe.json"));
}

TEST(Drafts, AFolderThatCannotBeMadeIsSaidAndTriedAgain) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "draft", "a file is in the way");
    Drafts drafts(folder.path() / "draft");
    EXPECT_THROW(drafts.write("recipe", {{"name", "bird"}}), base::Error);
    std::filesystem::remove(folder.path() / "draft");
    drafts.write("recipe", {{"name", "bird"}});
    EXPECT_EQ(Drafts(folder.path() / "draft").read("recipe").typed.at("name"), "bird");
}

TEST(Drafts, ManyWritersLoseNoKey) {
    const support::TempFolder folder;
    std::vector<std::thread> threads;
    for (int writer = 0; writer < 4; ++writer)
        threads.emplace_back([&, writer] {
            Drafts mine(folder.path());
            Typed typed;
            for (int i = 0; i < 10; ++i) {
                typed[fmt::format("{}.{}", writer, i)] = "x";
                mine.write("recipe", typed);
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(Drafts(folder.path()).read("recipe").typed.size(), 40u);
}

TEST(Preferences, AreKeptForThePerson) {
    const support::TempFolder folder;
    Drafts drafts(folder.path());
    EXPECT_EQ(read_preferences(drafts).break_minutes, 45);
    write_preferences(drafts, {0});
    EXPECT_EQ(read_preferences(drafts).break_minutes, 0);
    drafts.write("preferences", {{"break_minutes", "many"}});
    EXPECT_EQ(read_preferences(drafts).break_minutes, 45);
}

TEST(Draft, TellsWhatAnotherProgramHasTyped) {
    const support::TempFolder temp;
    Drafts mine(temp.path()), other(temp.path());
    mine.write("recipe", {{"a", "1"}, {"b", "2"}});
    EXPECT_TRUE(mine.news("recipe").empty());
    EXPECT_EQ(other.read("recipe").typed.size(), 2u);
    other.write("recipe", {{"a", "3"}, {"c", "4"}});
    const auto news = mine.news("recipe");
    ASSERT_EQ(news.size(), 3u);
    EXPECT_EQ(news.at("a"), "3");
    EXPECT_EQ(news.at("b"), std::nullopt);
    EXPECT_EQ(news.at("c"), "4");
    EXPECT_TRUE(mine.news("recipe").empty()) << "once";
    mine.write("recipe", {{"a", "3"}, {"c", "5"}});
    EXPECT_EQ(other.peek("recipe"), (Typed{{"a", "3"}, {"c", "5"}}));
    base::write_whole(temp.path() / "recipe.json", "{");
    EXPECT_TRUE(mine.news("recipe").empty()) << "what is damaged takes nothing away";
}

}  // namespace lorikeet::studio
