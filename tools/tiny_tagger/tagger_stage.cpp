#include "tagger_stage.hpp"

#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "example.hpp"
#include "known_tags.hpp"
#include "nn/visitors.hpp"
#include "stage.hpp"
#include "tag/square.hpp"
#include "tensor/precision.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::tiny_tagger {
namespace {

constexpr std::size_t kTaggerReplicas = 2;
constexpr std::size_t kTaggerShare = 32;  // images of a replica: a batch has 64
constexpr std::int64_t kReportEvery = 100;

std::uint64_t seed_at(std::uint64_t step, std::uint64_t index) {
    return tensor::seed_of(tiny_base::kSeed, tensor::Stream::Sample, step, index);
}

struct Batch {
    at::Tensor pixels;  // [B, 3, S, S]
    at::Tensor truth;   // [B, tags]
};

Batch draw_batch(std::uint64_t step, std::size_t replica, std::int64_t side_px) {
    std::vector<io::Image> squares;
    std::vector<at::Tensor> truths;
    for (std::size_t i = 0; i < kTaggerShare; ++i) {
        const auto example = draw_example(seed_at(step, replica * kTaggerShare + i), Look::Varied);
        squares.push_back(square_of(example.image, side_px));
        truths.push_back(truth_of(example.scene));
    }
    return {tag::pixels_of(squares, {}), at::stack(truths)};
}

at::Tensor tagger_loss_of(const tag::ConvNext& network, const Batch& batch) {
    const tensor::Autocast cast(at::kCPU, at::kBFloat16);
    return at::binary_cross_entropy_with_logits(network(batch.pixels), batch.truth);
}

// Each tag starts as likely as it is, or the first hundreds of steps would go into learning that most are rare.
void init_tagger(const tiny_base::Visit& visit) {
    tiny_base::init_weights(visit, tiny_base::kSeed, {"mlp.fc2.weight", "head.fc.weight"});
    constexpr std::int64_t kSteps = 64;
    const auto counts = count_tags(kSteps);
    nn::ChangeWeights likely([&](const std::string& path, const at::Tensor& weight) {
        if (path != "head.fc.bias") return weight;
        const double images = kSteps * static_cast<double>(kTaggerReplicas * kTaggerShare);
        const auto share = (at::tensor(counts).to(at::kDouble) + 1) / (images + 2);
        return at::logit(share).to(at::kFloat);
    });
    visit(likely);
}

}  // namespace

tag::ConvNextSpec tagger_spec() {
    return {.stages = {{32, 2, 128}, {64, 2, 256}, {128, 3, 512}, {160, 1, 640}},
            .patch = 4,
            .kernel = 7,
            .outputs = static_cast<std::int64_t>(known_tags().size()),
            .image_px = 64,
            .has_scale = false};
}

std::vector<std::int64_t> count_tags(std::int64_t steps) {
    std::vector<std::int64_t> counts(known_tags().size());
    auto sum = at::zeros({static_cast<std::int64_t>(counts.size())}, at::kDouble);
    for (std::int64_t step = 0; step < steps; ++step)
        for (std::uint64_t i = 0; i < kTaggerReplicas * kTaggerShare; ++i) {
            tensor::Draws draws(seed_at(static_cast<std::uint64_t>(step), i));
            sum += truth_of(draw_scene(draws));
        }
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] = std::llround(sum[static_cast<std::int64_t>(i)].item<double>());
    return counts;
}

std::vector<double> train_tagger(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel) {
    std::vector<tag::ConvNext> networks(kTaggerReplicas, tag::ConvNext(tagger_spec()));
    std::vector<tiny_base::Visit> visits;
    for (auto& network : networks)
        visits.emplace_back([&network](nn::Visitor& visitor) { network.visit(visitor); });
    init_tagger(visits.front());
    tiny_base::Stage stage(folder / "tagger.safetensors", visits,
                           {.steps = steps, .lr = 1.5e-3, .weight_decay = 0.02, .memory = 0.995});
    const auto side_px = networks.front().facts().image_px;
    base::Stopwatch watch;
    std::vector<double> losses;
    double sum = 0;
    while (!stage.is_done() && !cancel.stop_requested()) {
        losses.push_back(stage.advance([&](std::int64_t step, std::size_t replica) {
            return tagger_loss_of(networks[replica],
                                  draw_batch(static_cast<std::uint64_t>(step), replica, side_px));
        }));
        sum += losses.back();
        if (stage.step() % kReportEvery != 0) continue;
        base::log_info(fmt::format("tagger {}: loss {:.5f}, {:.3f} s a step", stage.step(),
                                   sum / kReportEvery, watch.seconds() / kReportEvery));
        sum = 0;
        watch.restart();
        stage.save();
    }
    stage.save();
    return losses;
}

}  // namespace lorikeet::tiny_tagger
