// Gradient checkpointing: a block forgets what it computed within, and computes it again when its gradient is asked for.
//
// The second pass reads the same inputs under the same autocast, and draws depend on their place alone (tensor/rng), so the
// gradients are those of the plain block, bit for bit: of the inputs, and of every leaf that the block uses by itself, an
// adapter's weights above all. Costs a second forward pass; saves all that autograd would keep between the two ends.
//
// Off, inputs are passed in as views, so that gradients of what is used several times within a block are summed in the same
// order in both modes.
// Source   Chen et al. 2016, arXiv:1604.06174.
#pragma once

#include <functional>
#include <vector>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

enum class Recompute { Off, On };

// While it lives, as_block() on this thread does as it says. Off without one.
class RecomputeScope {
  public:
    explicit RecomputeScope(Recompute mode);
    ~RecomputeScope();
    RecomputeScope(const RecomputeScope&) = delete;
    RecomputeScope& operator=(const RecomputeScope&) = delete;

  private:
    Recompute before_;
};

// What a block computes from its inputs. It outlives the gradient of its result, and takes nothing that asks for a gradient
// from outside but leaves; it writes into no input.
using BlockRun = std::function<at::Tensor(const std::vector<at::Tensor>& inputs)>;

// Runs it. A block none of whose inputs asks for a gradient is never computed twice: there is no gradient before it.
// Undefined inputs are passed on as they are.
at::Tensor run_block(BlockRun run, std::vector<at::Tensor> inputs);

// block(first), block(first, second): a layer with one or two inputs.
template <class Block>
at::Tensor as_block(const Block& block, const at::Tensor& first) {
    return run_block([&block](const std::vector<at::Tensor>& in) { return block(in[0]); }, {first});
}
template <class Block>
at::Tensor as_block(const Block& block, const at::Tensor& first, const at::Tensor& second) {
    return run_block([&block](const std::vector<at::Tensor>& in) { return block(in[0], in[1]); },
                     {first, second});
}

}  // namespace lorikeet::tensor
