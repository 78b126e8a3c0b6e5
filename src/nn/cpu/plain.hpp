// The plain twin of each kernel: the same contract in plain C++ or by ATen, for any processor and as slow as its formula.
//
// No layer computes by them. They say what a kernel has to give: tests hold those of every kind of processor against them, and one
// for another processor begins as a copy.
//
// Dtype    Sums are float32; of what lies between, h and t of a low-rank update are rounded as their dtype says.
#pragma once

#include "nn/cpu/kernels.hpp"

namespace lorikeet::nn::cpu {

// All of them: no null among them.
const Kernels& plain_kernels();

}  // namespace lorikeet::nn::cpu
