#include "train/loop.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "settings/toml.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "tensor/weights.hpp"
#include "train/choose.hpp"
#include "train/precision_choice.hpp"
#include "train/run_log.hpp"
#include "train/state.hpp"
#include "train/stopped_run.hpp"

namespace lorikeet::train {

using support::SmallJob;

TEST(Loop, StoppedAnywhereAndResumedEqualsNeverStopped) {
    const SmallJob small;
    for (const auto precision :
         {settings::Precision::Float32, settings::Precision::Bfloat16, settings::Precision::Float16}) {
        auto job = small.job();
        job.train.precision = precision;
        job.train.accumulate = 2;
        job.adapter.dropout = 0.2;
        job.data.subsets[0].flip = true;
        job.data.subsets[0].caption_dropout = 0.3;
        job.train.steps = 5;
        job.output.folder += fmt::format("/{}", say(precision).word);
        const auto whole = bytes_of_run(job, "whole", 0);
        for (const std::int64_t stop : {1, 2, 4})
            EXPECT_EQ(bytes_of_run(job, fmt::format("stop{}", stop), stop), whole) << stop;
    }
}

// A job of before there were buckets says nothing of them, and its images stay at one size.
TEST(Loop, ARunOfBeforeThereWereBucketsGoesOnWithoutThem) {
    const SmallJob small;
    auto job = small.job();
    job.data.bucket_step.reset();
    EXPECT_FALSE(as_begun(job).data.buckets);
    job.data.bucket_step = 8;
    EXPECT_TRUE(as_begun(job).data.buckets);
}

// The same of the cleaning of texts, which a run writes down when it begins.
TEST(Loop, ARunOfBeforeTextsWereCleanedGoesOnWithout) {
    const SmallJob small;
    auto job = small.job();
    using settings::TextCleaning;
    job.model.text_cleaning = TextCleaning::Auto;
    EXPECT_EQ(as_begun(job).model.text_cleaning, TextCleaning::None);
    const base::Cancel cancel;
    job = choose(job, cancel).job;
    EXPECT_EQ(job.model.text_cleaning, TextCleaning::Clip);
    EXPECT_EQ(as_begun(job).model.text_cleaning, TextCleaning::Clip);
}

TEST(Loop, ARunKeepsThePrecisionThatAutoCameTo) {
    const SmallJob small;
    auto job = small.job();
    job.train.steps = 1;
    ASSERT_EQ(job.train.precision, settings::Precision::Auto);
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    support::RunListener listener;
    train(job, run, Start::Fresh, listener, listener.cancel);
    const auto kept = settings::read_job_file(run.job_file()).job.train.precision;
    EXPECT_EQ(kept, with_precision(job).train.precision);
    EXPECT_NE(kept, settings::Precision::Auto);
    ASSERT_FALSE(listener.of("note").empty());
    EXPECT_TRUE(listener.of("note").front().text("text").starts_with("Steps are computed in "));
    const auto state = settings::read_job(load_state(run.state_file()).job, "the state");
    EXPECT_EQ(state.job.train.precision, kept);

    // Elsewhere auto would come to another one; the run goes on as it began.
    const auto other = kept == settings::Precision::Float32 ? settings::Precision::Bfloat16
                                                            : settings::Precision::Float32;
    job.output.name = "other";
    job.train.precision = other;
    const auto second = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    train(job, second, Start::Fresh, listener, listener.cancel);
    support::RunListener resumed;
    train(settings::read_job_file(second.job_file()).job, second, Start::Resume, resumed, resumed.cancel);
    ASSERT_FALSE(resumed.of("note").empty());
    EXPECT_NE(resumed.of("note").front().text("text").find("as it began"), std::string::npos);
}

TEST(Loop, TellsItsStoryInEvents) {
    const SmallJob small;
    auto job = small.job();
    job.train.steps = 3;
    job.sample.prompts = {{"a bird", "", 1}};
    job.sample.steps = 2;
    job.sample.every_steps = 2;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    support::RunListener listener;
    const auto outcome = train(job, run, Start::Fresh, listener, listener.cancel);
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    EXPECT_TRUE(std::filesystem::exists(outcome.lora));
    EXPECT_EQ(listener.of("metrics").size(), 3U);
    EXPECT_EQ(listener.of("sample").size(), 2U);  // at step 2 and at the end
    EXPECT_EQ(listener.of("end").back().text("reason"), "finished");
    for (const auto& line : base::split(base::trim(base::read_text(run.events_file())), "\n"))
        EXPECT_NO_THROW(parse_json_line(line));
    for (const auto& sample : listener.of("sample"))
        EXPECT_TRUE(std::filesystem::exists(sample.text("file")));
}

// Text encoders trained, or their states kept and the encoders let go.
TEST(Loop, SdxlStoppedAndResumedEqualsNeverStopped) {
    const SmallJob small;
    for (const bool train_text : {true, false}) {
        auto job = small.job();
        job.model.checkpoint = support::tiny_sdxl_checkpoint().string();
        job.adapter.train_text = train_text;
        job.data.subsets[0].shuffle_tags = true;
        job.data.subsets[0].caption_dropout = 0.3;
        job.train.steps = 4;
        job.output.folder += train_text ? "/text" : "/unet";
        EXPECT_EQ(bytes_of_run(job, "stopped", 2), bytes_of_run(job, "whole", 0));
    }
}

TEST(Loop, KeptCaptionsChangeNothingButTheTime) {
    const SmallJob small;
    auto job = small.job();
    job.model.checkpoint = support::tiny_sdxl_checkpoint().string();
    job.adapter.train_text = false;
    job.data.subsets[0].shuffle_tags = true;
    job.train.steps = 3;
    job.sample.prompts = {{"a bird", "", 1}};
    job.sample.steps = 2;
    const auto kept = bytes_of_run(job, "kept", 0);
    job.data.cache_text = false;
    EXPECT_EQ(bytes_of_run(job, "read", 0), kept);
}

TEST(Loop, OfSdxlSavesALoraByKohyasNames) {
    const SmallJob small;
    auto job = small.job();
    job.model.checkpoint = support::tiny_sdxl_checkpoint().string();
    job.train.steps = 1;
    job.sample.prompts = {{"a bird", "", 1}};
    job.sample.steps = 2;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    support::RunListener listener;
    const auto outcome = train(job, run, Start::Fresh, listener, listener.cancel);
    EXPECT_EQ(listener.of("sample").size(), 1U);
    const tensor::WeightFile file(outcome.lora);
    EXPECT_TRUE(file.has("lora_unet_middle_block_1_transformer_blocks_1_attn2_to_v.lora_up.weight"));
    EXPECT_TRUE(file.has("lora_te2_text_model_encoder_layers_2_self_attn_q_proj.alpha"));
    EXPECT_EQ(file.get("lora_unet_middle_block_1_proj_in.lora_down.weight").dim(), 2);
    EXPECT_EQ(file.metadata().at("ss_base_model_version"), "sdxl_base_v1-0");
    EXPECT_EQ(file.metadata().at("modelspec.architecture"), "stable-diffusion-xl-v1-base/lora");
}

TEST(Loop, ALossThatIsNotANumberEndsTheRunBeforeItIsSaved) {
    const SmallJob small;
    auto job = small.job();
    job.train.steps = 20;
    job.optim.lr = 10;
    job.optim.schedule.warmup = 0;
    job.optim.schedule.shape = settings::ScheduleShape::Constant;
    job.optim.max_grad_norm = 0;
    job.optim.adamw.weight_decay = 0;
    job.noise.offset = 1e30;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    support::RunListener listener;
    try {
        train(job, run, Start::Fresh, listener, listener.cancel);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NotFinite);
        EXPECT_NE(std::string(error.what()).find("at step 1, with image"), std::string::npos) << error.what();
    }
    EXPECT_FALSE(std::filesystem::exists(run.state_file()));
    EXPECT_TRUE(std::filesystem::is_empty(run.checkpoints()));
    EXPECT_EQ(listener.of("end").back().text("reason"), "failed");
}

TEST(Loop, AResumeWithOtherSettingsSaysWhichDiffer) {
    const SmallJob small;
    auto job = small.job();
    job.train.steps = 4;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    support::RunListener listener([&](const base::Event& event) {
        if (support::is_step(event, 3)) listener.cancel.request_stop();
    });
    train(job, run, Start::Fresh, listener, listener.cancel);
    job.optim.lr = 3e-4;
    support::RunListener second;
    try {
        train(job, run, Start::Resume, second, second.cancel);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
        EXPECT_NE(std::string(error.what()).find("optim.lr"), std::string::npos) << error.what();
    }
    EXPECT_EQ(second.of("session").front().number("step"), 3);
    EXPECT_EQ(second.of("end").back().number("step"), 3) << "what is done stays done";
}

TEST(Loop, ARequestInTheControlFileStopsAndSaves) {
    const SmallJob small;
    auto job = small.job();
    job.train.steps = 50;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    class Asker : public base::EventSink {
      public:
        explicit Asker(const RunDir& dir) : run_dir(dir) {}
        void take(const base::Event& event) override {
            if (event.kind == "metrics" && event.number("step") == 2) run_dir.ask(Request::Stop);
        }
        const RunDir& run_dir;
    } asker(run);
    const base::Cancel cancel;
    const auto outcome = train(job, run, Start::Fresh, asker, cancel);
    EXPECT_EQ(outcome.end, Outcome::End::Stopped);
    EXPECT_EQ(outcome.step, 2);
    EXPECT_TRUE(std::filesystem::exists(run.state_file()));
}

TEST(Loop, IntermediateFilesAreKeptAsManyAsAsked) {
    const SmallJob small;
    auto job = small.job();
    job.train.steps = 6;
    job.output.every_steps = 1;
    job.output.keep_last = 2;
    const auto run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    support::RunListener listener;
    train(job, run, Start::Fresh, listener, listener.cancel);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(run.checkpoints())) ++files;
    EXPECT_EQ(files, 3U);  // two on the way and the last one
}

TEST(Loop, AnEndThatLiesBehindIsRefusedAndNothingIsLost) {
    const SmallJob small;
    auto job = small.job();
    job.train.steps = 5;
    const auto run = RunDir::create(job.output.folder, "bird", RunDir::Existing::Refuse);
    support::RunListener first([&](const base::Event& event) {
        if (support::is_step(event, 3)) first.cancel.request_stop();
    });
    ASSERT_EQ(train(job, run, Start::Fresh, first, first.cancel).step, 3);
    const auto before = base::read_text(run.job_file()), state = base::read_text(run.state_file());
    for (const bool in_epochs : {false, true}) {
        auto shorter = job;
        shorter.data.batch = 5;
        shorter.train.steps = in_epochs ? std::nullopt : std::optional<std::int64_t>(2);
        shorter.train.epochs = 1;
        support::RunListener second;
        try {
            train(shorter, run, Start::ResumeAsItIs, second, second.cancel);
            ADD_FAILURE() << "it went on to an end before its place";
        } catch (const base::Error& error) {
            EXPECT_TRUE(
                std::string(error.what()).starts_with("3 steps of this run are done, and its settings"))
                << error.what();
        }
        EXPECT_EQ(base::read_text(run.job_file()), before);
        EXPECT_EQ(base::read_text(run.state_file()), state);
    }
    support::RunListener third;
    EXPECT_EQ(train(job, run, Start::Resume, third, third.cancel).end, Outcome::End::Finished);
}

TEST(Loop, SaysThatItTrainsWhenItTrains) {
    const SmallJob small;
    auto job = small.job();
    job.train.steps = 3;
    job.sample.at_start = true;
    job.sample.every_steps = 2;
    const auto run = RunDir::create(job.output.folder, "bird", RunDir::Existing::Refuse);
    support::RunListener listener;
    train(job, run, Start::Fresh, listener, listener.cancel);
    std::string story;
    for (const auto& event : listener.events) {
        const auto name = event.kind == "phase" ? event.text("name") : std::string();
        if (name == "training" || name == "sampling") story += name + " ";
        if (event.kind == "metrics") story += "step ";
        if (event.kind == "end") story += "end";
    }
    EXPECT_EQ(story, "sampling training step step sampling training step sampling end");
}

}  // namespace lorikeet::train
