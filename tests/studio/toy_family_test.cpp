// A family that exists in tests alone, by the use cases: planned, inspected, merged, sampled.
#include "support/toy_family/toy_family.hpp"

#include <gtest/gtest.h>

#include "studio/lora_desk.hpp"
#include "studio/model_scanner.hpp"
#include "studio/model_store.hpp"
#include "studio/sample_desk.hpp"
#include "studio/train_desk.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"

namespace lorikeet::studio {
namespace {

constexpr const char* kToyLayer = "toy.net.out.weight";

base::Path save_toy_lora(const base::Path& folder, const at::Tensor& down, const at::Tensor& up) {
    const auto file = folder / "style.safetensors";
    const std::string name = "lora_unet_toy_net_out.";
    tensor::save_tensors(file, {{name + "lora_down.weight", down},
                                {name + "lora_up.weight", up},
                                {name + "alpha", at::full({}, 2.0)}});
    return file;
}

}  // namespace

TEST(ToyFamilyInStudio, IsPlannedAsTheOthersAre) {
    const support::ToyRegistration toy;
    const support::SmallJob small;
    auto job = small.job();
    job.model.checkpoint = support::toy_checkpoint().string();
    const auto plan = studio::plan(job, Existing::Refuse, {});
    for (const auto& problem : plan.problems) ADD_FAILURE() << problem.what;
    EXPECT_EQ(plan.adapters, 3);
    EXPECT_GT(plan.disk.cache_bytes, 0U);
}

TEST(ToyFamilyInStudio, ItsTextEncoderIsNoFileThatCannotBeUsed) {
    const support::ToyRegistration toy;
    const support::TempFolder folder;
    const auto models = folder.path() / "models";
    std::filesystem::create_directories(models);
    support::save_toy_checkpoint(models);
    ModelScanner scanner;
    const auto look = [&] { return scanner.look(ModelScanner::usual_folders(folder.path()), {}); };
    ASSERT_FALSE(look().bases.empty());
    EXPECT_EQ(look().bases.front().sentence, "A Toy checkpoint.");
    EXPECT_TRUE(look().rejects.empty());
    std::filesystem::remove(models / "toy.safetensors");
    ASSERT_EQ(look().rejects.size(), 1U) << "without its checkpoint it is of no use";
    EXPECT_EQ(look().rejects[0].file.filename(), support::kToyText);
}

TEST(ToyFamilyInStudio, ATextEncoderThatIsMissingIsAProblemOfThePlan) {
    const support::ToyRegistration toy;
    const support::SmallJob small;
    const support::TempFolder folder;
    auto job = small.job();
    job.model.checkpoint = support::save_toy_checkpoint(folder.path()).string();
    std::filesystem::remove(folder.path() / support::kToyText);
    const std::string missing = "The text encoder of toy.safetensors is missing";
    const auto plan = studio::plan(job, Existing::Refuse, {});
    ASSERT_EQ(plan.problems.size(), 1U);
    EXPECT_EQ(plan.problems[0].where, "model.checkpoint");
    EXPECT_NE(plan.problems[0].what.find(missing), std::string::npos) << plan.problems[0].what;
    EXPECT_NE(inspect(job.model.checkpoint).sentence.find(missing), std::string::npos);
}

TEST(ToyFamilyInStudio, ItsFilesAreInspectedMergedAndSampled) {
    const support::ToyRegistration toy;
    const support::TempFolder folder;
    EXPECT_NE(inspect(support::toy_checkpoint()).sentence.find("This is a Toy checkpoint: you can train"),
              std::string::npos);
    const auto down = at::randn({2, support::kToyHidden}), up = at::randn({support::kToyChannels, 2});
    const auto lora = save_toy_lora(folder.path(), down, up);
    EXPECT_NE(inspect(lora).sentence.find("a LoRA for Toy"), std::string::npos) << inspect(lora).sentence;

    const MergeRequest request{
        support::toy_checkpoint().string(), {{lora, 1}}, folder.path() / "merged.safetensors"};
    const auto merged = merge(request);
    EXPECT_EQ(merged.layers, 1);
    ASSERT_EQ(merged.notes.size(), 1U);
    EXPECT_NE(merged.notes[0].find("toy_text.safetensors, which stays as it is"), std::string::npos);
    const tensor::WeightFile before(support::toy_checkpoint()), after(request.out);
    EXPECT_TRUE(at::allclose(after.get(kToyLayer), before.get(kToyLayer) + at::mm(up, down), 1e-5, 1e-6));
    EXPECT_TRUE(at::equal(after.get("toy.net.in.weight"), before.get("toy.net.in.weight")));

    SampleRequest asked;
    asked.model = support::toy_checkpoint().string();
    asked.prompt = "a bird";
    asked.steps = 2;
    asked.loras = {{lora, 1}};
    asked.out = folder.path() / "bird.png";
    support::RunListener listener;
    EXPECT_EQ(sample(asked, {}, listener).size(), 1U);
    EXPECT_TRUE(std::filesystem::exists(asked.out));
}

}  // namespace lorikeet::studio
