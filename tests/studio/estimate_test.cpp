#include "studio/estimate.hpp"

#include <gtest/gtest.h>

#include "support/tiny.hpp"

namespace lorikeet::studio {
namespace {

settings::Job job_of_rank_16() {
    settings::Job job;
    job.data.resolution = {512};
    job.adapter.rank = 16;
    return job;
}

// Of four images, ten times an epoch.
RunLength length_of_100_steps() {
    return {.images = 4,
            .images_per_epoch = 40,
            .training = {.batches_per_epoch = 10, .steps_per_epoch = 10, .total_steps = 100}};
}

}  // namespace

TEST(DiskEstimate, CountsFinishedFilesThatAreKept) {
    auto job = job_of_rank_16();
    const RunLength length = length_of_100_steps();
    EXPECT_EQ(estimate_disk(job, {}, length).lora_files, 1u);
    job.output.every_epochs = 2;
    EXPECT_EQ(estimate_disk(job, {}, length).lora_files, 5u);
    job.output.every_steps = 50;
    EXPECT_EQ(estimate_disk(job, {}, length).lora_files, 6u);
    job.output.keep_last = 3;
    EXPECT_EQ(estimate_disk(job, {}, length).lora_files, 4u);
}

TEST(DiskEstimate, GrowsWithRankPrecisionImagesAndPrompts) {
    auto job = job_of_rank_16();
    const auto size_at = [](std::int64_t rank) {
        return train::AdapterSize{.modules = 10, .numbers = 1000 * rank};
    };
    const auto size = size_at(16);
    const RunLength length = length_of_100_steps();
    const auto before = estimate_disk(job, size, length);
    EXPECT_EQ(before.sample_bytes, 4u * 512 * 512 * 3) << "three on the way, one at the end";
    EXPECT_EQ(estimate_disk(job, size_at(32), length).lora_bytes - before.lora_bytes, 16u * 1000 * 2);
    job.output.precision = settings::SavePrecision::Float32;
    EXPECT_EQ(estimate_disk(job, size, length).lora_bytes - before.lora_bytes, 16u * 1000 * 2);
    job.sample.prompts.resize(2);
    job.sample.every_steps = 50;
    EXPECT_EQ(estimate_disk(job, size, length).sample_bytes, 2u * 2 * 512 * 512 * 3);
    job.data.cache_latents = false;
    EXPECT_EQ(estimate_disk(job, size, length).cache_bytes, 0u);
    EXPECT_GT(before.cache_bytes, 0u);
}

TEST(DiskEstimate, KeptCaptionsAreAsWideAsTheFamilyReadsThem) {
    auto job = job_of_rank_16();
    job.train.precision = settings::Precision::Bfloat16;
    auto length = length_of_100_steps();
    length.kept_texts = 6;
    const auto narrow = estimate_disk(job, {}, length, {}, 768).cache_bytes;
    const auto wide = estimate_disk(job, {}, length, {}, 2048).cache_bytes;
    EXPECT_EQ(wide - narrow, 6u * 77 * (2048 - 768) * 2);
}

}  // namespace lorikeet::studio
