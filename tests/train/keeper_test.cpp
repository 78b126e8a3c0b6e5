#include "train/keeper.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/image.hpp"
#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

class KeeperListener : public base::EventSink {
  public:
    void take(const base::Event& event) override { events.push_back(event); }
    std::vector<base::Event> events;
};

// A run of 3 steps an epoch, at the place where it keeps something.
struct Desk {
    support::SmallJob small;
    settings::Job job = small.job();
    RunDir run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    KeeperListener listener;
    Horizon horizon{.batches_per_epoch = 3, .steps_per_epoch = 3, .total_steps = 9, .accumulate = 1};

    std::vector<data::Picture> pictures(const std::string& caption = "a bird") const {
        data::Picture picture;
        picture.file = small.folder() / "pictures" / "picture0.png";
        picture.caption = caption;
        return {picture};
    }
    Recipe recipe() const {
        auto recipe = load_recipe(job);
        fit_adapter(recipe, job);
        return recipe;
    }
    // What a resume says; empty when it goes on.
    std::string refusal(const settings::Job& now, const std::string& caption) {
        Keeper keeper(now, run, listener);
        keeper.remember(pictures(caption));
        try {
            keeper.load_state(10);
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

TEST(Keeper, FilesAreNamedByEpochAtItsEndAndByStepWithin) {
    Desk desk;
    auto recipe = desk.recipe();
    Keeper keeper(desk.job, desk.run, desk.listener);
    keeper.remember(desk.pictures());
    for (const std::int64_t step : {2, 3, 6}) keeper.save_lora(recipe, step, desk.horizon);
    const auto last = keeper.save_final(recipe, 9, desk.horizon);
    EXPECT_EQ(desk.files(), (std::vector<std::string>{"bird-000001.safetensors", "bird-000002.safetensors",
                                                      "bird-step00000002.safetensors", "bird.safetensors"}));
    EXPECT_EQ(io::SafetensorsFile(last).metadata().at("ss_steps"), "9");
    ASSERT_EQ(desk.listener.events.size(), 4U);
    EXPECT_EQ(desk.listener.events.back().kind, "checkpoint");
    EXPECT_EQ(desk.listener.events.back().text("file"), last.string());
}

TEST(Keeper, OldFilesGoAsKeepLastSaysAndTheFinalOneIsNotCounted) {
    Desk desk;
    desk.job.output.keep_last = 2;
    auto recipe = desk.recipe();
    Keeper keeper(desk.job, desk.run, desk.listener);
    keeper.remember(desk.pictures());
    for (const std::int64_t step : {1, 2, 3}) keeper.save_lora(recipe, step, desk.horizon);
    keeper.save_final(recipe, 9, desk.horizon);
    EXPECT_EQ(desk.files(), (std::vector<std::string>{"bird-000001.safetensors",
                                                      "bird-step00000002.safetensors", "bird.safetensors"}));
}

TEST(Keeper, AStateComesBackAndNoneIsNothing) {
    Desk desk;
    Keeper keeper(desk.job, desk.run, desk.listener);
    keeper.remember(desk.pictures());
    EXPECT_FALSE(keeper.load_state(10));
    State state;
    state.step = 7;
    state.adapter["x"] = at::arange(4, at::kFloat);
    keeper.save_state(state);
    const auto back = keeper.load_state(10);
    ASSERT_TRUE(back);
    EXPECT_EQ(back->step, 7);
    EXPECT_TRUE(at::equal(back->adapter.at("x"), state.adapter.at("x")));
    EXPECT_EQ(desk.listener.events.back().kind, "state");
}

TEST(Keeper, AResumeIsRefusedWhenWhatItWouldGiveHasChanged) {
    Desk desk;
    {
        Keeper keeper(desk.job, desk.run, desk.listener);
        keeper.remember(desk.pictures());
        keeper.save_state({});
    }
    EXPECT_EQ(desk.refusal(desk.job, "a bird"), "");
    EXPECT_NE(desk.refusal(desk.job, "another bird")
                  .find("the caption of picture0.png was \"a bird\" and is \"another bird\""),
              std::string::npos);
    auto now = desk.job;
    now.train.threads = 2;  // how fast, not what
    EXPECT_EQ(desk.refusal(now, "a bird"), "");
    now.optim.lr = 3e-4;
    EXPECT_NE(desk.refusal(now, "a bird").find("optim.lr was 0.0005 and is 0.0003"), std::string::npos)
        << desk.refusal(now, "a bird");
}

TEST(Keeper, SamplesAreNamedByStepAndPromptAndTellHowTheyWereMade) {
    Desk desk;
    desk.job.sample.prompts = {{"A blue bird, in rain!", "", 5}, {"...", "", 1}};
    desk.job.sample.steps = 1;
    desk.job.sample.size = {32};
    auto recipe = desk.recipe();
    const Keeper keeper(desk.job, desk.run, desk.listener);
    keeper.paint_samples(recipe, 40, base::Cancel());
    const auto file = desk.run.samples() / "000040_0_a-blue-bird-in-rain.png";
    EXPECT_NE(io::read_png_text(file).at("parameters").find("Seed: 5, Size: 32x32"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(desk.run.samples() / "000040_1_picture.png"));
}

TEST(Keeper, APictureThatCannotBeMadeIsAWarningAndNotTheEnd) {
    Desk desk;
    desk.job.sample.prompts = {{"a bird", "", 1}};
    desk.job.sample.size = {33};
    auto recipe = desk.recipe();
    Keeper(desk.job, desk.run, desk.listener).paint_samples(recipe, 1, base::Cancel());
    ASSERT_EQ(desk.listener.events.size(), 1U);
    EXPECT_EQ(desk.listener.events[0].kind, "warning");
    EXPECT_NE(desk.listener.events[0].text("text").find("33 x 33"), std::string::npos);
}

}  // namespace lorikeet::train
