#include "settings/check.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "settings/good_job.hpp"

namespace lorikeet::settings {

namespace {

// A job for every rule there is, broken in just that.
std::vector<std::pair<std::string, Job>> broken_jobs() {
    std::vector<std::pair<std::string, Job>> jobs;
    const auto add = [&](const std::string& path, const auto& spoil) {
        Job job = good_job();
        spoil(job);
        jobs.emplace_back(path, std::move(job));
    };
    add("data.caption_extensions", [](Job& j) { j.data.caption_extensions = {".txt", "caption"}; });
    add("data.bucket_min", [](Job& j) {
        j.data.resolution = {512, 768};
        j.data.bucket_min = 640;
    });
    add("data.bucket_max", [](Job& j) {
        j.data.resolution = {512, 768};
        j.data.bucket_max = 640;
    });
    add("data.face_crop", [](Job& j) {
        j.data.buckets = j.data.cache_latents = false;
        j.data.face_crop = {4, 2};
    });
    add("data.subsets.0.face_crop", [](Job& j) {
        j.data.buckets = j.data.cache_latents = false;
        j.data.subsets[0].face_crop = {4, 2};
    });
    add("data.random_crop", [](Job& j) { j.data.random_crop = true; });
    add("data.vary_colours", [](Job& j) { j.data.vary_colours = true; });
    add("data.face_crop", [](Job& j) { j.data.buckets = false, j.data.face_crop = {2, 4}; });
    add("data.face_crop", [](Job& j) { j.data.cache_latents = false, j.data.face_crop = {2, 4}; });
    add("data.subsets", [](Job& j) { j.data.subsets[0].random_crop = true; });
    add("data.subsets", [](Job& j) { j.data.cache_latents = false, j.data.subsets[0].face_crop = {2}; });
    add("data.subsets.0.alpha_mask", [](Job& j) {
        j.data.subsets[0].alpha_mask = true;
        j.data.subsets[0].mask_folder = "masks";
    });
    add("data.subsets.0.validation",
        [](Job& j) { j.data.subsets[0].validation = j.data.subsets[0].regularisation = true; });
    add("adapter.train_unet", [](Job& j) { j.adapter.train_unet = j.adapter.train_text = false; });
    add("optim.schedule.warmup", [](Job& j) { j.optim.schedule.warmup = 10.5; });
    add("model.token_padding", [](Job& j) {
        j.model.token_padding = false;
        j.model.max_tokens = 150;
    });
    add("noise.min_timestep", [](Job& j) { j.noise = {.min_timestep = 600, .max_timestep = 600}; });
    for (const std::string& name : {std::string("../elsewhere"), std::string("what?"), std::string("-a"),
                                    std::string("ends."), std::string(121, 'a'), std::string("\u200b")})
        add("output.name", [name](Job& j) { j.output.name = name; });
    add("optim.schedule.warmup", [](Job& j) {
        j.optim.schedule.warmup = 100;
        j.train.steps = 50;
    });
    return jobs;
}

std::size_t rules_in(const Schema& table) {
    std::size_t count = table.rules.size();
    for (const auto& field : table.fields)
        if (field.is_section()) count += rules_in(field.type->schema());
    return count;
}

}  // namespace

TEST(Check, AJobNeedsNothingButImages) {
    EXPECT_EQ(base::to_text(check(good_job())), "");
    EXPECT_EQ(base::to_text(check(Job{})),
              "data.subsets: needs at least one. Add [[data.subsets]] with folder = \"...\".");
}

TEST(Check, EveryRuleFiresAndIsCuredByItsFix) {
    const auto jobs = broken_jobs();
    EXPECT_EQ(jobs.size(), rules_in(schema<Job>()));
    for (const auto& [path, broken] : jobs) {
        const auto problems = check(broken);
        ASSERT_EQ(problems.size(), 1U) << path << "\n" << base::to_text(problems);
        EXPECT_EQ(problems[0].where, path);
        const auto& hint = problems[0].hint;
        const auto equals = hint.find(" = ");
        ASSERT_TRUE(hint.starts_with("Set ") && equals != std::string::npos) << hint;
        Job cured = broken;
        const auto refused =
            apply(cured, hint.substr(4, equals - 4), hint.substr(equals + 3, hint.size() - equals - 4));
        EXPECT_FALSE(refused) << hint;
        EXPECT_EQ(base::to_text(check(cured)), "") << hint;
    }
}

TEST(Check, TellsEverythingOutOfRangeAtOnce) {
    Job job = good_job();
    job.optim.lr = 0;
    job.optim.adamw.betas = {0.9};
    job.data.resolution = {512, 513};
    job.sample.prompts.resize(1);
    job.noise.offset = std::nan("");
    EXPECT_EQ(base::to_text(check(job)),
              "data.resolution: must be at least 64 and at most 4096, a multiple of 8, is 513. The nearest "
              "is 512.\n"
              "optim.lr: must be above 0 and at most 10, is 0.\n"
              "optim.adamw.betas: must have 2 values, has 1.\n"
              "noise.offset: must be a finite number.\n"
              "sample.prompts.0.text: is needed. What the image should show.");
}

TEST(Check, ASettingIsInForceWhenWhatItNeedsIsSaid) {
    Job job = good_job();
    EXPECT_TRUE(in_force(job, "data.kohya_latents"));
    job.data.cache_latents = false;
    EXPECT_FALSE(in_force(job, "data.kohya_latents"));
    EXPECT_TRUE(in_force(job, "optim.text_lr"));
    job.adapter.train_text = false;
    EXPECT_FALSE(in_force(job, "optim.text_lr"));
    EXPECT_TRUE(in_force(job, "optim.adamw.eps"));
}

TEST(Difference, NamesWhatChangedAndWhatItAlters) {
    Job before = good_job();
    before.optim.lr = 5e-4;
    before.optim.text_lr = 1e-4;
    Job after = before;
    after.optim.lr = 1e-3;
    after.optim.text_lr.reset();
    after.data.workers = 3;
    after.output.comment = "again";
    after.data.subsets.resize(2);
    after.data.subsets[1].folder = "more";
    EXPECT_TRUE(difference(before, before).empty());
    const auto results = difference(before, after, Effect::Results);
    ASSERT_EQ(results.size(), 28U);  // two, and the 26 of a subset
    EXPECT_EQ(results[0].path, "optim.lr");
    EXPECT_EQ(results[0].before, "0.0005");
    EXPECT_EQ(results[0].after, "0.001");
    EXPECT_EQ(results[1].after, "\"unset\"");
    EXPECT_EQ(results[2].path, "data.subsets.1.folder");
    EXPECT_EQ(results[2].before, "");
    ASSERT_EQ(difference(before, after, Effect::Speed).size(), 1U);
    EXPECT_EQ(difference(before, after, Effect::Speed)[0].path, "data.workers");
    ASSERT_EQ(difference(before, after, Effect::Record).size(), 1U);
    EXPECT_EQ(difference(before, after, Effect::Record)[0].path, "output.comment");
}

}  // namespace lorikeet::settings
