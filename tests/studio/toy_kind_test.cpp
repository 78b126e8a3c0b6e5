// A kind of adapter that only tests have, where its files are used: planned, looked at, sampled with and merged.
#include "support/toy_kind.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "adapters/lora_file.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "io/image.hpp"
#include "studio/lora_desk.hpp"
#include "studio/model_store.hpp"
#include "studio/sample_desk.hpp"
#include "studio/train_desk.hpp"
#include "support/network_of.hpp"
#include "support/small_job.hpp"
#include "train/recipe.hpp"

namespace lorikeet::studio {
namespace {

class ToyFile {
  public:
    ToyFile() {
        const auto job = small.job();
        auto recipe = train::load_recipe(job);
        train::fit_trainee(recipe, job);
        for (const auto& placed : support::network_of(recipe).modules())
            placed.tensors().at(std::string(support::OutputScale::kScale)).fill_(0.5);
        adapters::save_lora(path, support::network_of(recipe), at::kFloat, {});
        modules = static_cast<std::int64_t>(support::network_of(recipe).modules().size());
    }
    support::ToyKind toy;
    support::SmallJob small;
    base::Path path = small.folder() / "toy.safetensors";
    std::int64_t modules = 0;
};

io::Image generated(const ToyFile& file, double strength, const std::string& name) {
    class Nobody : public base::EventSink {
        void take(const base::Event&) override {}
    } nobody;
    SampleRequest request;
    request.model = support::tiny_checkpoint().string();
    request.prompt = "a bird";
    request.steps = 2;
    request.loras = {{file.path, strength}};
    request.out = file.small.folder() / name;
    return io::read_image(sample(request, base::Cancel(), nobody).front());
}

}  // namespace

TEST(ToyKind, APlanCountsItAndWeighsItsFile) {
    const auto planned = [](const support::SmallJob& small) {
        return plan(small.job(), Existing::Refuse, base::Cancel());
    };
    const auto of_a_lora = planned(support::SmallJob());
    const ToyFile file;
    const auto of_the_toy = planned(file.small);
    EXPECT_TRUE(of_the_toy.problems.empty()) << base::to_text(of_the_toy.problems);
    EXPECT_EQ(of_the_toy.adapters, file.modules);
    EXPECT_EQ(of_the_toy.ranks, " without a rank");
    EXPECT_LT(of_the_toy.disk.lora_bytes, of_a_lora.disk.lora_bytes);
    EXPECT_LT(of_the_toy.disk.state_bytes, of_a_lora.disk.state_bytes);
}

TEST(ToyKind, AFileIsLookedAtInItsOwnWords) {
    const ToyFile file;
    const auto report = inspect(file.path);
    EXPECT_EQ(report.kind, "a toy adapter");
    EXPECT_EQ(report.sentence,
              "This is a toy adapter for Stable Diffusion 1.x: you can generate images with it, merge it and "
              "train it further.");
    ASSERT_EQ(report.lora.size(), 2U);  // U-Net and text encoder
    EXPECT_EQ(report.lora[0].modules + report.lora[1].modules, file.modules);
    EXPECT_TRUE(report.lora[0].ranks.empty());
}

TEST(ToyKind, ImagesAreGeneratedWithItAtAStrength) {
    const ToyFile file;
    const auto without = generated(file, 0, "without.png"), with = generated(file, 1, "with.png");
    EXPECT_NE(without.rgb, with.rgb);
}

TEST(ToyKind, MergingScalesTheRowsOfTheWeight) {
    const ToyFile file;
    const MergeRequest request{
        support::tiny_checkpoint().string(), {{file.path, 2}}, file.small.folder() / "merged.safetensors"};
    const auto report = merge(request);
    EXPECT_EQ(report.layers, file.modules);
    EXPECT_EQ(report.unknown, 0);
    const tensor::WeightFile before(support::tiny_checkpoint()), after(request.out);
    const auto* layer = "model.diffusion_model.input_blocks.1.1.proj_in.weight";
    EXPECT_TRUE(at::allclose(after.get(layer), before.get(layer) * 2));  // 1 + 2 * 0.5
}

}  // namespace lorikeet::studio
