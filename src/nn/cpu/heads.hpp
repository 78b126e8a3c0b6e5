// Attention of one head and its gradients, in bfloat16 by the processor's own instructions.
//
//     P = softmax(scale Q Kᵀ),  O = P V;  given dO, with D = the sum over a row of dO * O:
//     dV = Pᵀ dO,  dS = P * (dO Vᵀ - D) * scale,  dQ = dS K,  dK = dSᵀ Q.
//
// Scores are never kept: the gradient works them out again from the logarithm of each row's sum. The products are those
// of strips.hpp, with keys and values laid into strips for the occasion. Heads of 40 numbers, as Stable Diffusion's
// first level has, cost what they are: nothing is filled up but the results of PV.
//
// Shapes   rows of Q [queries, width] and of K and V [keys, width] lie `step` numbers apart, so heads side by side in
//          one matrix need no copy. width is even, at most kMostWidth.
// Dtype    bfloat16; scores, sums and the logarithms are float32.
#pragma once

#include <cstdint>

namespace lorikeet::nn::heads {

constexpr std::int64_t kMostWidth = 256;

using Bits = std::uint16_t;  // a bfloat16

struct Head {
    const Bits* query = nullptr;
    const Bits* key = nullptr;
    const Bits* value = nullptr;
    Bits* result = nullptr;      // rows `step` apart
    float* logarithm = nullptr;  // [queries]
    std::int64_t queries = 0;
    std::int64_t keys = 0;
    std::int64_t width = 0;
    std::int64_t step = 0;
    float scale = 1;
};

struct Slopes {
    const Bits* result = nullptr;  // dO, rows `step` apart
    Bits* query = nullptr;
    Bits* key = nullptr;
    Bits* value = nullptr;
};

struct Kernel {
    // Bytes of 64 byte aligned memory that the two below work in.
    std::int64_t (*room_for)(const Head& head);
    void (*attend)(const Head& head, char* room);
    // `head` as attend() left it.
    void (*attend_backward)(const Head& head, const Slopes& slopes, char* room);
};

}  // namespace lorikeet::nn::heads
