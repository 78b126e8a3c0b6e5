// Running a computation without its numbers, to know what memory it takes before there is any.
//
// Tensors on the meta device have shape and dtype and no memory. The very code that trains runs on them, autograd
// included, and every tensor that it makes and drops is counted with the bytes it would have. A step of a full-size model takes
// milliseconds so. Of what libraries allocate within one operation, what a convolution takes for itself on this processor is
// counted (ATen is asked which way it would go); the rest is not seen.
//
// ATen has no meta kernels in C++ for convolution, norms, attention and look-up; this room adds them.
#pragma once

#include <cstdint>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

// Counts the meta tensors of this process while it lives; one at a time. Those made before it do not count.
class Rehearsal {
  public:
    // For a GPU, what is done there by kernels of our own (tensor/gpu_kernel) is rehearsed as it is done there.
    explicit Rehearsal(at::Device device = at::kCPU);
    ~Rehearsal();
    Rehearsal(const Rehearsal&) = delete;
    Rehearsal& operator=(const Rehearsal&) = delete;

    std::int64_t now_bytes() const;
    std::int64_t peak_bytes() const;  // the most since forget_peak()
    void forget_peak();

    static bool is_for_gpu();  // whether one is running, and for a GPU
};

}  // namespace lorikeet::tensor
