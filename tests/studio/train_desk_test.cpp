#include "studio/train_desk.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "io/image.hpp"
#include "optim/lr_schedule.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "tensor/weights.hpp"
#include "train/model_outline.hpp"
#include "train/recipe.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {
namespace {

class DeskSilence : public base::EventSink {
  public:
    void take(const base::Event&) override {}
};

Plan plan_of(const settings::Job& job, Existing existing = Existing::Refuse) {
    return plan(job, existing, base::Cancel());
}

const base::Problem* problem_at(const Plan& plan, std::string_view where) {
    const auto found = std::find_if(plan.problems.begin(), plan.problems.end(),
                                    [&](const auto& problem) { return problem.where.starts_with(where); });
    return found == plan.problems.end() ? nullptr : &*found;
}

// A run that was trained a while ago, as the plan sees it.
train::RunDir leave_a_run(const settings::Job& job) {
    auto run = train::RunDir::create(job.output.folder, job.output.name, train::RunDir::Existing::Refuse);
    base::write_whole(run.job_file(), "");
    return run;
}

}  // namespace

// As the trainer keeps them: none where a text encoder learns, and none where there are too many.
TEST(TrainDesk, APlanCountsTheTextsThatAreKept) {
    const support::SmallJob small;
    auto job = small.job();
    job.adapter.train_text = false;
    EXPECT_EQ(plan_of(job).length.kept_texts, 5 + 1) << "each caption, and none for guidance";
    const auto with = plan_of(job).disk.cache_bytes;
    job.sample.prompts = {{"a bird of another caption", "no fish", 1}};
    EXPECT_EQ(plan_of(job).length.kept_texts, 5 + 3);
    job.data.cache_text = false;
    EXPECT_EQ(plan_of(job).length.kept_texts, 0);
    EXPECT_LT(plan_of(job).disk.cache_bytes, with);
    job.data.cache_text = true;
    job.adapter.train_text = true;
    EXPECT_EQ(plan_of(job).length.kept_texts, 0);
    job.adapter.train_text = false;
    job.data.subsets[0].shuffle_tags = true;
    job.train.epochs = 300;  // shown 1500 times, each in one of two orders
    EXPECT_EQ(plan_of(job).length.kept_texts, 10 + 3);
}

TEST(TrainDesk, APlanCountsImagesStepsAndWarmUp) {
    const support::SmallJob small;
    auto job = small.job();
    job.data.subsets[0].repeats = 3;
    job.train.epochs = 10;
    job.optim.schedule.warmup = 0.1;
    const auto plan = plan_of(job);
    EXPECT_TRUE(plan.problems.empty()) << base::to_text(plan.problems);
    EXPECT_EQ(plan.length.images, 5);
    EXPECT_EQ(plan.length.images_per_epoch, 15);
    EXPECT_EQ(plan.length.training.steps_per_epoch, 8);  // of 2 images, the last of 1
    EXPECT_EQ(plan.length.training.total_steps, 80);
    EXPECT_EQ(plan.warmup_steps, 8);
    EXPECT_EQ(plan.captions_missing, 0);
    EXPECT_GT(plan.disk_free, plan.disk.total());
}

// The steps of the plan are those of the run, whatever is held out.
TEST(TrainDesk, APlanCountsWhatIsHeldOut) {
    const support::SmallJob small;
    auto job = small.job();
    job.sample.at_end = false;
    job.data.validation.share = 0.4;
    job.data.validation.every_steps = 2;
    job.train.epochs = 3;
    const auto plan = plan_of(job);
    EXPECT_TRUE(plan.problems.empty()) << base::to_text(plan.problems);
    EXPECT_GT(plan.length.held_out, 0);
    EXPECT_EQ(plan.length.images + plan.length.held_out, 5);
    EXPECT_EQ(plan.length.images_per_epoch, plan.length.images);
    support::RunListener listener;
    train(job, Existing::Refuse, listener, listener.cancel);
    EXPECT_EQ(std::ssize(listener.of("metrics")), plan.length.training.total_steps);
    ASSERT_EQ(std::ssize(listener.of("validation")), plan.validations);
    EXPECT_EQ(listener.of("validation")[0].number("images"), static_cast<double>(plan.length.held_out));
}

TEST(TrainDesk, APlanTellsWhatALoraToStartFromKeepsAndLacks) {
    const support::SmallJob small;
    auto job = small.job();
    job.adapter.rank = 3;
    job.adapter.alpha = 3;
    job.adapter.train_text = true;
    const auto other = plan_of(job);
    auto recipe = train::load_recipe(job);
    train::fit_trainee(recipe, job);
    auto tensors = recipe.trainee->state();
    recipe.trainee.reset();
    const auto save = [&] {
        job.adapter.start_from = (small.folder() / "earlier.safetensors").string();
        tensor::save_tensors(job.adapter.start_from, tensors);
        job.adapter.rank = 7;
        job.adapter.alpha = 7;
        return plan_of(job);
    };
    const auto whole = save();
    EXPECT_TRUE(whole.problems.empty()) << base::to_text(whole.problems);
    EXPECT_EQ(whole.ranks, " of rank 3, alpha 3");
    EXPECT_EQ(whole.disk.lora_bytes, other.disk.lora_bytes) << "it is as large as its ranks are";
    EXPECT_NE(base::join(whole.notes, " ").find("keep its ranks"), std::string::npos);
    std::erase_if(tensors, [](const auto& entry) { return entry.first.starts_with("lora_te"); });
    const auto half = save();
    EXPECT_EQ(half.adapters, whole.adapters);
    EXPECT_NE(half.ranks.find(" of rank 7, alpha 7"), std::string::npos) << half.ranks;
    EXPECT_NE(base::join(half.notes, " ").find("of the text encoder); they start fresh"), std::string::npos);
    tensors.begin()->second = at::full_like(tensors.begin()->second, INFINITY);
    const auto bad = save();
    ASSERT_NE(problem_at(bad, "adapter.start_from"), nullptr);
    tensors = {{"lora_unet_a.lora_down.weight", at::ones({1, 2})},
               {"lora_unet_a.lora_up.weight", at::ones({2, 1})}};
    EXPECT_NE(problem_at(save(), "adapter.start_from"), nullptr);
}

TEST(TrainDesk, WarmUpIsCountedAsTheScheduleDoes) {
    const support::SmallJob small;
    auto job = small.job();
    for (const double warmup : {0.0, 0.05, 0.33, 0.999, 1.0, 7.0}) {
        job.optim.schedule.warmup = warmup;
        const auto plan = plan_of(job);
        EXPECT_EQ(plan.warmup_steps,
                  optim::warmup_steps(job.optim.schedule, plan.length.training.total_steps))
            << warmup;
    }
}

TEST(TrainDesk, TheLayersCountedAreThoseThatAreTrained) {
    const support::SmallJob small;
    auto job = small.job();
    const auto recipe = train::load_recipe(job);
    const auto targets = train::targets_of(*recipe.model);
    EXPECT_EQ(plan_of(job).adapters, static_cast<std::int64_t>(targets.size()));
    job.adapter.train_text = false;
    const auto of_unet = std::count_if(targets.begin(), targets.end(), [](const auto& target) {
        return target.half == adapters::Half::Unet;
    });
    EXPECT_EQ(plan_of(job).adapters, of_unet);
}

TEST(TrainDesk, CaptionsAreShownAsTheModelReadsThem) {
    const support::SmallJob small;
    auto job = small.job();
    job.data.subsets[0].trigger = "lrkt";
    job.data.subsets[0].caption_dropout = 1;  // chance is left out of what is shown
    const auto plan = plan_of(job);
    ASSERT_EQ(plan.captions.size(), 3u);
    EXPECT_EQ(plan.captions[0].file, "image0.png");
    EXPECT_EQ(plan.captions[0].caption, "lrkt, a bird, number 0");
}

TEST(TrainDesk, SamplesAmongTheImagesAreNoted) {
    const support::SmallJob small;
    const auto job = small.job();
    const auto noted = [&] {
        const auto notes = plan_of(job).notes;
        return std::count_if(notes.begin(), notes.end(), [](const auto& note) {
            return note.find("One image carries a prompt, as samples do.") != note.npos;
        });
    };
    EXPECT_EQ(noted(), 0);
    const auto image = base::Path(job.data.subsets[0].folder) / "image0.png";
    io::write_png(image, io::read_image(image), {{"parameters", "a bird\nSteps: 20"}});
    EXPECT_EQ(noted(), 1);
}

TEST(TrainDesk, ASizeTheModelWasNotMadeForIsNoted) {
    const support::SmallJob small;
    auto job = small.job();
    const auto notes_on_size = [&](std::vector<std::int64_t> resolution) {
        job.data.resolution = std::move(resolution);
        const auto notes = plan_of(job).notes;
        return std::count_if(notes.begin(), notes.end(), [](const auto& note) {
            return note.find("was made for 64 pixels") != note.npos;
        });
    };
    EXPECT_EQ(notes_on_size({64}), 0);
    EXPECT_EQ(notes_on_size({96, 64}), 0);
    EXPECT_EQ(notes_on_size({512}), 1);
    EXPECT_EQ(notes_on_size({64, 32}), 1);
}

TEST(TrainDesk, EverythingWrongIsToldAtOnce) {
    const support::SmallJob small;
    auto job = small.job();
    leave_a_run(job);
    job.model.checkpoint = "/nowhere/model.safetensors";
    job.data.subsets[0].folder = "/nowhere/pictures";
    job.adapter.start_from = "/nowhere/lora.safetensors";
    const auto plan = plan_of(job);
    EXPECT_EQ(plan.problems.size(), 4u) << base::to_text(plan.problems);
    for (const auto* where : {"model.checkpoint", "data.subsets", "adapter.start_from", "output.name"})
        EXPECT_NE(problem_at(plan, where), nullptr) << where;
}

TEST(TrainDesk, ARunWithoutAStepIsRefused) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 0;
    EXPECT_NE(problem_at(plan_of(job), "train"), nullptr);
}

TEST(TrainDesk, ARunInTheWayIsRefusedWithANameThatIsFree) {
    const support::SmallJob small;
    const auto job = small.job();
    leave_a_run(job);
    const auto refused = plan_of(job);
    const auto* problem = problem_at(refused, "output.name");
    ASSERT_NE(problem, nullptr);
    EXPECT_NE(problem->hint.find("bird_v2"), std::string::npos) << problem->hint;
    EXPECT_TRUE(plan_of(job, Existing::Replace).problems.empty());
}

TEST(TrainDesk, ALivingRunIsNeverReplacedAndHowToStopItIsSaid) {
    const support::SmallJob small;
    const auto job = small.job();
    const auto run = leave_a_run(job);
    const auto lock = run.lock();
    const auto refused = plan_of(job, Existing::Replace);
    const auto* problem = problem_at(refused, "output.name");
    ASSERT_NE(problem, nullptr);
    EXPECT_NE(problem->what.find(run.path().string()), std::string::npos) << problem->what;
    EXPECT_NE(problem->hint.find("lorikeet stop bird"), std::string::npos) << problem->hint;
}

TEST(TrainDesk, AFolderThatIsNoRunIsNeverReplaced) {
    const support::SmallJob small;
    const auto job = small.job();
    base::write_whole(
        [&] {
            const auto folder = base::Path(job.output.folder) / job.output.name;
            std::filesystem::create_directories(folder);
            return folder / "diary.txt";
        }(),
        "mine");
    EXPECT_NE(problem_at(plan_of(job, Existing::Replace), "output.name"), nullptr);
}

TEST(TrainDesk, MoreThanTheDiskHoldsIsRefusedBeforeTheStart) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 1'000'000'000'000;  // a state, a file and a line of events for each
    job.output.every_steps = 1;
    const auto plan = plan_of(job);
    const auto* problem = problem_at(plan, "output.folder");
    ASSERT_NE(problem, nullptr);
    EXPECT_NE(problem->what.find("free"), std::string::npos) << problem->what;
}

TEST(TrainDesk, FoldersThatCannotBeWrittenAreToldBeforeTheStart) {
    const support::SmallJob small;
    auto job = small.job();
    base::write_whole(small.folder() / "file", "");
    job.output.folder = (small.folder() / "file").string();
    job.data.cache_folder = (small.folder() / "file" / "cache").string();
    const auto told = plan_of(job);
    for (const auto* where : {"output.folder", "data.cache_folder"}) {
        const auto* problem = problem_at(told, where);
        ASSERT_NE(problem, nullptr) << where;
        EXPECT_NE(problem->what.find("is a file"), std::string::npos) << problem->what;
        EXPECT_NE(problem->hint.find(where), std::string::npos) << problem->hint;
    }
    job.data.cache_latents = false;  // nothing is kept there, then
    EXPECT_EQ(problem_at(plan_of(job), "data.cache_folder"), nullptr);
}

TEST(TrainDesk, APlanChangesNothing) {
    const support::SmallJob small;
    plan_of(small.job());
    std::size_t entries = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(small.folder())) ++entries;
    EXPECT_EQ(entries, 1u);  // the images alone: no run, no cache
}

TEST(TrainDesk, AStoppedRunGoesOnToItsEnd) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 3;
    DeskSilence silence;
    base::Cancel at_once;
    at_once.request_stop();
    const auto stopped = train(job, Existing::Refuse, silence, at_once);
    EXPECT_TRUE(stopped.stopped);
    base::Cancel never;
    const auto finished = resume(stopped.run_folder, silence, never);
    EXPECT_FALSE(finished.stopped);
    EXPECT_EQ(finished.step, 3);
    EXPECT_TRUE(std::filesystem::exists(finished.file));
}

TEST(TrainDesk, AResumeIsToldWhereImagesLieNow) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 4;
    class Stopper : public base::EventSink {
      public:
        void take(const base::Event& event) override {
            if (event.kind == "metrics") cancel.request_stop();
        }
        base::Cancel cancel;
    } stopper;
    const auto run = train(job, Existing::Refuse, stopper, stopper.cancel).run_folder;
    std::filesystem::rename(small.folder() / "pictures", small.folder() / "moved");
    DeskSilence silence;
    base::Cancel cancel;
    EXPECT_THROW(resume(run, silence, cancel), base::Error);
    const ResumeWith moved{{{"data.subsets.0.folder", (small.folder() / "moved").string()}}, false};
    EXPECT_EQ(resume(run, silence, cancel, moved).step, 4);
    const ResumeWith nonsense{{{"data.subsets.0.folders", "x"}}, false};
    EXPECT_THROW(resume(run, silence, cancel, nonsense), base::Error);
}

TEST(TrainDesk, APlanNamesEveryFileThatIsWritten) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.epochs = 4;
    job.output.every_epochs = 1;
    job.output.every_steps = 5;
    job.sample.prompts.resize(2);
    job.sample.steps = 1;
    job.sample.at_start = true;
    job.sample.at_end = true;
    job.sample.every_steps = 3;
    const auto planned = plan_of(job);
    DeskSilence silence;
    base::Cancel cancel;
    const auto result = train(job, Existing::Refuse, silence, cancel);
    std::vector<std::string> there;
    for (const auto& entry : std::filesystem::directory_iterator(result.run_folder / "checkpoints"))
        there.push_back(entry.path().string());
    auto told = planned.files;
    EXPECT_EQ(told.back(), planned.file);
    std::sort(told.begin(), told.end());
    std::sort(there.begin(), there.end());
    EXPECT_EQ(told, there);
    const std::filesystem::directory_iterator samples(result.run_folder / "samples");
    EXPECT_EQ(planned.samples, std::distance(begin(samples), end(samples)));
}

TEST(TrainDesk, WhatALikeRunTookIsTheTimeOfThePlan) {
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 12;
    const auto book = small.folder() / "pace.json";
    ::setenv("LORIKEET_PACE_FILE", book.c_str(), 1);
    EXPECT_FALSE(plan_of(job).pace) << "nothing was measured yet";
    DeskSilence silence;
    base::Cancel cancel;
    train(job, Existing::Refuse, silence, cancel);
    job.output.name = "next";
    const auto planned = plan_of(job);
    job.data.batch = 4;
    const auto larger = plan_of(job);
    ::setenv("LORIKEET_PACE_FILE", "/dev/null/pace.json", 1);
    ASSERT_TRUE(planned.pace);
    EXPECT_TRUE(planned.pace->measured);
    EXPECT_DOUBLE_EQ(planned.seconds,
                     (12 + steps_of_samples(planned.job, planned.samples)) * planned.pace->seconds_per_step);
    ASSERT_TRUE(larger.pace);
    EXPECT_FALSE(larger.pace->measured);
    EXPECT_DOUBLE_EQ(larger.pace->seconds_per_step, 2 * planned.pace->seconds_per_step);
}

TEST(TrainDesk, WhatIsInTheWayIsToldWithTheNextFreeName) {
    const support::SmallJob small;
    leave_a_run(small.job());
    const auto planned = plan_of(small.job(), Existing::Replace);
    EXPECT_TRUE(planned.problems.empty()) << base::to_text(planned.problems);
    ASSERT_TRUE(planned.existing);
    EXPECT_TRUE(planned.existing->is_run);
    EXPECT_EQ(planned.existing->next_free_name, "bird_v2");
}

}  // namespace lorikeet::studio
