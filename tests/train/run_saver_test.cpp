#include "train/run_saver.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/image.hpp"
#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

class SaverListener : public base::EventSink {
  public:
    void take(const base::Event& event) override { events.push_back(event); }
    std::vector<base::Event> events;
};

// A run of 3 steps an epoch, at the place where it keeps something.
struct Desk {
    support::SmallJob small;
    settings::Job job = small.job();
    RunDir run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    SaverListener listener;
    TrainingLength length{.batches_per_epoch = 3, .steps_per_epoch = 3, .total_steps = 9, .accumulate = 1};

    std::vector<data::DatasetImage> images(const std::string& caption = "a bird") const {
        data::DatasetImage image;
        image.width_px = image.height_px = 64;
        image.file = small.folder() / "pictures" / "image0.png";
        image.caption = caption;
        return {image};
    }
    Recipe recipe() const {
        auto recipe = load_recipe(job);
        fit_trainee(recipe, job);
        return recipe;
    }
    // What a resume says; empty when it goes on.
    std::string refusal(const settings::Job& now, const std::string& caption) {
        RunSaver saver(now, run, listener);
        saver.remember(images(caption));
        try {
            saver.load_state(10);
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
            return error.what();
        }
        return {};
    }
    std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(run.checkpoints()))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
};

}  // namespace

TEST(RunSaver, FilesAreNamedByEpochAtItsEndAndByStepWithin) {
    Desk desk;
    auto recipe = desk.recipe();
    RunSaver saver(desk.job, desk.run, desk.listener);
    saver.remember(desk.images());
    for (const std::int64_t step : {2, 3, 6}) saver.save_file(recipe, step, desk.length);
    const auto last = saver.save_final(recipe, 9, desk.length);
    EXPECT_EQ(desk.files(), (std::vector<std::string>{"bird-000001.safetensors", "bird-000002.safetensors",
                                                      "bird-step00000002.safetensors", "bird.safetensors"}));
    EXPECT_EQ(io::SafetensorsFile(last).metadata().at("ss_steps"), "9");
    ASSERT_EQ(desk.listener.events.size(), 4U);
    EXPECT_EQ(desk.listener.events.back().kind, "checkpoint");
    EXPECT_EQ(desk.listener.events.back().text("file"), last.string());
}

TEST(RunSaver, OldFilesGoAsKeepLastSaysAndTheFinalOneIsNotCounted) {
    Desk desk;
    desk.job.output.keep_last = 2;
    auto recipe = desk.recipe();
    RunSaver saver(desk.job, desk.run, desk.listener);
    saver.remember(desk.images());
    for (const std::int64_t step : {1, 2, 3}) saver.save_file(recipe, step, desk.length);
    saver.save_final(recipe, 9, desk.length);
    EXPECT_EQ(desk.files(), (std::vector<std::string>{"bird-000001.safetensors",
                                                      "bird-step00000002.safetensors", "bird.safetensors"}));
}

TEST(RunSaver, AStateComesBackAndNoneIsNothing) {
    Desk desk;
    RunSaver saver(desk.job, desk.run, desk.listener);
    saver.remember(desk.images());
    EXPECT_FALSE(saver.load_state(10));
    State state;
    state.step = 7;
    state.trainee["x"] = at::arange(4, at::kFloat);
    saver.save_state(state);
    const auto back = saver.load_state(10);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->step, 7);
    EXPECT_TRUE(at::equal(back->trainee.at("x"), state.trainee.at("x")));
    EXPECT_EQ(desk.listener.events.back().kind, "state");
}

TEST(RunSaver, AResumeIsRefusedWhenWhatItWouldGiveHasChanged) {
    Desk desk;
    {
        RunSaver saver(desk.job, desk.run, desk.listener);
        saver.remember(desk.images());
        saver.save_state({});
    }
    EXPECT_EQ(desk.refusal(desk.job, "a bird"), "");
    EXPECT_NE(desk.refusal(desk.job, "another bird")
                  .find("the caption of image0.png was \"a bird\" and is \"another bird\""),
              std::string::npos);
    auto now = desk.job;
    now.train.threads = 2;  // how fast, not what
    EXPECT_EQ(desk.refusal(now, "a bird"), "");
    now.optim.lr = 3e-4;
    EXPECT_NE(desk.refusal(now, "a bird").find("optim.lr was 0.0005 and is 0.0003"), std::string::npos)
        << desk.refusal(now, "a bird");
}

TEST(RunSaver, SamplesAreNamedByStepAndPromptAndTellHowTheyWereMade) {
    Desk desk;
    desk.job.sample.prompts = {{"A blue bird, in rain!", "", 5}, {"...", "", 1}};
    desk.job.sample.steps = 1;
    desk.job.sample.size = {32};
    auto recipe = desk.recipe();
    const RunSaver saver(desk.job, desk.run, desk.listener);
    saver.make_samples(recipe, 40, base::Cancel());
    const auto file = desk.run.samples() / "000040_0_a-blue-bird-in-rain.png";
    EXPECT_NE(io::read_png_text(file).at("parameters").find("Seed: 5, Size: 32x32"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(desk.run.samples() / "000040_1_image.png"));
}

TEST(RunSaver, AnImageThatCannotBeMadeIsAWarningAndNotTheEnd) {
    Desk desk;
    desk.job.sample.prompts = {{"a bird", "", 1}};
    desk.job.sample.size = {33};
    auto recipe = desk.recipe();
    RunSaver(desk.job, desk.run, desk.listener).make_samples(recipe, 1, base::Cancel());
    ASSERT_EQ(desk.listener.events.size(), 1U);
    EXPECT_EQ(desk.listener.events[0].kind, "warning");
    EXPECT_NE(desk.listener.events[0].text("text").find("33 x 33"), std::string::npos);
}

}  // namespace lorikeet::train
