// Where tensors live and how many threads compute.
#pragma once

#include <string_view>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

// "auto", "cpu" or "cuda". Throws Error{Unsupported} when asked for a device that is not there.
at::Device pick_device(std::string_view wanted);
// 0 means one thread for each processor this process may use.
void set_threads(int threads);

}  // namespace lorikeet::tensor
