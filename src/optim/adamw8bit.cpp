#include "optim/adamw8bit.hpp"

#include <algorithm>
#include <utility>

#include <ATen/core/grad_mode.h>

namespace lorikeet::optim {
namespace {

constexpr auto kBlock = DynamicMap::kBlock;
constexpr std::int64_t kChunk = std::int64_t{1}
                                << 20;  // numbers worked on at once: 4 MB for each intermediate result

bool is_small(const at::Tensor& parameter) { return parameter.numel() < AdamW8bit::kFewest; }

std::int64_t blocks_of(const at::Tensor& parameter) { return (parameter.numel() + kBlock - 1) / kBlock; }

std::vector<ParamGroup> small_ones(std::vector<ParamGroup> groups) {
    for (auto& group : groups) {
        ParamGroup small{group.name, {}, {}, group.lr};
        for (std::size_t i = 0; i < group.tensors.size(); ++i) {
            if (!is_small(group.tensors[i])) continue;
            small.names.push_back(group.names[i]);
            small.tensors.push_back(group.tensors[i]);
        }
        group = std::move(small);
    }
    return groups;
}

// The first numel() numbers of whole blocks, in the shape of the parameter.
at::Tensor part_of(const at::Tensor& blocks, const at::Tensor& parameter) {
    return blocks.flatten().narrow(0, 0, parameter.numel()).view(parameter.sizes());
}

template <class Get>
at::Tensor joined(std::size_t count, const Get& get) {
    std::vector<at::Tensor> all;
    for (std::size_t i = 0; i < count; ++i) all.push_back(get(i));
    return at::cat(all);
}

}  // namespace

AdamW8bit::AdamW8bit(std::vector<ParamGroup> groups, const settings::AdamW& settings)
    : Optimizer(groups), settings_(settings), small_(small_ones(std::move(groups)), settings) {
    const auto all = parameters();
    const auto large = std::find_if_not(all.begin(), all.end(), is_small);
    if (large == all.end()) return;
    signed_map_.emplace(Sign::Signed, large->device());
    unsigned_map_.emplace(Sign::Unsigned, large->device());
}

AdamW8bit::Moments& AdamW8bit::moments_of(const std::string& name, const at::Tensor& parameter) {
    auto& moments = moments_[name];
    if (!moments.steps.defined())
        moments = {signed_map_->zeros(blocks_of(parameter)), unsigned_map_->zeros(blocks_of(parameter)),
                   at::zeros({}, parameter.options())};
    return moments;
}

std::vector<AdamW8bit::Chunk> AdamW8bit::chunks_of(const ParamGroup& group) {
    std::vector<Chunk> chunks;
    for (std::size_t i = 0; i < group.tensors.size(); ++i) {
        const auto& parameter = group.tensors[i];
        if (is_small(parameter) || !parameter.grad().defined()) continue;
        if (chunks.empty() || chunks.back().numbers + parameter.numel() > kChunk) chunks.emplace_back();
        auto& chunk = chunks.back();
        chunk.parameters.push_back(parameter);
        chunk.moments.push_back(&moments_of(group.names[i], parameter));
        chunk.blocks.push_back(blocks_of(parameter));
        chunk.numbers += parameter.numel();
    }
    return chunks;
}

void AdamW8bit::step(double rate) {
    const at::NoGradGuard no_grad;
    small_.step(rate);
    for (const auto& group : groups())
        for (const auto& chunk : chunks_of(group)) step_chunk(chunk, rate * group.lr);
}

void AdamW8bit::step_chunk(const Chunk& chunk, double lr) const {
    const auto count = chunk.parameters.size();
    const auto parts_of = [&](const at::Tensor& all) { return all.split_with_sizes(chunk.blocks); };
    const double beta1 = settings_.betas[0], beta2 = settings_.betas[1];

    const auto g =
        joined(count, [&](std::size_t i) {  // [blocks, 256], the last of each parameter filled with 0
            const auto gradient = chunk.parameters[i].grad().flatten();
            return at::constant_pad_nd(gradient, {0, chunk.blocks[i] * kBlock - gradient.numel()})
                .view({-1, kBlock});
        });
    auto m = signed_map_->read({joined(count, [&](std::size_t i) { return chunk.moments[i]->mean.codes; }),
                                joined(count, [&](std::size_t i) { return chunk.moments[i]->mean.scales; })});
    auto v =
        unsigned_map_->read({joined(count, [&](std::size_t i) { return chunk.moments[i]->square.codes; }),
                             joined(count, [&](std::size_t i) { return chunk.moments[i]->square.scales; })});
    const auto t = joined(count,
                          [&](std::size_t i) {  // [blocks, 1]
                              return chunk.moments[i]->steps.add_(1).expand({chunk.blocks[i], 1});
                          })
                       .to(at::kDouble);
    const auto correction1 = (1 - at::pow(beta1, t)).to(at::kFloat);
    const auto correction2 = (1 - at::pow(beta2, t)).sqrt().to(at::kFloat);

    m.mul_(beta1).add_(g, 1 - beta1);
    v.mul_(beta2).addcmul_(g, g, 1 - beta2);
    const auto step = (m / correction1).div_((v.sqrt() / correction2).add_(settings_.eps));

    const auto steps = parts_of(step);
    for (std::size_t i = 0; i < count; ++i)
        chunk.parameters[i]
            .mul_(1 - lr * settings_.weight_decay)
            .sub_(part_of(steps[i], chunk.parameters[i]), lr);

    const auto mean = signed_map_->quantise(m), square = unsigned_map_->quantise(v);
    const auto mean_codes = parts_of(mean.codes), mean_scales = parts_of(mean.scales);
    const auto square_codes = parts_of(square.codes), square_scales = parts_of(square.scales);
    for (std::size_t i = 0; i < count; ++i) {
        chunk.moments[i]->mean.codes.copy_(mean_codes[i]);
        chunk.moments[i]->mean.scales.copy_(mean_scales[i]);
        chunk.moments[i]->square.codes.copy_(square_codes[i]);
        chunk.moments[i]->square.scales.copy_(square_scales[i]);
    }
}

tensor::NamedTensors AdamW8bit::state() const {
    auto state = small_.state();
    for (const auto& [name, moments] : moments_) {
        state[name + ".exp_avg.codes"] = moments.mean.codes;
        state[name + ".exp_avg.scales"] = moments.mean.scales;
        state[name + ".exp_avg_sq.codes"] = moments.square.codes;
        state[name + ".exp_avg_sq.scales"] = moments.square.scales;
        state[name + ".step"] = moments.steps;
    }
    return state;
}

void AdamW8bit::load_state(const tensor::NamedTensors& state) {
    std::map<std::string, Moments> loaded;
    auto rest = state;  // what is left in the end is AdamW's
    for (const auto& group : groups())
        for (std::size_t i = 0; i < group.names.size(); ++i) {
            const auto& name = group.names[i];
            if (is_small(group.tensors[i]) || !state.contains(name + ".step")) continue;
            const auto blocks = blocks_of(group.tensors[i]);
            const auto taken = [&](const std::string& ending, const at::Tensor& like) {
                rest.erase(name + ending);
                return fitting_state(state, name + ending, like);
            };
            const auto like = signed_map_->zeros(blocks);
            loaded[name] = {
                {taken(".exp_avg.codes", like.codes), taken(".exp_avg.scales", like.scales)},
                {taken(".exp_avg_sq.codes", like.codes), taken(".exp_avg_sq.scales", like.scales)},
                taken(".step", at::zeros({}, group.tensors[i].options()))};
        }
    small_.load_state(rest);
    moments_ = std::move(loaded);
}

std::int64_t AdamW8bit::state_bytes() const {
    constexpr std::int64_t kFloat = sizeof(float);
    auto bytes = small_.state_bytes();
    for (const auto& parameter : parameters())
        if (!is_small(parameter)) bytes += 2 * blocks_of(parameter) * (kBlock + kFloat) + kFloat;
    return bytes;
}

}  // namespace lorikeet::optim
