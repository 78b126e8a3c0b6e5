#include "settings/sample.hpp"

#include "settings/good_job.hpp"

namespace lorikeet::settings {

TEST(SampleSection, NoSamplesOnTheWayIsNotTheSameAsLeavingItOpen) {
    EXPECT_FALSE(Sample{}.every_steps);
    EXPECT_EQ(said_of("sample.every_steps", "0"), "");
    EXPECT_EQ(said_of("sample.every_steps", "unset"), "");
    Job open = good_job(), none = open;
    none.sample.every_steps = 0;
    const auto changes = difference(open, none);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].before, "\"unset\"");
    EXPECT_EQ(changes[0].after, "0");
}

TEST(SampleSection, ARunEndsWithSamplesAndDoesNotBeginWithThem) {
    EXPECT_TRUE(Sample{}.at_end);
    EXPECT_FALSE(Sample{}.at_start);
    EXPECT_TRUE(Sample{}.prompts.empty());  // the caption of the first image
}

TEST(SampleSection, APromptNeedsWordsAndKeepsItsSeed) {
    Job job = good_job();
    job.sample.prompts.resize(1);
    EXPECT_EQ(base::to_text(check(job)), "sample.prompts.0.text: is needed. What the image should show.");
    EXPECT_EQ(said_of("sample.prompts.0.text", "a parrot"), "");
    job.sample.prompts[0].text = "a parrot";
    EXPECT_EQ(said_of("sample.prompts.0.negative", "", job), "");
    EXPECT_EQ(said_of("sample.prompts.0.seed", "9007199254740991", job), "");
    EXPECT_NE(said_of("sample.prompts.0.seed", "9007199254740992", job), "");  // a browser would round it
    EXPECT_NE(said_of("sample.prompts.0.seed", "-1", job), "");
}

TEST(SampleSection, GuidanceBeginsAtOneWhichIsNone) {
    EXPECT_EQ(said_of("sample.cfg", "1"), "");
    EXPECT_EQ(said_of("sample.cfg", "0.5"),
              "sample.cfg: must be at least 1 and at most 50, is 0.5. The nearest is 1.");
    EXPECT_NE(said_of("sample.steps", "0"), "");
    EXPECT_NE(said_of("sample.steps", "1000"), "");
}

TEST(SampleSection, ASizeIsOneSideOrTwoOrThatOfTraining) {
    for (const auto* size : {"", "512", "640, 448"}) EXPECT_EQ(said_of("sample.size", size), "") << size;
    EXPECT_EQ(said_of("sample.size", "1, 2, 3"), "sample.size: must have at most 2 values, has 3.");
    EXPECT_TRUE(said_of("sample.size", "500").ends_with("is 500. The nearest is 504."));
}

// To look at a run in another way must not keep it from going on.
TEST(SampleSection, AllOfItMayBeAnotherWhenARunIsResumed) {
    Job before = good_job(), after = before;
    after.sample = {.prompts = {{.text = "a", .negative = "b", .seed = 3}},
                    .every_steps = 10,
                    .at_start = true,
                    .at_end = false,
                    .steps = 5,
                    .cfg = 2,
                    .sampler = SamplerKind::Euler,
                    .size = {512}};
    EXPECT_EQ(difference(before, after, Effect::Record).size(),
              10U);  // seven settings and the three of a prompt
    EXPECT_TRUE(difference(before, after, Effect::Results).empty());
}

TEST(SampleSection, WordsOfSdScriptsForSamplersAreAnsweredWithOurs) {
    for (const auto& [theirs, ours] : {std::pair{"k_euler", "euler"}, {"k_euler_a", "euler_a"}}) {
        const auto said = said_of("sample.sampler", theirs);
        EXPECT_TRUE(said.ends_with(std::string("here it is \"") + ours + "\".")) << said;
    }
    EXPECT_EQ(said_of("sample.sampler", "ddim"), "");
    EXPECT_EQ(led_to("sample_every_n_steps"), "sample.every_steps");
    EXPECT_EQ(led_to("sample_prompts"), "[[sample.prompts]]");
}

}  // namespace lorikeet::settings
