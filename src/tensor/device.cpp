#include "tensor/device.hpp"

#include <ATen/Parallel.h>

#include "base/error.hpp"
#include "base/workers.hpp"

namespace lorikeet::tensor {

at::Device pick_device(std::string_view wanted) {
    const bool cuda = at::globalContext().hasCUDA();
    if (wanted == "cuda" && !cuda)
        base::fail(base::ErrorCode::Unsupported, "No CUDA device can be used here.",
                   "Set train.device = \"cpu\", or \"auto\" to take what is there.");
    return wanted == "cpu" || !cuda ? at::Device(at::kCPU) : at::Device(at::kCUDA);
}

void set_threads(int threads) {
    at::set_num_threads(threads > 0 ? threads : static_cast<int>(base::processor_count()));
}

}  // namespace lorikeet::tensor
