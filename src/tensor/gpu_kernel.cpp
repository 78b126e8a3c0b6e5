#include "tensor/gpu_kernel.hpp"

#include <algorithm>
#include <vector>

#include <c10/core/impl/VirtualGuardImpl.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "tensor/cuda.hpp"
#include "tensor/rehearsal.hpp"

namespace lorikeet::tensor {
namespace {

// bfloat16 as its bits: one widened, two narrowed (to the nearest, ties to even), eight read or written at once.
constexpr const char* kPrelude = R"cuda(
typedef unsigned short bits16;
typedef unsigned int bits32;
__device__ __forceinline__ float wide(bits16 b) { return __uint_as_float((bits32)b << 16); }
__device__ __forceinline__ bits32 narrow_one(float f) {
    const bits32 u = __float_as_uint(f);
    if ((u & 0x7fffffffu) > 0x7f800000u) return 0x7fc0u;
    return (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
}
__device__ __forceinline__ bits32 narrow(float low, float high) {
#if __CUDA_ARCH__ >= 800
    bits32 both;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(both) : "f"(high), "f"(low));
    return both;
#else
    return narrow_one(low) | narrow_one(high) << 16;
#endif
}
__device__ __forceinline__ void widen(const uint4& eight, float* out) {
    const bits32 words[4] = {eight.x, eight.y, eight.z, eight.w};
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        out[2 * i] = __uint_as_float(words[i] << 16);
        out[2 * i + 1] = __uint_as_float(words[i] & 0xffff0000u);
    }
}
__device__ __forceinline__ uint4 narrow(const float* eight) {
    return make_uint4(narrow(eight[0], eight[1]), narrow(eight[2], eight[3]), narrow(eight[4], eight[5]),
                      narrow(eight[6], eight[7]));
}
)cuda";

// A function of a library that was opened while the program runs; -1 where it is not there.
template <class... Arguments>
int call(void* library, const char* name, Arguments... arguments) {
    const auto function = reinterpret_cast<int (*)(Arguments...)>(::dlsym(library, name));
    return function ? function(arguments...) : -1;
}

void* driver() {
    static void* library = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    return library;
}

// LibTorch may not have called the driver on this thread yet (one of autograd's, say, whose memory came from the cache): the
// card's one context, which LibTorch computes in, is made the thread's own then.
void ensure_context(int card) {
    void* context = nullptr;
    if (call(driver(), "cuCtxGetCurrent", &context) == 0 && context != nullptr) return;
    int device = 0;
    if (call(driver(), "cuDeviceGet", &device, card) != 0) return;
    if (call(driver(), "cuDevicePrimaryCtxRetain", &context, device) != 0) return;
    call(driver(), "cuCtxSetCurrent", context);
}

// LibTorch's door to NVRTC: it knows where that lies.
void* translator() {
    static void* library = ::dlopen(cuda_library_path("libcaffe2_nvrtc.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    return library;
}

struct Translated {
    std::vector<char> code;
    std::string trouble;
};

// NVRTC's own words, of which the first line says what is wrong.
std::string log_of(void* program) {
    std::size_t size = 0;
    call(translator(), "nvrtcGetProgramLogSize", program, &size);
    std::string log(size, '\0');
    if (size > 0) call(translator(), "nvrtcGetProgramLog", program, log.data());
    return log.substr(0, log.find('\n'));
}

Translated translate_for(const std::string& source, int capability) {
    Translated result;
    void* program = nullptr;
    const char** none = nullptr;
    if (call(translator(), "nvrtcCreateProgram", &program, source.c_str(), "lorikeet.cu", 0, none, none) != 0)
        return {{}, "NVRTC does not start"};
    const auto card = fmt::format("--gpu-architecture=sm_{}", capability);
    std::array<const char*, 2> options{card.c_str(), "--std=c++17"};
    std::size_t size = 0;
    if (call(translator(), "nvrtcCompileProgram", program, static_cast<int>(options.size()),
             options.data()) != 0)
        result.trouble = fmt::format("NVRTC refuses them ({})", log_of(program));
    else if (call(translator(), "nvrtcGetCUBINSize", program, &size) != 0 || size == 0)
        result.trouble = "NVRTC gives no machine code";
    else {
        result.code.resize(size);
        call(translator(), "nvrtcGetCUBIN", program, result.code.data());
    }
    call(translator(), "nvrtcDestroyProgram", &program);
    return result;
}

}  // namespace

bool GpuKernels::ready(at::Device device) {
    if (!device.is_cuda()) return false;
    const std::lock_guard lock(mutex_);
    if (!tried_) {
        ensure_context(std::max<int>(device.index(), 0));
        translate();
    }
    return module_ != nullptr;
}

std::string GpuKernels::why() const {
    const std::lock_guard lock(mutex_);
    return why_;
}

void GpuKernels::translate() {
    tried_ = true;
    if (!translator()) {
        why_ = "LibTorch's libcaffe2_nvrtc.so cannot be opened";
        return;
    }
    const auto made = translate_for(std::string(kPrelude) + source_, cuda_facts().capability);
    why_ = made.trouble;
    if (made.code.empty()) return;
    const int result =
        call(driver(), "cuModuleLoadData", &module_, static_cast<const void*>(made.code.data()));
    if (result == 0) return;
    module_ = nullptr;
    why_ = fmt::format("the driver refuses them (its error {})", result);
}

void* GpuKernels::find(const char* name) {
    const std::lock_guard lock(mutex_);
    auto& kernel = found_[name];
    if (!kernel) call(driver(), "cuModuleGetFunction", &kernel, module_, name);
    base::expects(kernel != nullptr, "a kernel that is launched is in the text");
    return kernel;
}

void GpuKernels::launch_with(const char* name, const Grid& grid, void** arguments) {
    const c10::impl::VirtualGuardImpl cuda(at::kCUDA);
    const auto device = cuda.getDevice();
    ensure_context(device.index());
    void* stream = cuda.getStream(device).native_handle();
    void** extra = nullptr;
    const int result = call(driver(), "cuLaunchKernel", find(name), grid.x, grid.y, 1U, grid.threads, 1U, 1U,
                            grid.shared_bytes, stream, arguments, extra);
    if (result != 0)
        base::fail(
            base::ErrorCode::Internal,
            fmt::format("The GPU's driver does not start the kernel {} (its error {}).", name, result));
}

bool counts_as_gpu(const at::Tensor& x) { return x.is_cuda() || (x.is_meta() && Rehearsal::is_for_gpu()); }

}  // namespace lorikeet::tensor
