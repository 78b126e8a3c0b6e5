#include "widgets/test_page.hpp"

#include <gtest/gtest.h>

#include "support/tiny.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;

namespace {

struct WithTest : TestPageContext {
    WithTest() { ask(); }
    void ask() {
        page = std::make_unique<TestPage>(*context);
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

TEST(TestPage, GeneratesAnImageWithItsSettingsInside) {
    WithTest room;
    EXPECT_EQ(room.page->mood(), Mood::Ready);
    click(room.page->main());
    EXPECT_EQ(room.page->mood(), Mood::Busy);
    EXPECT_FALSE(room.page->main().enabled());
    ASSERT_TRUE(room.wait([&] { return room.page->mood() != Mood::Busy; }));
    ASSERT_EQ(room.page->mood(), Mood::Done) << room.page->status();
    ASSERT_EQ(room.page->generated().size(), 1U);
    EXPECT_NE(base::read_text(room.page->generated()[0].file).find("a bird"), std::string::npos);
    EXPECT_NE(all_text(room.registry).find("Without a LoRA, seed 1"), std::string::npos);
    EXPECT_TRUE(room.page->main().enabled());
}

TEST(TestPage, AnEmptyListIsASentenceAndNoEmptyBox) {
    WithTest room;
    room.page->shown();
    ASSERT_TRUE(
        room.wait([&] { return all_text(room.registry).find("No LoRA here yet.") != std::string::npos; }));
    EXPECT_FALSE(room.page->lora().list().shown());
}

TEST(TestPage, ThePromptBeginsAsTheTrigger) {
    WithTest room;
    room.page.reset();
    room.context->saver.settle();
    room.context->drafts.write("test", {});
    room.context->type_recipe("data.subsets.0.trigger", "sks bird");
    room.page = std::make_unique<TestPage>(*room.context);
    EXPECT_EQ(room.page->form().typed().text("sample.prompts.0.text"), "sks bird");
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
    type_into(*find_control<Text>(room.registry, "LoRA"), " nowhere/a-lora-that-is-not-there.safetensors ");
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
    room.page = std::make_unique<TestPage>(*room.context);
    EXPECT_EQ(room.page->form().typed().text("sample.prompts.0.negative"), "blurry");
    EXPECT_EQ(room.page->strengths().value(), "0, 1");
}

TEST(TestPage, ANewLoraIsChosenByItselfAndOneChosenByHandStays) {
    WithTest room;
    const auto lora = [&](const std::string& name) {
        const auto file = room.folder.path() / "lora" / (name + ".safetensors");
        std::filesystem::create_directories(file.parent_path());
        const std::string header =
            R"({"lora_unet_x.lora_down.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
        base::write_whole(file, std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') +
                                    header + std::string(4, '\0'));
        return file.string();
    };
    const auto& field = *find_control<Text>(room.registry, "LoRA");
    const auto first = lora("first");
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return field.value() == first; })) << field.value();
    type_into(*find_control<Text>(room.registry, "LoRA"), "");
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->lora().list().shown(); }));
    EXPECT_EQ(field.value(), "") << "the person wants none";
    std::this_thread::sleep_for(20ms);
    const auto second = lora("second");
    room.context->tell_runs();  // a training has ended
    auto& offer = room.page->lora().newest_button();
    ASSERT_TRUE(room.wait([&] { return offer.shown(); }));
    EXPECT_EQ(field.value(), "") << "what was chosen by hand stays";
    EXPECT_EQ(offer.label(), "Use the new LoRA: second");
    click(offer);
    EXPECT_EQ(field.value(), second);
    EXPECT_FALSE(offer.shown());
    // Another kernel keeps what was chosen.
    type_into(*find_control<Text>(room.registry, "LoRA"), first);
    room.page.reset();
    room.restart();
    room.page = std::make_unique<TestPage>(*room.context);
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->lora().list().shown(); }));
    EXPECT_EQ(find_control<Text>(room.registry, "LoRA")->value(), first);
}

TEST(TestPage, WhatIsGeneratedDoesNotGoAmongTheTrainingImages) {
    WithTest room;
    room.context->type_recipe("data.subsets.0.folder", "birds");
    type_into(*find_control<Text>(room.registry, "Save images in"), "./birds");
    EXPECT_EQ(room.page->mood(), Mood::Look);
    EXPECT_NE(room.page->status().find("training images"), std::string::npos) << room.page->status();
    type_into(*find_control<Text>(room.registry, "Save images in"), "samples");
    EXPECT_EQ(room.page->mood(), Mood::Ready) << room.page->status();
}

TEST(TestPage, StrengthsWithoutALoraAreRefused) {
    WithTest room;
    type_into(room.page->strengths(), "0, 1");
    EXPECT_EQ(room.page->mood(), Mood::Look);
    EXPECT_NE(room.page->status().find("Strengths need a LoRA"), std::string::npos) << room.page->status();
    click(room.page->main());
    EXPECT_TRUE(room.page->generated().empty());
    type_into(room.page->strengths(), "1");
    EXPECT_EQ(room.page->mood(), Mood::Ready) << "without a LoRA and as it is";
}

TEST(TestPage, CancelKeepsWhatIsDone) {
    WithTest room;
    room.type("sample.steps", "999");
    room.type("sample.size", "256");  // long enough for a person to change their mind
    click(room.page->main());
    ASSERT_TRUE(room.wait(
        [&] { return room.page->mood() != Mood::Busy || room.page->status().find("Generating") == 0; }));
    ASSERT_EQ(room.page->mood(), Mood::Busy) << room.page->status();
    click(room.page->cancel_button());
    EXPECT_EQ(room.page->status(), "Cancelling after this step.");
    ASSERT_TRUE(room.wait([&] { return room.page->mood() != Mood::Busy; }));
    EXPECT_EQ(room.page->mood(), Mood::Look) << room.page->status();
    EXPECT_EQ(room.page->status(), "Cancelled. Nothing new was saved.");
}

TEST(TestPage, WhatWasGeneratedStaysUntilThereIsMore) {
    WithTest room;
    click(room.page->main());
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Done; })) << room.page->status();
    EXPECT_EQ(room.page->images().count(), 1U);
    room.type("sample.steps", "999");
    room.type("sample.size", "256");
    click(room.page->main());
    click(room.page->cancel_button());
    ASSERT_TRUE(room.wait([&] { return room.page->mood() != Mood::Busy; }));
    EXPECT_EQ(room.page->images().count(), 1U) << "that was cancelled, the others were not";
    // A notebook that is opened again shows them.
    room.page.reset();
    room.restart();
    room.page = std::make_unique<TestPage>(*room.context);
    ASSERT_TRUE(room.wait([&] { return room.page->images().count() == 1; }));
    EXPECT_NE(all_text(room.registry).find("Without a LoRA, seed 1"), std::string::npos);
}

TEST(TestPage, APromptThatIsCutIsTold) {
    WithTest room;
    std::string prompt = "a bird";
    while (prompt.size() < 10000) prompt += " on a branch";
    room.type("sample.prompts.0.text", prompt);
    click(room.page->main());
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Done; })) << room.page->status();
    EXPECT_NE(all_text(room.registry).find("longer than the 75 tokens that are read"), std::string::npos);
}

TEST(TestPage, AnEmptyPromptIsSaid) {
    WithTest room;
    room.type("sample.prompts.0.text", "a bird");
    EXPECT_EQ(all_text(room.registry).find("The prompt is empty"), std::string::npos);
    room.type("sample.prompts.0.text", "   ");
    EXPECT_NE(all_text(room.registry).find("The prompt is empty"), std::string::npos);
}

}  // namespace lorikeet::widgets
