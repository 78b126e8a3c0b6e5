// Kernels of our own for a GPU, where LibTorch would take several of its. They are written in CUDA C++ as text, and NVRTC, which
// comes with LibTorch's CUDA half, translates them for the card at hand when the first is asked for: no CUDA compiler
// and no CUDA header is needed to build the program.
//
// Where they cannot be had (no NVRTC, a driver that refuses them) whoever asks computes with LibTorch's own operators.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include <ATen/ATen.h>

namespace lorikeet::tensor {

struct Grid {
    unsigned x = 1;
    unsigned y = 1;
    unsigned threads = 256;
    unsigned shared_bytes = 0;
};

// One text with some kernels (extern "C") in it. Lives as long as the program.
class GpuKernels {
  public:
    // `source` may use what kKernelPrelude declares.
    explicit GpuKernels(const char* source) : source_(source) {}
    GpuKernels(const GpuKernels&) = delete;
    GpuKernels& operator=(const GpuKernels&) = delete;

    // Translates at the first question. False for the processor, and where why() says it.
    bool ready(at::Device device);
    std::string why() const;

    // Queues one on the current stream of the device that was asked for. Arguments are passed bit by bit: their types are those
    // of the kernel's parameters, pointers are those of the device.
    // Throws   Error{Internal} when the driver refuses it.
    template <class... Arguments>
    void launch(const char* name, const Grid& grid, Arguments... arguments) {
        std::array<void*, sizeof...(Arguments)> places{static_cast<void*>(&arguments)...};
        launch_with(name, grid, places.data());
    }

  private:
    void translate();
    void launch_with(const char* name, const Grid& grid, void** arguments);
    void* find(const char* name);

    const char* source_;
    mutable std::mutex mutex_;
    bool tried_ = false;
    std::string why_;
    void* module_ = nullptr;
    std::map<std::string, void*> found_;
};

// Where x is computed: on a GPU, or, in a rehearsal for one, as if.
bool counts_as_gpu(const at::Tensor& x);

}  // namespace lorikeet::tensor
