#include "studio/plan_notes.hpp"

#include <gtest/gtest.h>

#include "studio/practice_images.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {
namespace {

bool holds(const std::vector<std::string>& notes, const std::string& part) {
    return notes.size() == 1 && notes.front().find(part) != std::string::npos;
}

TEST(PlanNotes, ARateOfAPartThatIsNotTrainedIsTold) {
    settings::Job job;
    job.adapter.train_unet = job.adapter.train_text = true;
    EXPECT_TRUE(notes_on_rates(job).empty());
    job.optim.text_lr = 5e-5;
    EXPECT_TRUE(notes_on_rates(job).empty());
    job.adapter.train_text = false;
    EXPECT_TRUE(holds(notes_on_rates(job), "optim.text_lr = 5e-05 does nothing"));
    job.optim.text_lr = settings::Optim{}.text_lr;
    EXPECT_TRUE(notes_on_rates(job).empty()) << "nobody set it";
    job.adapter.train_text = true;
    job.adapter.train_unet = false;
    EXPECT_TRUE(notes_on_rates(job).empty());
    job.optim.text_lr = 5e-5;
    job.optim.lr = 3e-4;
    EXPECT_TRUE(holds(notes_on_rates(job), "optim.lr = 0.0003 does nothing"));
    job.optim.text_lr.reset();  // the text encoder is trained at optim.lr
    EXPECT_TRUE(notes_on_rates(job).empty());
}

TEST(PlanNotes, ARateAtWhichNothingIsLearnedIsTold) {
    settings::Job job;
    job.optim.lr = 2e-3;
    job.optim.text_lr = 5e-5;
    EXPECT_TRUE(notes_on_odd_rates(job).empty());
    job.optim.lr = 1e-320;
    EXPECT_TRUE(holds(notes_on_odd_rates(job), "nothing is learned at that rate"));
    job.optim.lr = 0.5;
    EXPECT_TRUE(holds(notes_on_odd_rates(job), "optim.lr is 0.5; usual rates"));
    job.adapter.train_unet = false;
    job.adapter.train_text = true;
    EXPECT_TRUE(notes_on_odd_rates(job).empty()) << "it does nothing there";
    job.optim.text_lr = 1;
    EXPECT_TRUE(holds(notes_on_odd_rates(job), "optim.text_lr is 1; usual rates"));
}

TEST(PlanNotes, ABatchLargerThanAnEpochIsTold) {
    settings::Job job;
    RunLength length;
    length.images_per_epoch = 1;
    EXPECT_TRUE(notes_on_batch(job, length).empty()) << "nobody set one";
    job.data.batch = 4;
    length.images_per_epoch = 4;
    EXPECT_TRUE(notes_on_batch(job, length).empty());
    length.images_per_epoch = 3;
    ASSERT_EQ(notes_on_batch(job, length).size(), 1U);
    EXPECT_EQ(notes_on_batch(job, length)[0],
              "data.batch is 4, and an epoch has 3 images: no step trains on more.");
}

TEST(PlanNotes, AnImageThatIsSeenTooOftenIsWarnedOf) {
    settings::Job job;
    job.data.batch = 4;
    RunLength length;
    length.images = length.images_per_epoch = 12;
    length.training.total_steps = 600;
    EXPECT_TRUE(notes_on_views(job, length).empty());
    length.images = length.images_per_epoch = 1;
    length.training.total_steps = 2400;
    EXPECT_TRUE(holds(notes_on_views(job, length), "The only image is seen about 2400 times."));
    length.images = length.images_per_epoch = 2;
    EXPECT_TRUE(holds(notes_on_views(job, length), "Each image is seen about 2400 times."));
}

TEST(PlanNotes, AMissingTriggerIsANoteAndAWarningWithoutCaptions) {
    settings::Job job;
    job.data.subsets.resize(1);
    EXPECT_FALSE(note_on_trigger(job, 12, 2).text.empty());
    EXPECT_FALSE(note_on_trigger(job, 12, 2).warns);
    EXPECT_TRUE(note_on_trigger(job, 12, 12).warns);
    EXPECT_TRUE(note_on_trigger(job, 0, 0).text.empty());
    job.data.subsets[0].trigger = "lorikeet";
    EXPECT_TRUE(note_on_trigger(job, 12, 12).text.empty());
}

TEST(PlanNotes, WarningsStandApartFromNotes) {
    settings::Job job;
    job.data.subsets.resize(1);
    job.data.subsets[0].trigger = "lorikeet";
    job.optim.lr = 5;
    job.data.batch = 1;
    RunLength length;
    length.images = length.images_per_epoch = 12;
    const auto told = notes_on_settings(job, job, length, 0);
    EXPECT_EQ(told.warnings.size(), 1U);
    EXPECT_TRUE(told.notes.empty());
}

TEST(PlanNotes, BatchesThatAreNeverReachedAreTold) {
    settings::Job job;
    job.data.batch = 2;
    RunLength length;
    length.images_per_epoch = 24;
    length.training.steps_per_epoch = 12;
    length.training.total_steps = 12;
    EXPECT_TRUE(notes_on_length(job, length).empty());
    length.training.total_steps = 5;
    EXPECT_TRUE(holds(notes_on_length(job, length),
                      "14 of 24 images are never reached. To reach all, set train.steps = 12"));
    length.training.total_steps = 0;
    EXPECT_TRUE(notes_on_length(job, length).empty());
}

}  // namespace
TEST(PlanNotes, ThePracticeModelIsNamedWithImagesOfOnesOwn) {
    const support::TempFolder folder;
    settings::Job job;
    const auto practice = practice_images(folder.path());
    job.data.subsets.emplace_back().folder = practice.string();
    EXPECT_EQ(note_on_practice_model(job, folder.path()), "");
    base::write_whole(folder.path() / practice / "own.png", "x");
    EXPECT_NE(note_on_practice_model(job, folder.path()), "");
    job.model.checkpoint = "sd15.safetensors";
    EXPECT_EQ(note_on_practice_model(job, folder.path()), "");
}

}  // namespace lorikeet::studio
