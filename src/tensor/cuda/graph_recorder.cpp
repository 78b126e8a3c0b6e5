// The module lorikeet_cuda.so: CUDA graphs, by LibTorch's own classes. It is opened after libtorch_cuda.so and finds what it
// needs there; nothing of it is linked.
#include <ATen/core/CachingHostAllocator.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>

#include "tensor/recorder.hpp"

namespace lorikeet::tensor {
namespace {

class GraphRecording : public Recording {
  public:
    explicit GraphRecording(c10::DeviceIndex device) : device_(device) {}
    void play() override {
        const c10::cuda::CUDAGuard guard(device_);
        graph.replay();
    }
    at::cuda::CUDAGraph graph;

  private:
    c10::DeviceIndex device_;
};

class GraphRecorder : public Recorder {
  public:
    explicit GraphRecorder(c10::DeviceIndex device) : device_(device), pool_(at::cuda::graph_pool_handle()) {}

    std::unique_ptr<Recording> record(const std::function<void()>& work) override {
        const c10::cuda::CUDAGuard guard(device_);
        auto recording = std::make_unique<GraphRecording>(device_);
        // What the plain steps left in the allocator's cache is of no use to a recording, which has memory of its own.
        c10::cuda::device_synchronize();
        c10::cuda::CUDACachingAllocator::emptyCache();
        // The gradient is queued by other threads, whose calls must not be taken for strangers' work.
        recording->graph.capture_begin(pool_, cudaStreamCaptureModeThreadLocal);
        try {
            work();
        } catch (...) {
            try {
                recording->graph.capture_end();
            } catch (...) {
                // What stopped the work is the reason; that a broken recording does not end well is none. LibTorch leaves
                // both allocators on the recording's memory then, and refuses the next one there.
                c10::cuda::CUDACachingAllocator::endAllocateToPool(device_, pool_);
                at::getHostAllocator(at::kCUDA)->end_allocate_to_pool(pool_);
                pool_ = at::cuda::graph_pool_handle();
            }
            throw;
        }
        recording->graph.capture_end();
        return recording;
    }

  private:
    c10::DeviceIndex device_;
    at::cuda::MempoolId_t pool_;
};

}  // namespace
}  // namespace lorikeet::tensor

extern "C" __attribute__((visibility("default"))) lorikeet::tensor::Recorder* lorikeet_make_recorder(
    int version, int device) {
    if (version != lorikeet::tensor::kRecorderVersion) return nullptr;
    return new lorikeet::tensor::GraphRecorder(static_cast<c10::DeviceIndex>(device));
}
