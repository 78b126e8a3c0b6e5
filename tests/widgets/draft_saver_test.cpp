#include "widgets/draft_saver.hpp"

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(DraftSaver, TheNewestIsOnTheDiskWhenItGoes) {
    const support::TempFolder folder;
    support::HandLoop loop;
    {
        studio::Drafts drafts(folder.path());
        DraftSaver saver(loop, drafts, [](const std::string&) {});
        for (int i = 0; i < 200; ++i) saver.keep("recipe", {{"optim.lr", std::to_string(i)}});
        saver.keep("test", {{"page.lora", "a"}});
    }
    studio::Drafts again(folder.path());
    EXPECT_EQ(again.read("recipe").typed.at("optim.lr"), "199");
    EXPECT_EQ(again.read("test").typed.at("page.lora"), "a");
}

TEST(DraftSaver, TellsWhenItCannotWriteAndWhenItCanAgain) {
    const support::TempFolder folder;
    const auto place = folder.path() / "drafts";
    base::write_whole(place, "a file where the folder should be");
    support::HandLoop loop;
    studio::Drafts drafts(place);
    std::vector<std::string> said;
    DraftSaver saver(loop, drafts, [&](const std::string& text) { said.push_back(text); });
    saver.keep("recipe", {{"optim.lr", "1"}});
    ASSERT_TRUE(loop.run_until([&] { return said.size() == 1; }));
    EXPECT_NE(said[0].find("could not be kept"), std::string::npos);
    std::filesystem::remove(place);
    saver.keep("recipe", {{"optim.lr", "2"}});
    ASSERT_TRUE(loop.run_until([&] { return said.size() == 2; }));
    EXPECT_EQ(said[1], "");
}

}  // namespace lorikeet::widgets
