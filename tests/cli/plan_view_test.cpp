#include "cli/plan_view.hpp"

#include <gtest/gtest.h>

namespace lorikeet::cli {
namespace {

studio::Plan small_plan() {
    studio::Plan plan;
    plan.run_folder = "runs/bird";
    plan.checkpoint = "tiny.safetensors";
    plan.length = {
        .images = 12, .images_per_epoch = 120, .training = {.steps_per_epoch = 30, .total_steps = 300}};
    plan.captions = {{"a.png", "lorikeet, on a perch"}, {"b.png", ""}};
    plan.captions_missing = 1;
    plan.warmup_steps = 15;
    plan.adapters = 264;
    plan.file = "runs/bird/checkpoints/bird.safetensors";
    plan.disk.lora_bytes = 3'200'000;
    plan.disk.lora_files = 1;
    plan.disk_free = 22'400'000'000;
    return plan;
}

settings::Job small_job() {
    settings::Job job;
    job.output.name = "bird";
    job.adapter.rank = 16;
    job.adapter.alpha = 8;
    job.optim.lr = 5e-4;
    job.optim.text_lr = 1e-4;
    return job;
}

}  // namespace

TEST(PlanView, SaysWhatWillBeDoneInTenCalmLines) {
    EXPECT_EQ(plan_text(small_job(), small_plan(), {false, false, false, 80}),
              "bird\n"
              "  base       tiny.safetensors\n"
              "  images     12, shown 120 times an epoch\n"
              "  captions   1 of 12 images has none\n"
              "             a.png: lorikeet, on a perch\n"
              "             b.png: (empty)\n"
              "  length     300 steps: 10 epochs of 30 steps; the first 15 warm up\n"
              "  trains     264 layers of rank 16, alpha 8, at 0.0005 (text 0.0001)\n"
              "  writes     runs/bird/checkpoints/bird.safetensors (3.2 MB)\n"
              "  disk       3.2 MB needed at most, 22.40 GB free\n");
}

TEST(PlanView, TellsTheRanksOfAFileAndTheRatesOfWhatIsTrained) {
    auto plan = small_plan();
    auto job = small_job();
    plan.ranks = ": 48 of rank 4, alpha 2; 216 of rank 16, alpha 8";
    EXPECT_NE(
        plan_text(job, plan, {false, false, false, 120})
            .find("264 layers: 48 of rank 4, alpha 2; 216 of rank 16, alpha 8, at 0.0005 (text 0.0001)"),
        std::string::npos);
    job.adapter.train_unet = false;
    EXPECT_NE(plan_text(job, plan, {false, false, false, 120}).find("alpha 8, at 0.0001\n"),
              std::string::npos);
}

TEST(PlanView, ShowsWhatATerminalWouldObey) {
    auto plan = small_plan();
    plan.captions = {{"a\x1b[2J.png", "a bird\x07\n\u202e"}};
    const auto text = plan_text(small_job(), plan, {false, false, false, 80});
    EXPECT_NE(text.find("a\\x1b[2J.png: a bird\\x07\\n\\u202e\n"), std::string::npos) << text;
}

TEST(PlanView, NamesSomeOfTheImagesLeftOutAndCountsTheRest) {
    auto plan = small_plan();
    for (int i = 0; i < 7; ++i) plan.left_out.push_back({"bad.png", "is cut off.", ""});
    const auto text = plan_text(small_job(), plan, {false, false, false, 80});
    EXPECT_NE(text.find("  left out   bad.png: is cut off.\n"), std::string::npos) << text;
    EXPECT_NE(text.find("             and 2 more\n"), std::string::npos) << text;
}

TEST(PlanView, ALongSentenceGoesOnBelow) {
    auto plan = small_plan();
    plan.notes = {"5 images are smaller than they are trained at, so they are made larger first"};
    EXPECT_NE(plan_text(small_job(), plan, {false, false, false, 60})
                  .find("  note       5 images are smaller than they are trained at,\n"
                        "             so they are made larger first\n"),
              std::string::npos);
}

TEST(PlanView, SaysHowOftenFilesAreWrittenOnTheWay) {
    auto job = small_job();
    job.output.every_epochs = 1;
    job.output.every_steps = 50;
    const auto text = plan_text(job, small_plan(), {});
    EXPECT_NE(text.find("             one more every epoch\n             one more every 50 steps\n"),
              std::string::npos)
        << text;
}

TEST(PlanView, AStepThatTakesALittleLessOfAnEpochIsSaid) {
    auto job = small_job();
    job.train.accumulate = 4;
    EXPECT_NE(plan_text(job, small_plan(), {}).find("10 epochs of 30 steps, 4 batches each"),
              std::string::npos);
}

TEST(PlanView, TellsATimeOnlyWhereOneWasMeasured) {
    auto plan = small_plan();
    EXPECT_EQ(plan_text(small_job(), plan, {}).find("  time "), std::string::npos);
    plan.pace = studio::PaceEstimate{0.5, true, "measured in run finch on 2026-11-24"};
    plan.seconds = 150;
    EXPECT_NE(
        plan_text(small_job(), plan, {false, false, false, 100})
            .find("  time       about 2 min 30 s (0.5 s a step, measured in run finch on 2026-11-24)\n"),
        std::string::npos);
}

}  // namespace lorikeet::cli
