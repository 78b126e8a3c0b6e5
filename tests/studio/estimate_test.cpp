#include "studio/estimate.hpp"

#include <gtest/gtest.h>

#include "io/safetensors.hpp"
#include "support/tiny.hpp"

namespace lorikeet::studio {
namespace {

// The header of a checkpoint with one transformer layer, one text layer and what takes no adapter.
base::Path save_sketch() {
    const auto file = std::filesystem::temp_directory_path() / "lorikeet-estimate-test.safetensors";
    static const std::vector<std::byte> zeros(4096);
    const auto tensor = [](std::string name, std::vector<std::int64_t> shape) {
        std::size_t bytes = 2;
        for (const auto side : shape) bytes *= static_cast<std::size_t>(side);
        return io::TensorToWrite{std::move(name), io::DType::F16, std::move(shape),
                                 std::span(zeros).first(bytes)};
    };
    const std::string block = "model.diffusion_model.input_blocks.1.1.";
    io::write_safetensors(
        file,
        {tensor(block + "proj_in.weight", {8, 8, 1, 1}), tensor(block + "norm.weight", {8}),
         tensor(block + "transformer_blocks.0.norm1.weight", {8}),
         tensor(block + "transformer_blocks.0.attn2.to_k.weight", {8, 4}),
         tensor("model.diffusion_model.input_blocks.1.0.in_layers.2.weight", {8, 8, 3, 3}),
         tensor("cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.weight", {16, 4}),
         tensor("cond_stage_model.transformer.text_model.embeddings.token_embedding.weight", {9, 4}),
         tensor("first_stage_model.encoder.mid.attn_1.q.weight", {4, 4, 1, 1})},
        {});
    return file;
}

settings::Job job_of_rank_16() {
    settings::Job job;
    job.data.resolution = {512};
    job.adapter.rank = 16;
    return job;
}

}  // namespace

TEST(AdapterSize, CountsLinearAndOneByOneTargetsOnly) {
    const auto file = save_sketch();
    settings::Adapter adapter;
    const auto both = adapter_size(file, adapter);
    EXPECT_EQ(both.modules, 3);
    EXPECT_EQ(both.weights_per_rank, (8 + 8) + (8 + 4) + (16 + 4));
    adapter.train_text = false;
    EXPECT_EQ(adapter_size(file, adapter).modules, 2);
    adapter.train_unet = false;
    EXPECT_EQ(adapter_size(file, adapter).modules, 0);
    std::filesystem::remove(file);
}

TEST(AdapterSize, OfSdxlCountsWhatOpenClipKeepsInOneTensorThrice) {
    settings::Adapter adapter;
    EXPECT_EQ(adapter_size(support::tiny_sdxl_checkpoint(), adapter).modules,
              (2 + 3) * 6 + 4 * 2 + 8 * 10);  // text layers; projections and transformer blocks of the UNet
    adapter.train_text = false;
    EXPECT_EQ(adapter_size(support::tiny_sdxl_checkpoint(), adapter).modules, 4 * 2 + 8 * 10);
}

TEST(DiskEstimate, CountsFinishedFilesThatAreKept) {
    auto job = job_of_rank_16();
    const RunLength length{
        .images = 4, .images_per_epoch = 40, .steps_per_epoch = 10, .epochs = 10, .steps = 100};
    EXPECT_EQ(estimate_disk(job, {}, length).lora_files, 1u);
    job.output.every_epochs = 2;
    EXPECT_EQ(estimate_disk(job, {}, length).lora_files, 6u);
    job.output.every_steps = 50;
    EXPECT_EQ(estimate_disk(job, {}, length).lora_files, 8u);
    job.output.keep_last = 3;
    EXPECT_EQ(estimate_disk(job, {}, length).lora_files, 4u);
}

TEST(DiskEstimate, GrowsWithRankPrecisionImagesAndPrompts) {
    auto job = job_of_rank_16();
    const AdapterSize size{.modules = 10, .weights_per_rank = 1000};
    const RunLength length{
        .images = 4, .images_per_epoch = 40, .steps_per_epoch = 10, .epochs = 10, .steps = 100};
    const auto before = estimate_disk(job, size, length);
    EXPECT_EQ(before.sample_bytes, 0u);
    job.adapter.rank = 32;
    EXPECT_EQ(estimate_disk(job, size, length).lora_bytes - before.lora_bytes, 16u * 1000 * 2);
    job.adapter.rank = 16;
    job.output.precision = settings::SavePrecision::Float32;
    EXPECT_EQ(estimate_disk(job, size, length).lora_bytes - before.lora_bytes, 16u * 1000 * 2);
    job.sample.prompts.resize(2);
    job.sample.every_steps = 50;
    EXPECT_EQ(estimate_disk(job, size, length).sample_bytes, 3u * 2 * 512 * 512 * 3);
    job.data.cache_latents = false;
    EXPECT_EQ(estimate_disk(job, size, length).cache_bytes, 0u);
    EXPECT_GT(before.cache_bytes, 0u);
}

}  // namespace lorikeet::studio
