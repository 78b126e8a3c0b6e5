#include "widgets/test_page.hpp"

#include <gtest/gtest.h>

#include "support/tiny.hpp"
#include "widgets/house.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;

namespace {

struct WithTest : TestHouse {
    WithTest() { ask(); }
    void ask() {
        page = std::make_unique<TestPage>(*house);
        type("model.checkpoint", support::tiny_checkpoint().string());
        type("sample.prompts.0.text", "a bird");
        type("sample.steps", "2");
        type("sample.size", "64");
    }
    void type(std::string_view path, const std::string& text) const {
        type_into(page->form().find(path)->input(), text);
    }
    template <class Done>
    bool wait(Done done) {
        const auto end = std::chrono::steady_clock::now() + 90s;
        while (!done()) {
            if (std::chrono::steady_clock::now() > end) return false;
            loop.advance(250ms);
            std::this_thread::sleep_for(20ms);
        }
        return true;
    }
    std::unique_ptr<TestPage> page;
};

}  // namespace

TEST(TestPage, StrengthsAreNumbersWithCommas) {
    EXPECT_EQ(strengths_from("0, 0.5,1"), (std::vector<double>{0, 0.5, 1}));
    EXPECT_EQ(strengths_from("-1"), std::vector<double>{-1});
    for (const auto* wrong : {"", "a", "1,,2", "1;2", "nan", "11", "0,0,0,0,0,0,0,0,0,0,0,0,0"})
        EXPECT_FALSE(strengths_from(wrong).has_value()) << wrong;
}

TEST(TestPage, PaintsAPictureWithItsSettingsInside) {
    WithTest room;
    EXPECT_EQ(room.page->mood(), Mood::Ready);
    click(room.page->main());
    EXPECT_EQ(room.page->mood(), Mood::Busy);
    EXPECT_FALSE(room.page->main().enabled());
    ASSERT_TRUE(room.wait([&] { return room.page->mood() != Mood::Busy; }));
    ASSERT_EQ(room.page->mood(), Mood::Done) << room.page->status();
    ASSERT_EQ(room.page->painted().size(), 1U);
    EXPECT_NE(base::read_text(room.page->painted()[0].file).find("a bird"), std::string::npos);
    EXPECT_TRUE(room.page->main().enabled());
}

TEST(TestPage, AnEmptyListIsASentenceAndNoEmptyBox) {
    WithTest room;
    room.page->shown();
    ASSERT_TRUE(
        room.wait([&] { return all_text(room.stage).find("No LoRA lies here yet.") != std::string::npos; }));
    EXPECT_FALSE(room.page->lora().shown());
}

TEST(TestPage, SaysWhatIsWrongBeforeItBegins) {
    WithTest room;
    room.type("sample.prompts.0.text", "");
    EXPECT_EQ(room.page->mood(), Mood::Look);
    click(room.page->main());
    EXPECT_EQ(room.page->mood(), Mood::Look);
    room.type("sample.prompts.0.text", "a bird");
    type_into(room.page->strengths(), "strong");
    EXPECT_EQ(room.page->mood(), Mood::Look);
}

TEST(TestPage, AFailureTellsCauseAndRemedy) {
    WithTest room;
    room.type("model.checkpoint", "nowhere.safetensors");
    click(room.page->main());
    ASSERT_TRUE(room.wait([&] { return room.page->mood() != Mood::Busy; }));
    EXPECT_EQ(room.page->mood(), Mood::Wrong);
    EXPECT_NE(room.page->status().find("nowhere"), std::string::npos);
    EXPECT_TRUE(room.page->main().enabled());
}

TEST(TestPage, AFailureNamesTheFileOfTheLoraAsItWasTyped) {
    WithTest room;
    type_into(*find_control<Text>(room.stage, "LoRA"), " nowhere/a-lora-that-is-not-there.safetensors ");
    click(room.page->main());
    ASSERT_TRUE(room.wait([&] { return room.page->mood() != Mood::Busy; }));
    EXPECT_EQ(room.page->mood(), Mood::Wrong);
    EXPECT_NE(room.page->status().find("nowhere/a-lora-that-is-not-there.safetensors"), std::string::npos)
        << room.page->status();
}

TEST(TestPage, EverythingTypedIsThereAfterARestart) {
    WithTest room;
    room.type("sample.prompts.0.negative", "blurry");
    type_into(room.page->strengths(), "0, 1");
    room.page.reset();
    room.restart();
    room.page = std::make_unique<TestPage>(*room.house);
    EXPECT_EQ(room.page->form().typed().text("sample.prompts.0.negative"), "blurry");
    EXPECT_EQ(room.page->strengths().value(), "0, 1");
}

TEST(TestPage, CancelKeepsWhatIsDone) {
    WithTest room;
    room.type("sample.steps", "999");
    room.type("sample.size", "256");  // long enough for a person to change their mind
    click(room.page->main());
    ASSERT_TRUE(room.wait(
        [&] { return room.page->mood() != Mood::Busy || room.page->status().find("Painting") == 0; }));
    ASSERT_EQ(room.page->mood(), Mood::Busy) << room.page->status();
    click(room.page->cancel_button());
    EXPECT_EQ(room.page->status(), "Cancelling after this step.");
    ASSERT_TRUE(room.wait([&] { return room.page->mood() != Mood::Busy; }));
    EXPECT_EQ(room.page->mood(), Mood::Look) << room.page->status();
}

}  // namespace lorikeet::widgets
