#include "nn/group_norm_gpu.hpp"

#include <algorithm>

#include <torch/csrc/autograd/custom_function.h>

#include "tensor/gpu_kernel.hpp"

namespace lorikeet::nn {
namespace {

using Variables = torch::autograd::variable_list;
using Context = torch::autograd::AutogradContext;

constexpr unsigned kNormThreads = 512;
constexpr std::int64_t kNormEight = 8;  // channels that a thread reads at once
constexpr std::int64_t kMostChannels = kNormEight * kNormThreads;
constexpr std::int64_t kBlocks = 264;  // two for each of a large card's processors

// A block takes some pixels of one image, a thread eight channels of every lanes-th of them. Sums of a group are taken of
// what is left of the group's first number, so that a large mean costs no digits; each block leaves two numbers for
// every group, and whoever needs the whole adds them up in the same order.
constexpr const char* kNormSource = R"cuda(
struct Shape { int pixels, channels, groups, chunk, chunks, silu; float eps; };
extern __shared__ float room[];

__device__ __forceinline__ int begin_of(const Shape& s) { return blockIdx.x * s.chunk; }
__device__ __forceinline__ int end_of(const Shape& s) { return min(s.pixels, (int)(blockIdx.x + 1) * s.chunk); }

// Adds up what the threads hold for their channels, and leaves the two sums of each group in `partial`.
__device__ void leave_sums(const Shape& s, const float* first, const float* second, float* partial) {
    const int columns = s.channels / 8, lanes = blockDim.x / columns;
    const int column = threadIdx.x % columns, lane = threadIdx.x / columns;
    if (lane < lanes)
        for (int i = 0; i < 8; ++i) {
            room[lane * s.channels + column * 8 + i] = first[i];
            room[(lanes + lane) * s.channels + column * 8 + i] = second[i];
        }
    __syncthreads();
    const int width = s.channels / s.groups, of_warp = threadIdx.x % 32;
    for (int group = threadIdx.x / 32; group < s.groups; group += blockDim.x / 32) {
        float a = 0, b = 0;
        for (int i = of_warp; i < lanes * width; i += 32) {
            const int place = i / width * s.channels + group * width + i % width;
            a += room[place];
            b += room[lanes * s.channels + place];
        }
        for (int step = 16; step > 0; step /= 2) {
            a += __shfl_xor_sync(0xffffffffu, a, step);
            b += __shfl_xor_sync(0xffffffffu, b, step);
        }
        if (of_warp == 0) {
            float* mine = partial + ((blockIdx.y * s.chunks + blockIdx.x) * s.groups + group) * 2;
            mine[0] = a;
            mine[1] = b;
        }
    }
}

// The two sums of each group over all blocks of this image, into shared memory of two floats for each group.
__device__ void gather_sums(const Shape& s, const float* partial, float* sums) {
    const int of_warp = threadIdx.x % 32;
    for (int group = threadIdx.x / 32; group < s.groups; group += blockDim.x / 32) {
        float a = 0, b = 0;
        for (int i = of_warp; i < s.chunks; i += 32) {
            const float* theirs = partial + ((blockIdx.y * s.chunks + i) * s.groups + group) * 2;
            a += theirs[0];
            b += theirs[1];
        }
        for (int step = 16; step > 0; step /= 2) {
            a += __shfl_xor_sync(0xffffffffu, a, step);
            b += __shfl_xor_sync(0xffffffffu, b, step);
        }
        if (of_warp == 0) sums[2 * group] = a, sums[2 * group + 1] = b;
    }
    __syncthreads();
}

__device__ __forceinline__ float shift_of(const Shape& s, const uint4* x, int group) {
    const bits16* image = (const bits16*)x + (long long)blockIdx.y * s.pixels * s.channels;
    return wide(image[group * (s.channels / s.groups)]);
}

extern "C" __global__ void sums(const uint4* x, float* partial, Shape s) {
    const int columns = s.channels / 8, lanes = blockDim.x / columns, width = s.channels / s.groups;
    const int column = threadIdx.x % columns, lane = threadIdx.x / columns;
    float first[8] = {}, second[8] = {}, shift[8], value[8];
    if (lane < lanes) {
        for (int i = 0; i < 8; ++i) shift[i] = shift_of(s, x, (column * 8 + i) / width);
        for (int p = begin_of(s) + lane; p < end_of(s); p += lanes) {
            widen(x[((long long)blockIdx.y * s.pixels + p) * columns + column], value);
#pragma unroll
            for (int i = 0; i < 8; ++i) {
                const float left = value[i] - shift[i];
                first[i] += left;
                second[i] += left * left;
            }
        }
    }
    leave_sums(s, first, second, partial);
}

extern "C" __global__ void normalise(const uint4* x, const float* partial, const bits16* weight, const bits16* bias,
                                     uint4* result, float* statistics, Shape s) {
    gather_sums(s, partial, room);
    const int columns = s.channels / 8, lanes = blockDim.x / columns, width = s.channels / s.groups;
    const float count = (float)s.pixels * width;
    if ((int)threadIdx.x < s.groups) {
        const float left = room[2 * threadIdx.x] / count;
        const float variance = fmaxf(room[2 * threadIdx.x + 1] / count - left * left, 0.f);
        const float mean = shift_of(s, x, threadIdx.x) + left, scale = rsqrtf(variance + s.eps);
        room[2 * threadIdx.x] = mean;
        room[2 * threadIdx.x + 1] = scale;
        if (blockIdx.x == 0) {
            statistics[(blockIdx.y * s.groups + threadIdx.x) * 2] = mean;
            statistics[(blockIdx.y * s.groups + threadIdx.x) * 2 + 1] = scale;
        }
    }
    __syncthreads();
    const int column = threadIdx.x % columns, lane = threadIdx.x / columns;
    if (lane >= lanes) return;
    float slope[8], offset[8], value[8];
    for (int i = 0; i < 8; ++i) {
        const int channel = column * 8 + i, group = channel / width;
        slope[i] = wide(weight[channel]) * room[2 * group + 1];
        offset[i] = wide(bias[channel]) - slope[i] * room[2 * group];
    }
    for (int p = begin_of(s) + lane; p < end_of(s); p += lanes) {
        const long long place = ((long long)blockIdx.y * s.pixels + p) * columns + column;
        widen(x[place], value);
#pragma unroll
        for (int i = 0; i < 8; ++i) {
            value[i] = slope[i] * value[i] + offset[i];
            if (s.silu) value[i] = value[i] / (1.f + __expf(-value[i]));
        }
        result[place] = narrow(value);
    }
}

// What the normalised number of a channel was, and how the result grows with it.
struct Channel { float mean, scale, weight, bias; };
__device__ __forceinline__ void read_channels(const Shape& s, const float* statistics, const bits16* weight,
                                              const bits16* bias, int column, Channel* eight) {
    const int width = s.channels / s.groups;
    for (int i = 0; i < 8; ++i) {
        const int channel = column * 8 + i;
        const float* group = statistics + (blockIdx.y * s.groups + channel / width) * 2;
        eight[i] = {group[0], group[1], wide(weight[channel]), wide(bias[channel])};
    }
}
__device__ __forceinline__ float slope_of(const Shape& s, const Channel& c, float normal, float slope) {
    if (!s.silu) return slope * c.weight;
    const float sum = normal * c.weight + c.bias, share = 1.f / (1.f + __expf(-sum));
    return slope * share * (1.f + sum * (1.f - share)) * c.weight;
}

extern "C" __global__ void slope_sums(const uint4* x, const uint4* slope, const float* statistics, const bits16* weight,
                                      const bits16* bias, float* partial, Shape s) {
    const int columns = s.channels / 8, lanes = blockDim.x / columns;
    const int column = threadIdx.x % columns, lane = threadIdx.x / columns;
    float first[8] = {}, second[8] = {}, value[8], given[8];
    if (lane < lanes) {
        Channel channels[8];
        read_channels(s, statistics, weight, bias, column, channels);
        for (int p = begin_of(s) + lane; p < end_of(s); p += lanes) {
            const long long place = ((long long)blockIdx.y * s.pixels + p) * columns + column;
            widen(x[place], value);
            widen(slope[place], given);
#pragma unroll
            for (int i = 0; i < 8; ++i) {
                const float normal = (value[i] - channels[i].mean) * channels[i].scale;
                const float inner = slope_of(s, channels[i], normal, given[i]);
                first[i] += inner;
                second[i] += inner * normal;
            }
        }
    }
    leave_sums(s, first, second, partial);
}

extern "C" __global__ void slopes(const uint4* x, const uint4* slope, const float* statistics, const bits16* weight,
                                  const bits16* bias, const float* partial, uint4* result, Shape s) {
    gather_sums(s, partial, room);
    const int columns = s.channels / 8, lanes = blockDim.x / columns, width = s.channels / s.groups;
    const int column = threadIdx.x % columns, lane = threadIdx.x / columns;
    if (lane >= lanes) return;
    const float count = (float)s.pixels * width;
    Channel channels[8];
    read_channels(s, statistics, weight, bias, column, channels);
    float first[8], second[8], value[8], given[8];
    for (int i = 0; i < 8; ++i) {
        const int group = (column * 8 + i) / width;
        first[i] = room[2 * group] / count;
        second[i] = room[2 * group + 1] / count;
    }
    for (int p = begin_of(s) + lane; p < end_of(s); p += lanes) {
        const long long place = ((long long)blockIdx.y * s.pixels + p) * columns + column;
        widen(x[place], value);
        widen(slope[place], given);
#pragma unroll
        for (int i = 0; i < 8; ++i) {
            const float normal = (value[i] - channels[i].mean) * channels[i].scale;
            const float inner = slope_of(s, channels[i], normal, given[i]);
            value[i] = channels[i].scale * (inner - first[i] - normal * second[i]);
        }
        result[place] = narrow(value);
    }
}
)cuda";

tensor::GpuKernels& norm_kernels() {
    static tensor::GpuKernels all(kNormSource);
    return all;
}

// As the kernels have it.
struct Shape {
    int pixels, channels, groups, chunk, chunks, silu;
    float eps;
};

struct Work {
    Shape shape;
    std::int64_t images;
    tensor::Grid grid;
};

Work work_for(const at::Tensor& x, std::int64_t groups, double eps, Then then) {
    const auto images = x.size(0), channels = x.size(1), pixels = x.size(2) * x.size(3);
    const auto lanes = static_cast<std::int64_t>(kNormThreads) / (channels / kNormEight);
    const auto chunks = std::clamp<std::int64_t>(kBlocks / images, 1, (pixels + lanes - 1) / lanes);
    const auto chunk = (pixels + chunks - 1) / chunks;
    const auto used = (pixels + chunk - 1) / chunk;
    const auto floats = std::max(2 * lanes * channels, 2 * groups);
    return {{static_cast<int>(pixels), static_cast<int>(channels), static_cast<int>(groups),
             static_cast<int>(chunk), static_cast<int>(used), then == Then::Silu ? 1 : 0,
             static_cast<float>(eps)},
            images,
            {static_cast<unsigned>(used), static_cast<unsigned>(images), kNormThreads,
             static_cast<unsigned>(floats * std::int64_t{sizeof(float)})}};
}

at::Tensor partial_sums(const Work& work, const at::Tensor& x) {
    return at::empty({work.images, work.shape.chunks, work.shape.groups, 2}, x.options().dtype(at::kFloat),
                     at::MemoryFormat::Contiguous);
}

struct NormByKernels : torch::autograd::Function<NormByKernels> {
    static at::Tensor forward(Context* context, const at::Tensor& given, const GroupNorm& norm, Then then) {
        const auto x = given.contiguous(at::MemoryFormat::ChannelsLast);
        const auto work = work_for(x, norm.groups, norm.eps, then);
        const auto result = at::empty_like(x);
        const auto statistics = at::empty({work.images, norm.groups, 2}, x.options().dtype(at::kFloat),
                                          at::MemoryFormat::Contiguous);
        const auto partial = partial_sums(work, x);
        if (!x.is_meta()) {
            norm_kernels().launch("sums", work.grid, x.data_ptr(), partial.data_ptr(), work.shape);
            norm_kernels().launch("normalise", work.grid, x.data_ptr(), partial.data_ptr(),
                                  norm.weight.data_ptr(), norm.bias.data_ptr(), result.data_ptr(),
                                  statistics.data_ptr(), work.shape);
        }
        context->save_for_backward({x, statistics, norm.weight, norm.bias});
        context->saved_data["groups"] = norm.groups;
        context->saved_data["eps"] = norm.eps;
        context->saved_data["silu"] = then == Then::Silu;
        return result;
    }

    static Variables backward(Context* context, const Variables& gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &statistics = saved[1], &weight = saved[2], &bias = saved[3];
        const auto work = work_for(x, context->saved_data["groups"].toInt(),
                                   context->saved_data["eps"].toDouble(),
                                   context->saved_data["silu"].toBool() ? Then::Silu : Then::Nothing);
        const auto slope = gradients[0].to(x.scalar_type()).contiguous(at::MemoryFormat::ChannelsLast);
        const auto result = at::empty_like(x);
        const auto partial = partial_sums(work, x);
        if (!x.is_meta()) {
            norm_kernels().launch("slope_sums", work.grid, x.data_ptr(), slope.data_ptr(),
                                  statistics.data_ptr(), weight.data_ptr(), bias.data_ptr(),
                                  partial.data_ptr(), work.shape);
            norm_kernels().launch("slopes", work.grid, x.data_ptr(), slope.data_ptr(), statistics.data_ptr(),
                                  weight.data_ptr(), bias.data_ptr(), partial.data_ptr(), result.data_ptr(),
                                  work.shape);
        }
        return {result, {}, {}};
    }
};

}  // namespace

bool goes_by_group_kernels(const at::Tensor& x, const GroupNorm& norm) {
    if (!tensor::counts_as_gpu(x) || x.dim() != 4 || x.numel() == 0) return false;
    const auto is_ours = [](const at::Tensor& t) { return t.scalar_type() == at::kBFloat16; };
    if (!is_ours(x) || !is_ours(norm.weight) || !is_ours(norm.bias)) return false;
    if (norm.weight.requires_grad() || norm.bias.requires_grad()) return false;
    const auto channels = x.size(1);
    if (channels % kNormEight != 0 || channels > kMostChannels || norm.groups > kNormThreads) return false;
    return x.is_meta() || norm_kernels().ready(x.device());
}

std::string trouble_with_kernels(at::Device device) {
    if (!device.is_cuda() || norm_kernels().ready(device)) return {};
    return norm_kernels().why();
}

at::Tensor group_norm_by_kernels(const at::Tensor& x, const GroupNorm& norm, Then then) {
    return NormByKernels::apply(x, norm, then);
}

}  // namespace lorikeet::nn
