#include "settings/assign.hpp"

#include <gtest/gtest.h>

#include "settings/check.hpp"
#include "settings/random_job.hpp"

namespace lorikeet::settings {

namespace {

std::string refused(Job& job, const std::string& path, const std::string& text) {
    const auto problem = apply(job, path, text);
    return problem ? base::to_text({*problem}) : "";
}

}  // namespace

TEST(Apply, TakesValuesAsTheyAreTyped) {
    Job job;
    EXPECT_EQ(refused(job, "optim.lr", "1e-4"), "");
    EXPECT_EQ(refused(job, "optim.text_lr", "unset"), "");
    EXPECT_EQ(refused(job, "adapter.train_text", "off"), "");
    EXPECT_EQ(refused(job, "data.resolution", "512, 768"), "");
    EXPECT_EQ(refused(job, "data.caption_extensions", "[\".a,b\", \".txt\"]"), "");
    EXPECT_EQ(refused(job, "sample.size", ""), "");
    EXPECT_EQ(refused(job, "train.precision", "float32"), "");
    EXPECT_EQ(refused(job, "output.comment", "\"quoted\" = as it is"), "");
    EXPECT_EQ(job.optim.lr, 1e-4);
    EXPECT_FALSE(job.optim.text_lr);
    EXPECT_FALSE(job.adapter.train_text);
    EXPECT_EQ(job.data.resolution, (std::vector<std::int64_t>{512, 768}));
    EXPECT_EQ(job.data.caption_extensions, (std::vector<std::string>{".a,b", ".txt"}));
    EXPECT_EQ(job.train.precision, Precision::Float32);
    EXPECT_EQ(job.output.comment, "\"quoted\" = as it is");
}

TEST(Apply, ADecimalCommaIsAPoint) {
    Job job;
    EXPECT_EQ(refused(job, "adapter.dropout", " 0,5 "), "");
    EXPECT_EQ(job.adapter.dropout, 0.5);
    EXPECT_EQ(refused(job, "optim.lr", "0,0005"), "");
    EXPECT_EQ(job.optim.lr, 0.0005);
    EXPECT_EQ(refused(job, "optim.lr", "0,001"), "") << "nobody writes a thousand so";
    EXPECT_EQ(job.optim.lr, 0.001);
    EXPECT_EQ(refused(job, "optim.adamw.betas", "0,9; 0,99"), "");
    EXPECT_EQ(job.optim.adamw.betas, (std::vector<double>{0.9, 0.99}));
    EXPECT_EQ(refused(job, "optim.adamw.betas", "0,8, 0,95"), "");
    EXPECT_EQ(job.optim.adamw.betas, (std::vector<double>{0.8, 0.95}));
    EXPECT_NE(refused(job, "optim.adamw.betas", "0,9,0,99"), "") << "which comma parts them?";
    EXPECT_NE(refused(job, "optim.adamw.betas", "0,0"), "") << "one number or two?";
    EXPECT_EQ(job.optim.adamw.betas, (std::vector<double>{0.8, 0.95}));
    EXPECT_EQ(refused(job, "data.resolution", "512,768"), "");
    EXPECT_EQ(job.data.resolution, (std::vector<std::int64_t>{512, 768}));
    EXPECT_EQ(refused(job, "data.resolution", "640; 512"), "");
    EXPECT_EQ(job.data.resolution, (std::vector<std::int64_t>{640, 512}));
    EXPECT_NE(refused(job, "train.accumulate", "2,5"), "");
}

TEST(Apply, AddsAnElementBehindTheLast) {
    Job job;
    EXPECT_EQ(refused(job, "data.subsets.0.folder", "a"), "");
    EXPECT_EQ(refused(job, "data.subsets.1.folder", "b"), "");
    EXPECT_EQ(refused(job, "data.subsets.0.repeats", "3"), "");
    ASSERT_EQ(job.data.subsets.size(), 2U);
    EXPECT_EQ(job.data.subsets[0].repeats, 3);
    EXPECT_EQ(job.data.subsets[1].folder, "b");
}

TEST(Apply, SaysWhyAndChangesNothing) {
    Job job;
    const std::vector<std::array<std::string, 3>> cases = {
        {"optim.lr", "fast", "optim.lr: wants a number, found text \"fast\"."},
        {"optim.lr", "0", "optim.lr: must be above 0 and at most 10, is 0."},
        {"optim.lr", "nan", "optim.lr: must be a finite number."},
        {"adapter.rank", "16.0", "adapter.rank: wants a whole number, found the number 16.0. Write 16."},
        {"adapter.dropout", "1,200",
         "adapter.dropout: wants a number, found text \"1,200\". Write decimals with a point and thousands "
         "without a mark, as in 0.5 or 1200."},
        {"train.accumulate", "unset",
         "train.accumulate: wants a whole number, found text \"unset\". Only a setting that may be left open "
         "can "
         "be "
         "unset."},
        {"adapter.rnak", "4", "adapter.rnak: is not a setting. Did you mean rank?"},
        {"network_dim", "4",
         "network_dim: is not a setting. That is sd-scripts' name; here it is adapter.rank."},
        {"network_train_unet_only", "1",
         "network_train_unet_only: is not a setting. That is sd-scripts' name; here it is adapter.train_text "
         "= "
         "false."},
        {"optim", "x",
         "optim: is a section, not a setting. It has: rule, lr, text_lr, adamw, schedule, max_grad_norm."},
        {"optim.lr.x", "1",
         "optim.lr.x: is not a setting. [optim] has: rule, lr, text_lr, adamw, schedule, max_grad_norm."},
        {"data.subsets.1.folder", "x",
         "data.subsets.1.folder: data.subsets has 0 elements; \"1\" is none of them. Begin with "
         "data.subsets.0."},
        {"data.subsets.0.repeats", "0",
         "data.subsets.0.repeats: must be at least 1 and at most 10000, is 0. The nearest is 1."},
        {"train.precision", "fp8",
         "train.precision: wants one of \"auto\" \"float32\" \"bfloat16\" \"float16\", found text \"fp8\"."},
        {"data.resolution", "512,",
         "data.resolution: wants a list of whole numbers, found text \"512,\". Write it "
         "as in [512, 768]."},
        {"train.steps", "1.000",
         "train.steps: wants a whole number, found the number 1.0. Write 1000 for thousands, or 1."},
        {"train.steps", "1.200.000",
         "train.steps: wants a whole number, found text \"1.200.000\". Write 1200000 for thousands."},
        {"train.steps", "0.500", "train.steps: wants a whole number, found the number 0.5."},
    };
    for (const auto& [path, text, told] : cases) {
        EXPECT_EQ(refused(job, path, text), told);
        EXPECT_TRUE(difference(Job{}, job).empty()) << path;
    }
}

TEST(Apply, EverySettingCanBeSaidAsItIsWritten) {
    for (unsigned seed = 100; seed < 110; ++seed) {
        const Job drawn = test::RandomJob(seed).draw();
        Job job;
        for (const auto& leaf : leaves(schema<Job>(), &drawn)) {
            const auto value = leaf.get();
            const auto* plain = std::get_if<std::string>(&value);
            auto text = plain != nullptr ? *plain : to_text(value);
            if (std::holds_alternative<std::monostate>(value)) text = "unset";
            EXPECT_EQ(refused(job, leaf.path, text), "") << "seed " << seed;
        }
        for (const auto& change : difference(drawn, job))
            ADD_FAILURE() << "seed " << seed << " " << change.path << ": " << change.before << " became "
                          << change.after;
    }
}

TEST(Apply, ANumberThatCannotBeKeptIsAnsweredWithItsReason) {
    for (const auto& [path, text, part] :
         {std::tuple{"optim.lr", "1e-400", "wants a number; 1e-400 is nearer to zero"},
          {"optim.lr", "1e400", "1e400 is larger than any number"},
          {"optim.lr", "nan", "must be a finite number"},
          {"train.steps", "1e-400", "wants a whole number; 1e-400 is nearer to zero"},
          {"train.steps", "0x10", "is not in decimal notation"},
          {"train.steps", "1_000", "write 1000"},
          {"train.steps", "\u0661\u0662", "other digits than 0 to 9"}}) {
        Job job;
        const auto problem = apply(job, path, text);
        ASSERT_TRUE(problem) << text;
        EXPECT_NE((problem->what + problem->hint).find(part), std::string::npos)
            << problem->what << problem->hint;
        EXPECT_EQ(problem->hint.find("quotes"), std::string::npos) << problem->hint;
    }
}

TEST(Apply, AnAddressOfTheWebIsNoPath) {
    for (const auto* path :
         {"model.checkpoint", "model.vae", "adapter.start_from", "output.folder", "data.cache_folder"}) {
        Job job;
        const auto problem = apply(job, path, "https://example.org/a");
        ASSERT_TRUE(problem) << path;
        EXPECT_EQ(problem->what, "is an address on the web.");
    }
    Job job;
    EXPECT_FALSE(apply(job, "output.comment", "https://example.org/a"));
}

}  // namespace lorikeet::settings
