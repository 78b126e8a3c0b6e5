// The processor's own kernels: which there is for which dtype, chosen as the program runs.
//
// All that layers know of this folder. A kernel is a row of functions with one contract, told in the header of its room; each has
// a plain twin of the same contract (plain.hpp), which it is held against on every kind of processor. Where there is none, or where
// ATen is as fast, a layer computes with ATen. What the environment caps (base/processor.hpp) is not given.
//
//     products        weights in strips, and their transposed   strips.hpp      float32: AVX2, AVX-512;  bfloat16: AVX-512 BF16
//     convolution     3 x 3 pixels without a gradient           winograd.hpp    float32: AVX2, AVX-512
//     low rank        what a LoRA adds                          skinny.hpp      float32: AVX2;  bfloat16: AVX-512 BF16
//     attention       of one head                               heads.hpp       bfloat16: AVX-512 BF16
//
// A processor with a matrix unit (AMX) has it used by ATen, many times as fast as ours in bfloat16.
#pragma once

#include <ATen/ATen.h>

#include "base/processor.hpp"
#include "nn/cpu/heads.hpp"
#include "nn/cpu/share.hpp"
#include "nn/cpu/skinny.hpp"
#include "nn/cpu/strips.hpp"
#include "nn/cpu/winograd.hpp"

namespace lorikeet::nn::cpu {

// By what is computed in.
template <class Kernel>
struct ByDtype {
    const Kernel* float32 = nullptr;
    const Kernel* bfloat16 = nullptr;

    const Kernel* in(at::ScalarType dtype) const {
        if (dtype == at::kFloat) return float32;
        return dtype == at::kBFloat16 ? bfloat16 : nullptr;
    }
};

// Those of one kind of processor; null: ATen's are taken.
struct Kernels {
    ByDtype<strips::Kernel> products;
    const winograd::Kernel* convolution = nullptr;
    ByDtype<skinny::Kernel> low_rank;
    const heads::Kernel* attention = nullptr;
};
const Kernels& kernels_for(base::Processor kind);
// Those of the processor that this program computes with.
const Kernels& kernels();

// The kernel for the products of a low-rank update with these rows, [M, side]; null: not with these shapes, or as above.
const skinny::Kernel* low_rank_kernel(const at::Tensor& rows, std::int64_t rank);
// Whether there is one for heads side by side in query [B, T, heads * d], key and value [B, S, heads * d].
bool attends_by_kernel(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                       std::int64_t heads);

}  // namespace lorikeet::nn::cpu
