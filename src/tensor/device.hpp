// Where tensors live, what memory is there, and how many threads compute.
#pragma once

#include <cstdint>
#include <string_view>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

// "auto", "cpu" or "cuda"; the first GPU that this process may use (CUDA_VISIBLE_DEVICES chooses another).
// Throws Error{Unsupported} with cause and remedy when asked for a device that cannot be used.
at::Device pick_device(std::string_view wanted);

// Of a GPU's memory; the processor's is counted elsewhere (base/clock), and here it is all 0.
struct DeviceMemory {
    std::uint64_t free_bytes = 0;  // for any process
    std::uint64_t total_bytes = 0;
};
DeviceMemory memory_of(at::Device device);
struct TensorMemory {
    std::uint64_t used_bytes = 0;  // by tensors of this process
    std::uint64_t peak_bytes = 0;  // the most of them since forget_peak()
};
TensorMemory memory_of_tensors(at::Device device);
void forget_peak(at::Device device);
// Gives back to the driver, or on the processor to the system, what no tensor uses.
void release_unused(at::Device device);

// Whether float32 products may be rounded to TF32 on a GPU. The processor does not know it.
void allow_tf32(bool allowed);

// 0 means one thread for each processor this process may use.
void set_threads(int threads);

}  // namespace lorikeet::tensor
