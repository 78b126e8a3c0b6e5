#include "tensor/recompute.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

namespace lorikeet::tensor {
namespace {

using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

thread_local Recompute current_mode = Recompute::Off;

// What autocast did when the block ran first. The gradient is computed later, perhaps on another thread.
class AutocastState {
  public:
    AutocastState() : keeps_casts_(at::autocast::is_autocast_cache_enabled()) {
        for (std::size_t i = 0; i < kDevices.size(); ++i)
            devices_[i] = {at::autocast::is_autocast_enabled(kDevices[i]),
                           at::autocast::get_autocast_dtype(kDevices[i])};
    }
    void apply() const {
        at::autocast::set_autocast_cache_enabled(keeps_casts_);
        for (std::size_t i = 0; i < kDevices.size(); ++i) {
            at::autocast::set_autocast_enabled(kDevices[i], devices_[i].enabled);
            at::autocast::set_autocast_dtype(kDevices[i], devices_[i].type);
        }
    }

  private:
    struct OfDevice {
        bool enabled = false;
        at::ScalarType type = at::kFloat;
    };
    static constexpr std::array kDevices{at::kCPU, at::kCUDA};
    std::array<OfDevice, kDevices.size()> devices_;
    bool keeps_casts_;
};

// That state again, and what was there before when it goes. Casts that were kept meanwhile are forgotten.
class AutocastAgain {
  public:
    explicit AutocastAgain(const AutocastState& state) {
        state.apply();
        at::autocast::increment_nesting();
    }
    ~AutocastAgain() {
        if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
        before_.apply();
    }
    AutocastAgain(const AutocastAgain&) = delete;
    AutocastAgain& operator=(const AutocastAgain&) = delete;

  private:
    AutocastState before_;
};

// A cast of a weight that was kept without a gradient would be taken by the next layer that wants one.
class NoKeptCasts {
  public:
    NoKeptCasts() : before_(at::autocast::is_autocast_cache_enabled()) {
        at::autocast::set_autocast_cache_enabled(false);
    }
    ~NoKeptCasts() { at::autocast::set_autocast_cache_enabled(before_); }
    NoKeptCasts(const NoKeptCasts&) = delete;
    NoKeptCasts& operator=(const NoKeptCasts&) = delete;

  private:
    bool before_;
};

struct HeldRun : torch::CustomClassHolder {
    HeldRun(BlockRun block, const AutocastState& state) : run(std::move(block)), autocast(state) {}
    BlockRun run;
    AutocastState autocast;
};

struct Block : torch::autograd::Function<Block> {
    static at::Tensor forward(Context* context, at::TensorList inputs, const BlockRun& run) {
        const AutocastState state;
        const NoKeptCasts no_kept_casts;
        const auto result = run(inputs.vec());
        context->save_for_backward(inputs.vec());
        context->saved_data["held"] = c10::IValue::make_capsule(c10::make_intrusive<HeldRun>(run, state));
        return result;
    }

    static Variables backward(Context* context, const Variables& gradients) {
        const auto capsule = context->saved_data["held"].toCapsule();
        const auto& held = static_cast<const HeldRun&>(*capsule);
        auto inputs = context->get_saved_variables();
        for (auto& input : inputs)
            if (input.defined()) input = input.detach().requires_grad_(input.requires_grad());
        compute_again(held, inputs, gradients[0]);
        Variables slopes(inputs.size() + 1);
        for (std::size_t i = 0; i < inputs.size(); ++i)
            if (inputs[i].defined()) slopes[i] = inputs[i].grad();
        return slopes;
    }

    static void compute_again(const HeldRun& held, const Variables& inputs, const at::Tensor& gradient) {
        const at::AutoGradMode with_gradient(true);
        at::Tensor result;
        {
            const AutocastAgain autocast(held.autocast);
            const RecomputeScope plain(Recompute::Off);
            result = held.run(inputs);
        }
        if (result.requires_grad()) result.backward(gradient);
    }
};

bool asks_for_gradient(const at::Tensor& t) { return t.defined() && t.requires_grad(); }

}  // namespace

RecomputeScope::RecomputeScope(Recompute mode) : before_(std::exchange(current_mode, mode)) {}
RecomputeScope::~RecomputeScope() { current_mode = before_; }

at::Tensor run_block(BlockRun run, std::vector<at::Tensor> inputs) {
    const bool has_gradient = at::GradMode::is_enabled() &&
                              std::any_of(inputs.begin(), inputs.end(), asks_for_gradient);
    if (!has_gradient) return run(inputs);
    if (current_mode == Recompute::On) return Block::apply(at::TensorList(inputs), run);
    // An alias, not view_as(): that gives a single image other strides, which ATen no longer takes for channels last.
    for (auto& input : inputs)
        if (asks_for_gradient(input)) input = at::alias(input);
    return run(inputs);
}

}  // namespace lorikeet::tensor
