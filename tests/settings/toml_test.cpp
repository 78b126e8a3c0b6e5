#include "settings/toml.hpp"

#include <gtest/gtest.h>

#include "settings/random_job.hpp"

namespace lorikeet::settings {

namespace {

const std::string kSubset = "[[data.subsets]]\nfolder = \"pictures\"\n";

// All problems of a text, one a line.
std::string told(const std::string& text, std::span<const Assignment> then = {}) {
    return base::to_text(read_job(text, "job.toml", then).problems);
}

}  // namespace

TEST(Toml, AFileThatNamesItsPicturesIsAJob) {
    const auto reading = read_job(kSubset, "job.toml");
    EXPECT_EQ(base::to_text(reading.problems), "");
    ASSERT_EQ(reading.job.data.subsets.size(), 1U);
    EXPECT_EQ(reading.job.data.subsets[0].folder, "pictures");
    EXPECT_EQ(reading.job.adapter.rank, Job{}.adapter.rank);
}

TEST(Toml, WhatIsWrittenIsReadBackTheSame) {
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

TEST(Toml, OneReadingFindsEverythingThatIsWrong) {
    const auto text = R"([model]
checkpoint = 5
[optim]
unet_lr = 1e-4
lr = "5e-4"
rule = "adanw"
[adapter]
rank = 16.0
train_unet = false
train_text = false
[train]
batch = 4
presicion = "bf16"
precision = "bf16"
[noise]
min_timestep = 500
max_timestep = 500
[data]
resolution = [512, 100]
[[data.subsets]]
folder = "a"
repeats = 0
[[data.subsets]]
flip = 1
)";
    EXPECT_EQ(told(text), R"(job.toml:2: model.checkpoint wants a text, found the number 5. Put it in quotes.
job.toml:4: optim.unet_lr is not a setting. That is sd-scripts' name; here it is optim.lr.
job.toml:5: optim.lr wants a number, found text "5e-4". Write it without quotes: 5e-4.
job.toml:6: optim.rule wants one of "adamw", found text "adanw". Did you mean "adamw"?
job.toml:8: adapter.rank wants a whole number, found the number 16.0. Write 16.
job.toml:10: adapter.train_unet and adapter.train_text: nothing would be trained; at least one must be on. Set adapter.train_unet = true.
job.toml:12: train.batch is not a setting. It belongs elsewhere: data.batch.
job.toml:13: train.presicion is not a setting. Did you mean precision?
job.toml:14: train.precision wants one of "float32" "bfloat16", found text "bf16". That is sd-scripts' word; here it is "bfloat16".
job.toml:17: noise.min_timestep and noise.max_timestep: the first must be below the second. Set noise.max_timestep = 1000.
job.toml:19: data.resolution must be at least 64 and at most 4096, a multiple of 8, is 100. The nearest is 104.
job.toml:22: data.subsets.0.repeats must be at least 1 and at most 10000, is 0. The nearest is 1.
job.toml:23: data.subsets.1.folder is needed. The folder with the pictures and their captions.
job.toml:24: data.subsets.1.flip wants true or false, found the number 1. Write true or false, without quotes.)");
}

}  // namespace lorikeet::settings
