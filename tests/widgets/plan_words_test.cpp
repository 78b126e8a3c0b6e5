#include "widgets/plan_words.hpp"

#include <cstdlib>
#include <ctime>

#include <gtest/gtest.h>

namespace lorikeet::widgets {
namespace {

// A plan of a run that nobody has measured yet.
studio::Plan small_plan() {
    studio::Plan plan;
    plan.length = {
        .images = 12, .images_per_epoch = 24, .training = {.steps_per_epoch = 6, .total_steps = 10}};
    plan.file = "bird.safetensors";
    plan.files = {"bird.safetensors"};
    plan.disk.lora_bytes = 2'000'000;
    plan.disk_free = 5'000'000'000;
    return plan;
}

std::string facts_named(const std::vector<Fact>& facts, std::string_view name) {
    std::string text;
    std::string last;
    for (const auto& fact : facts) {
        if (!fact.name.empty()) last = fact.name;
        if (last == name) text += fact.text + "\n";
    }
    return text;
}

}  // namespace

TEST(PlanWords, NameTheFieldsThatATextSpeaksOf) {
    EXPECT_EQ(fields_named("Lower optim.lr, or look."), std::vector<std::string>{"Optimizer: Learning rate"});
    EXPECT_TRUE(fields_named("Nothing.").empty());
    EXPECT_EQ(fields_named("optim.lr and adapter.rank").size(), 2U);
}

TEST(PlanWords, TheTimeIsThatOfThisMachinesClock) {
    const char* before = std::getenv("TZ");
    const std::string kept = before ? before : "";
    ::setenv("TZ", "UTC-5:30", 1);  // half an hour beyond, as in India
    ::tzset();
    EXPECT_EQ(say_time(1'795'543'329.9), "2026-11-24 23:32");
    before ? ::setenv("TZ", kept.c_str(), 1) : ::unsetenv("TZ");
    ::tzset();
}

TEST(PlanWords, TheSentenceHasWhatIsKnown) {
    auto plan = small_plan();
    EXPECT_EQ(sentence_of(plan), "12 images, 10 steps, time unknown yet.");
    plan.pace =
        studio::PaceEstimate{.seconds_per_step = 20, .measured = true, .source = "measured in run kea"};
    plan.seconds = 200;
    plan.memory.emplace().most_bytes = 6'100'000'000;
    EXPECT_EQ(sentence_of(plan), "12 images, 10 steps, about 3 min 20 s, 6.10 GB.");
    plan.memory->room_bytes = 8'000'000'000;
    plan.left_out = {{"a.png", "does not decode.", ""}};
    plan.length.images = plan.length.training.total_steps = 1;
    EXPECT_EQ(sentence_of(plan),
              "1 image, 1 step, about 3 min 20 s, 6.10 GB of 8.00 GB memory; 1 image left out.");
}

TEST(PlanWords, FactsSayWhatWouldBeLookedAtDoneAndWritten) {
    settings::Job job;
    job.output.name = "bird";
    job.model.checkpoint = "~/models/sd15.safetensors";
    auto plan = small_plan();
    auto facts = facts_of(job, plan);
    EXPECT_EQ(facts_named(facts, "Model"), "~/models/sd15.safetensors\n") << "as the person wrote it";
    EXPECT_EQ(facts_named(facts, "Images"), "12 images, shown 24 times an epoch; each has a caption.\n");
    EXPECT_EQ(facts_named(facts, "Length"), "10 steps: 1 epoch of 6 steps, then 4 steps.\n");
    EXPECT_EQ(facts_named(facts, "Time"),
              "Unknown until a run like this has been measured on this machine.\n");
    EXPECT_EQ(facts_named(facts, "Writes"), "bird.safetensors, 2.0 MB.\n");
    EXPECT_EQ(facts_named(facts, "Memory"), "") << "nothing is known of it";
    plan.captions_missing = 2;
    plan.length.images_per_epoch = 12;
    plan.files = {"bird-000005.safetensors", "bird.safetensors"};
    plan.samples = 1;
    auto& memory = plan.memory.emplace();
    memory.parts = {{"weights", 4'000'000}, {"activations", 1'000'000}};
    memory.most_bytes = 5'000'000;
    memory.way = "recompute off";
    facts = facts_of(job, plan);
    EXPECT_EQ(facts_named(facts, "Images"), "12 images; 2 without a caption.\n");
    EXPECT_EQ(facts_named(facts, "Writes"), "bird.safetensors, 2.0 MB; 2 such files in all; 1 sample.\n");
    EXPECT_EQ(facts_named(facts, "Memory"),
              "5.0 MB needed at most; recompute off.\nA step: weights 4.0 MB, activations 1.0 MB.\n");
}

TEST(PlanWords, OfALongListThreeAreNamedAndTheOthersCounted) {
    auto plan = small_plan();
    for (int i = 0; i < 5; ++i) plan.left_out.push_back({std::to_string(i) + ".png", "does not decode.", ""});
    plan.captions = {{"a.png", "a bird", "and a hat"}, {"b.png", "", ""}};
    const auto facts = facts_of(settings::Job{}, plan);
    const auto skipped = facts_named(facts, "Skipped");
    EXPECT_NE(skipped.find("2.png"), std::string::npos) << skipped;
    EXPECT_EQ(skipped.find("3.png"), std::string::npos) << skipped;
    EXPECT_TRUE(skipped.ends_with("and 2 more\n")) << skipped;
    EXPECT_EQ(facts_named(facts, "Captions"), "a.png: a bird [not read: and a hat]\nb.png: (empty)\n");
}

TEST(PlanWords, NotesAndChoicesAreShownAndNotObeyed) {
    auto plan = small_plan();
    plan.choice = "Rank 8 for <12> images.";
    plan.notes = {"Set optim.lr = 1e-4, not <script>."};
    const auto html = html_of_plan(plan);
    EXPECT_NE(html.find("time unknown yet"), std::string::npos);
    EXPECT_NE(html.find("Rank 8 for &lt;12&gt; images."), std::string::npos) << html;
    EXPECT_NE(html.find("Learning rate"), std::string::npos) << html;
    EXPECT_EQ(html.find("<script>"), std::string::npos) << html;
}

TEST(PlanWords, WhatLiesThereIsToldBeforeItIsReplaced) {
    studio::ExistingOutput there;
    there.is_run = true;
    there.bytes = 3'000;
    for (int i = 0; i < 4; ++i) there.files.push_back({"checkpoints/" + std::to_string(i) + ".st", 1'000, 0});
    auto facts = facts_of(base::Path("runs/bird"), there);
    EXPECT_TRUE(facts_named(facts, "There already").starts_with("runs/bird, 3 kB, last changed 19"));
    EXPECT_TRUE(facts_named(facts, "In it").starts_with("checkpoints/0.st, 1 kB, "))
        << facts_named(facts, "In it");
    EXPECT_TRUE(facts_named(facts, "In it").ends_with("and 1 more\n"));
    EXPECT_EQ(facts_named(facts, "Note"), "");
    there.pid = 7;
    there.is_run = false;
    facts = facts_of(base::Path("runs/bird"), there);
    EXPECT_EQ(facts_named(facts, "Note"),
              "A training is running there now.\nIt is not a Lorikeet run, so it is never replaced.\n");
}

}  // namespace lorikeet::widgets
