#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "settings/good_job.hpp"
#include "settings/random_job.hpp"
#include "settings/toml.hpp"

namespace lorikeet::settings {
namespace {

bool has_line(const std::string& text, const std::string& line) {
    return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST(TomlWrite, WhatIsWrittenIsReadBackTheSame) {
    for (unsigned seed = 0; seed < 50; ++seed) {
        const auto job = test::RandomJob(seed).draw();
        for (const auto comments : {Comments::None, Comments::Full}) {
            const auto text = write_job(job, comments);
            const auto reading = read_job(text, "job.toml");
            ASSERT_EQ(base::to_text(reading.problems), "") << "seed " << seed << "\n" << text;
            for (const auto& change : difference(job, reading.job))
                ADD_FAILURE() << "seed " << seed << ": " << change.path << ": " << change.before << " became "
                              << change.after;
            ASSERT_EQ(write_job(reading.job, comments), text) << "seed " << seed;
        }
    }
}

TEST(TomlWrite, WhatIsNotInForceIsLeftOutUnlessChanged) {
    Job job = good_job();
    EXPECT_NE(write_job(job).find("bucket_min"), std::string::npos);
    job.data.buckets = false;
    EXPECT_EQ(write_job(job).find("bucket_min"), std::string::npos);
    job.data.bucket_min = 512;
    EXPECT_NE(write_job(job).find("bucket_min = 512"), std::string::npos);
}

TEST(TomlWrite, NumbersHaveTheFewestDigitsThatGiveThemBack) {
    EXPECT_EQ(to_text(0.1), "0.1");
    EXPECT_EQ(to_text(1e-4), "0.0001");
    EXPECT_EQ(to_text(5.0), "5.0");  // a whole number would be another kind
    EXPECT_EQ(to_text(1.0 / 3), "0.3333333333333333");
    EXPECT_EQ(to_text(1e300), "1e+300");
    EXPECT_EQ(to_text(-0.5), "-0.5");
    EXPECT_EQ(to_text(std::int64_t{9007199254740991}), "9007199254740991");
    EXPECT_EQ(to_text(std::numeric_limits<double>::infinity()), "inf");
    EXPECT_EQ(to_text(-std::numeric_limits<double>::infinity()), "-inf");
    EXPECT_EQ(to_text(std::nan("")), "nan");
}

TEST(TomlWrite, TextsAreQuotedAndWhatCannotBeSeenIsEscaped) {
    EXPECT_EQ(to_text(std::string("a \"b\" \\ c")), R"("a \"b\" \\ c")");
    EXPECT_EQ(to_text(std::string("1\n2\r\t")), R"("1\n2\r\t")");
    EXPECT_EQ(to_text(std::string("\x01\x1b\x7f")), R"("\u0001\u001B\u007F")");
    EXPECT_EQ(to_text(std::string("鸚鵡")), "\"鸚鵡\"");
}

TEST(TomlWrite, OtherKindsAreWrittenAsTomlHasThem) {
    EXPECT_EQ(to_text(true), "true");
    EXPECT_EQ(to_text(Value()), "\"unset\"");
    EXPECT_EQ(to_text(std::vector<std::int64_t>{512, 768}), "[512, 768]");
    EXPECT_EQ(to_text(std::vector<double>{0.9, 1}), "[0.9, 1.0]");
    EXPECT_EQ(to_text(std::vector<std::string>{".txt", "a\"b"}), R"([".txt", "a\"b"])");
    EXPECT_EQ(to_text(std::vector<std::string>{}), "[]");
}

// Sections in the order of the job, one empty line between them, and none of a list that is empty.
TEST(TomlWrite, SectionsStandApartUnderTheirHeads) {
    Job job = good_job();
    job.data.subsets.resize(2);
    job.data.subsets[1].folder = "more";
    const auto text = write_job(job);
    EXPECT_TRUE(text.starts_with("[model]\ncheckpoint = \"tiny\"\n")) << text;
    EXPECT_EQ(text.find("[[sample.prompts]]"), std::string::npos);
    std::size_t at = 0;
    for (const auto* head : {"[data]", "[[data.subsets]]\nfolder = \"images\"",
                             "[[data.subsets]]\nfolder = \"more\"", "[adapter]", "[optim]", "[optim.adamw]",
                             "[optim.schedule]", "[noise]", "[loss]", "[train]", "[sample]", "[output]"}) {
        const auto next = text.find(std::string("\n\n") + head + "\n", at);
        ASSERT_NE(next, std::string::npos) << head << "\n" << text;
        at = next;
    }
    EXPECT_EQ(("\n" + text).find("\n#"), std::string::npos)
        << "only what unset means is said, beside its line";
    EXPECT_TRUE(has_line(text, "lr = \"unset\"  # chosen for the model"));
}

TEST(TomlWrite, InFullEverySettingHasItsSentenceRangeAndChoices) {
    const auto text = write_job(good_job(), Comments::Full);
    EXPECT_TRUE(text.starts_with("# All settings of a training run.\n")) << text.substr(0, 80);
    for (const auto* lines :
         {"# The optimizer and its learning rates.\n[optim]",
          "# The learning rate of the U-Net: how much each step changes the LoRA. (above 0 and at most 10)",
          "#   higher: learns faster; too high ruins images\n#   lower: learns slower; too low learns "
          "nothing\n"
          "#   \"unset\": chosen for the model\nlr = \"unset\"  # chosen for the model",
          "#   \"cosine\": Falls to 0 along a cosine: slowly, quickly, slowly.\nshape = \"cosine\""})
        EXPECT_TRUE(has_line(text, lines)) << lines;
    // Also what plays no part at present: whoever reads the example learns that it is there.
    EXPECT_NE(text.find("\nkeep_tokens = 0\n"), std::string::npos);
}

}  // namespace lorikeet::settings
