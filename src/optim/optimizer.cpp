#include "optim/optimizer.hpp"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::optim {
namespace {

bool is_taken(at::ScalarType type, Takes takes) {
    return takes == Takes::Float32 ? type == at::kFloat
                                   : type == at::kFloat || type == at::kBFloat16 || type == at::kHalf;
}

void check(const ParamGroup& group, Takes takes, std::set<std::string>& seen) {
    base::expects(group.names.size() == group.tensors.size(), "a name for every parameter of a group");
    for (std::size_t i = 0; i < group.names.size(); ++i) {
        base::expects(seen.insert(group.names[i]).second, "parameters have names of their own");
        if (!is_taken(group.tensors[i].scalar_type(), takes))
            base::fail(base::ErrorCode::InvalidInput,
                       fmt::format("The parameter {} is {}; only {} can be trained by this optimizer.",
                                   group.names[i], tensor::name_of(group.tensors[i].scalar_type()),
                                   takes == Takes::Float32 ? "float32" : "float32, bfloat16 and float16"),
                       "Load what is trained as float32; train.precision sets what the step computes in.");
    }
}

}  // namespace

Optimizer::Optimizer(std::vector<ParamGroup> groups, Takes takes) : groups_(std::move(groups)) {
    std::set<std::string> seen;
    for (const auto& group : groups_) check(group, takes, seen);
}

void Optimizer::step_queued(const at::Tensor& rates, const at::Tensor& broken) {
    if (broken.item<float>() != 0) return;
    // Groups differ by a fixed factor, so one of them tells the rate of all.
    for (std::size_t i = 0; i < groups_.size(); ++i)
        if (groups_[i].lr != 0)
            return step(rates[static_cast<std::int64_t>(i)].item<double>() / groups_[i].lr);
    step(0);
}

void Optimizer::zero_grad() {
    for (auto& group : groups_)
        for (auto& tensor : group.tensors) tensor.mutable_grad().reset();
}

std::vector<at::Tensor> Optimizer::parameters() const {
    std::vector<at::Tensor> all;
    for (const auto& group : groups_) all.insert(all.end(), group.tensors.begin(), group.tensors.end());
    return all;
}

at::Tensor fitting_state(const tensor::NamedTensors& state, const std::string& name, const at::Tensor& like) {
    const auto found = state.find(name);
    if (found == state.end() || found->second.sizes() != like.sizes() ||
        found->second.scalar_type() != like.scalar_type())
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("The saved state of the optimizer does not hold a fitting {}.", name),
                   "The state belongs to another network; begin a new run instead of resuming this one.");
    return found->second.to(like.options(), /*non_blocking=*/false, /*copy=*/true);
}

}  // namespace lorikeet::optim
