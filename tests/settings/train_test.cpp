#include "settings/train.hpp"

#include "settings/good_job.hpp"

namespace lorikeet::settings {

TEST(TrainSection, ItsLengthMayBeLeftOpenOrSaidInEitherWay) {
    EXPECT_FALSE(Train{}.epochs);
    EXPECT_FALSE(Train{}.steps);
    Job job = good_job();
    job.train.epochs = 3;
    EXPECT_EQ(said_of("train.steps", "100", job), "");  // both: steps win
    EXPECT_NE(said_of("train.steps", "0"), "");
    EXPECT_NE(said_of("train.epochs", "0"), "");
    EXPECT_NE(said_of("train.accumulate", "0"), "");
}

TEST(TrainSection, TheRangeOfTimestepsHoldsAtLeastOne) {
    Job job = good_job();
    job.noise = {.min_timestep = 999, .max_timestep = 1000};
    EXPECT_EQ(base::to_text(check(job)), "");
    job.noise = {.min_timestep = 0, .max_timestep = 1};
    EXPECT_EQ(base::to_text(check(job)), "");
    EXPECT_TRUE(
        said_of("noise.min_timestep", "1", job)
            .starts_with(
                "noise.min_timestep: (with noise.max_timestep) the first must be lower than the second."));
    EXPECT_NE(said_of("noise.max_timestep", "1001"), "");
    EXPECT_NE(said_of("noise.min_timestep", "-1"), "");
    EXPECT_EQ(Noise{}.min_timestep, 0);
    EXPECT_EQ(Noise{}.max_timestep, 1000);  // all of them
}

// 0 would weigh every timestep with nothing; unset is how it is turned off.
TEST(TrainSection, MinSnrIsTurnedOffByUnsetAndNotByZero) {
    EXPECT_FALSE(Loss{}.min_snr);
    EXPECT_EQ(said_of("loss.min_snr", "5"), "");
    EXPECT_EQ(said_of("loss.min_snr", "unset"), "");
    EXPECT_EQ(said_of("loss.min_snr", "0"), "loss.min_snr: must be above 0 and at most 1000, is 0.");
    EXPECT_EQ(led_to("min_snr_gamma"), "loss.min_snr");
}

TEST(TrainSection, ASeedIsOneThatABrowserHoldsExactly) {
    EXPECT_EQ(said_of("train.seed", "0"), "");
    EXPECT_EQ(said_of("train.seed", "9007199254740991"), "");
    EXPECT_NE(said_of("train.seed", "9007199254740992"), "");
    EXPECT_NE(said_of("train.seed", "-1"), "");
}

// Another machine gives the same numbers, by promise or nearly; another precision does not.
TEST(TrainSection, ARunGoesOnOnAnotherDeviceWithOtherThreadsAndMemory) {
    EXPECT_EQ(harmless<Train>(), "device record_steps threads recompute ");
    EXPECT_EQ(harmless<Noise>() + harmless<Loss>(), "");
}

TEST(TrainSection, WordsOfSdScriptsForPrecisionAreAnsweredWithOurs) {
    for (const auto& [theirs, ours] :
         {std::pair{"no", "float32"}, {"fp16", "float16"}, {"bf16", "bfloat16"}}) {
        const auto said = said_of("train.precision", theirs);
        EXPECT_TRUE(said.ends_with(std::string("here it is \"") + ours + "\".")) << said;
        EXPECT_EQ(said_of("train.precision", ours), "");
    }
    EXPECT_EQ(led_to("mixed_precision"), "train.precision");
    EXPECT_EQ(led_to("gradient_checkpointing"), "train.recompute");
    EXPECT_EQ(led_to("max_train_steps"), "train.steps");
}

}  // namespace lorikeet::settings
