#include "settings/optim.hpp"

#include <array>

#include "settings/good_job.hpp"

namespace lorikeet::settings {

// The text encoder may stand still while it is trained beside; the U-Net's rate is the run's.
TEST(OptimSection, ARateIsAboveZeroAndOnlyThatOfTheTextEncoderMayBeZero) {
    EXPECT_FALSE(Job{}.optim.lr);
    EXPECT_FALSE(Job{}.optim.text_lr);
    for (const auto* rate : {"1e-9", "10", "unset"}) EXPECT_EQ(said_of("optim.lr", rate), "") << rate;
    EXPECT_EQ(said_of("optim.lr", "0"), "optim.lr: must be above 0 and at most 10, is 0.");
    EXPECT_EQ(said_of("optim.text_lr", "0"), "");
    EXPECT_NE(said_of("optim.text_lr", "-1e-4"), "");
}

TEST(OptimSection, AWarmUpIsAShareOrAWholeNumberOfSteps) {
    for (const auto* warmup : {"0", "0.05", "0.999", "1", "500"})
        EXPECT_EQ(said_of("optim.schedule.warmup", warmup), "") << warmup;
    EXPECT_EQ(said_of("optim.schedule.warmup", "1.5"),
              "optim.schedule.warmup: from 1 on it is a number of steps and must be whole. "
              "Set optim.schedule.warmup = 0.05.");
    EXPECT_NE(said_of("optim.schedule.warmup", "-1"), "");
}

TEST(OptimSection, AdamHasTwoBetasBelowOne) {
    EXPECT_EQ(said_of("optim.adamw.betas", "0, 0.5"), "");
    EXPECT_EQ(said_of("optim.adamw.betas", "0.9, 1"),
              "optim.adamw.betas: must be at least 0 and below 1, is 1.");
    EXPECT_EQ(said_of("optim.adamw.betas", "[0.9]"), "optim.adamw.betas: must have 2 values, has 1.");
    EXPECT_EQ(said_of("optim.adamw.betas", "0.9, 0.99, 0.999"),
              "optim.adamw.betas: must have 2 values, has 3.");
    EXPECT_NE(said_of("optim.adamw.eps", "0"), "");
    EXPECT_EQ(said_of("optim.adamw.weight_decay", "0"), "");
}

TEST(OptimSection, TheOptionsOfAdamAreThoseOfBothItsRules) {
    Job job = good_job();
    for (const auto rule : {OptimRule::AdamW, OptimRule::AdamW8bit}) {
        job.optim.rule = rule;
        EXPECT_TRUE(in_force(job, "optim.adamw.weight_decay")) << say(rule).word;
    }
}

TEST(OptimSection, NoClippingIsSaidAsZero) {
    EXPECT_EQ(said_of("optim.max_grad_norm", "0"), "");
    EXPECT_NE(said_of("optim.max_grad_norm", "-1"), "");
}

TEST(OptimSection, KnowsTheNamesAndWordsOfSdScripts) {
    EXPECT_EQ(led_to("learning_rate"), "optim.lr");
    EXPECT_EQ(led_to("unet_lr"), "optim.lr");
    EXPECT_EQ(led_to("text_encoder_lr"), "optim.text_lr");
    EXPECT_EQ(led_to("lr_warmup_steps"), "optim.schedule.warmup");
    for (const auto& [path, theirs, ours] : {std::array{"optim.rule", "AdamW8bit", "adamw8bit"},
                                             {"optim.schedule.shape", "constant_with_warmup", "constant"}}) {
        const auto said = said_of(path, theirs);
        EXPECT_TRUE(said.ends_with(std::string("here it is \"") + ours + "\".")) << said;
    }
}

TEST(OptimSection, NothingOfItMayBeAnotherWhenARunIsResumed) {
    EXPECT_EQ(harmless<Optim>() + harmless<AdamW>() + harmless<LrSchedule>(), "");
}

}  // namespace lorikeet::settings
