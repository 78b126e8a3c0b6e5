#include "settings/job.hpp"

#include "settings/good_job.hpp"

namespace lorikeet::settings {

TEST(JobSection, UnsafeNamesAreRefusedAndOthersPass) {
    for (const std::string name :
         {"a/b", "..", ".hidden", "a\\b", "CON:", "tab\t", "trailing ", "-rf", "a*"}) {
        Job job = good_job();
        job.output.name = name;
        EXPECT_EQ(check(job).size(), 1U) << name;
    }
    for (const std::string name : {"my-lora", "鸚鵡 v2", "a.b_c (1)"}) {
        Job job = good_job();
        job.output.name = name;
        EXPECT_EQ(base::to_text(check(job)), "") << name;
    }
}

TEST(JobSection, ANameHasAtMostAHundredAndTwentyBytes) {
    EXPECT_EQ(said_of("output.name", std::string(120, 'a')), "");
    EXPECT_EQ(said_of("output.name", std::string(121, 'a')),
              "output.name: must be at most 120 bytes long. Set output.name = my-lora.");
    // Of the rules for names the one that is broken is told, not all of them.
    EXPECT_EQ(said_of("output.name", "ends."),
              "output.name: must not end with a dot or a blank. Set output.name = my-lora.");
    EXPECT_EQ(said_of("output.name", "-a/b?"),
              "output.name: must not hold / or \\: it names a file; folders go into output.folder. Set "
              "output.name = my-lora.");
    EXPECT_EQ(said_of("output.name", "-a?"),
              "output.name: must not hold : * ? \" < > | or a line break. Set output.name = my-lora.");
    EXPECT_EQ(said_of("output.name", "-a"),
              "output.name: must not begin with a dot, a blank or a minus. Set output.name = my-lora.");
    // An empty one is told once, as what is needed.
    EXPECT_EQ(said_of("output.name", ""), "output.name: is needed. Names the LoRA and its files.");
}

TEST(JobSection, AWarmUpInStepsEndsWithinTheRun) {
    Job job = good_job();
    job.train.steps = 50;
    for (const auto* warmup : {"0", "0.9", "50"})
        EXPECT_EQ(said_of("optim.schedule.warmup", warmup, job), "") << warmup;
    EXPECT_NE(said_of("optim.schedule.warmup", "51", job).find("the warm-up would be longer than the run."),
              std::string::npos);
    job.train.steps.reset();  // as many as epochs make: known when the images are
    EXPECT_EQ(said_of("optim.schedule.warmup", "51", job), "");
}

// Where and how often a run writes alters nothing of what it learns.
TEST(JobSection, WhatIsWrittenMayBeAnotherWhenARunIsResumed) {
    std::string all;
    for (const auto& field : schema<Output>().fields) all += std::string(field.key) + " ";
    EXPECT_EQ(harmless<Output>(), all);
}

TEST(JobSection, ARunWithoutAWordCanBeResumedAndLeavesOneFile) {
    const Output output;
    EXPECT_GT(output.state_every_steps, 0);
    EXPECT_EQ(output.every_epochs, 0);
    EXPECT_EQ(output.every_steps, 0);
    EXPECT_EQ(output.keep_last, 0);
    EXPECT_EQ(output.precision, SavePrecision::Float16);  // what every program reads
}

TEST(JobSection, WordsOfSdScriptsForTheFileAreAnsweredWithOurs) {
    for (const auto& [theirs, ours] :
         {std::pair{"float", "float32"}, {"fp16", "float16"}, {"bf16", "bfloat16"}}) {
        const auto said = said_of("output.precision", theirs);
        EXPECT_NE(said.find(std::string("here it is \"") + ours + "\""), std::string::npos) << said;
        EXPECT_EQ(said_of("output.precision", ours), "");
    }
    EXPECT_EQ(led_to("save_every_n_epochs"), "output.every_epochs");
    EXPECT_EQ(led_to("save_last_n_steps"), "output.keep_last");
    EXPECT_EQ(led_to("save_state"), "output.state_every_steps");
}

TEST(JobSection, ANameThatNobodySeesIsNone) {
    for (const auto& [name, part] : {std::pair{"\u200b", "a letter that can be seen"},
                                     {"\u3000", "a letter that can be seen"},
                                     {"\u200b.bird", "must not begin with"},
                                     {"bird.\u2060", "must not end with"}}) {
        Job job;
        job.output.name = name;
        EXPECT_NE(base::to_text(check(job)).find(part), std::string::npos) << base::to_text(check(job));
    }
}

}  // namespace lorikeet::settings
