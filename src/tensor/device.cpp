#include "tensor/device.hpp"

#include <ATen/Parallel.h>
#include <c10/core/CachingDeviceAllocator.h>
#include <malloc.h>

#include "base/error.hpp"
#include "base/workers.hpp"
#include "tensor/cpu_allocator.hpp"
#include "tensor/cuda.hpp"

namespace lorikeet::tensor {

at::Device pick_device(std::string_view wanted) {
    if (wanted == "cpu") return at::Device(at::kCPU);
    const auto& cuda = look_for_cuda();
    if (cuda.found) return at::Device(at::kCUDA, 0);
    if (wanted == "cuda") base::fail(base::ErrorCode::Unsupported, cuda.cause, cuda.remedy);
    return at::Device(at::kCPU);
}

DeviceMemory memory_of(at::Device device) {
    if (!device.is_cuda()) return {};
    auto* allocator = at::getDeviceAllocator(device.type());
    at::empty({1}, device);  // the first tensor of a process wakes the device
    const auto [free, total] = allocator->getMemoryInfo(device.index());
    return {free, total};
}

TensorMemory memory_of_tensors(at::Device device) {
    if (!device.is_cuda()) return {};
    const auto stats = at::getDeviceAllocator(device.type())->getDeviceStats(device.index());
    constexpr auto kAll = static_cast<std::size_t>(at::CachingAllocator::StatType::AGGREGATE);
    const auto& bytes = stats.allocated_bytes[kAll];
    return {static_cast<std::uint64_t>(bytes.current), static_cast<std::uint64_t>(bytes.peak)};
}

void forget_peak(at::Device device) {
    if (device.is_cuda()) at::getDeviceAllocator(device.type())->resetPeakStats(device.index());
}

void release_unused(at::Device device) {
    if (device.is_cpu()) {
        CpuAllocator::instance().give_back();
        ::malloc_trim(0);
    }
    if (device.is_cuda()) at::getDeviceAllocator(device.type())->emptyCache();
}

void allow_tf32(bool allowed) {
    at::globalContext().setAllowTF32CuBLAS(allowed);
    at::globalContext().setAllowTF32CuDNN(allowed);
}

void set_threads(int threads) {
    at::set_num_threads(threads > 0 ? threads : static_cast<int>(base::processor_count()));
}

}  // namespace lorikeet::tensor
