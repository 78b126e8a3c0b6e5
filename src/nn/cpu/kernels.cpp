#include "nn/cpu/kernels.hpp"

#include <algorithm>
#include <array>

#include "nn/cpu/heads_avx512.hpp"
#include "nn/cpu/skinny_avx2.hpp"
#include "nn/cpu/skinny_avx512.hpp"
#include "nn/cpu/strips_avx2.hpp"
#include "nn/cpu/strips_avx512.hpp"
#include "nn/cpu/winograd_avx2.hpp"
#include "nn/cpu/winograd_avx512.hpp"

namespace lorikeet::nn::cpu {

const Kernels& kernels_for(base::Processor kind) {
    static constexpr Kernels kPortable{};
    // A library's low-rank products in float32 are fast enough on wider processors.
    static constexpr Kernels kAvx2{{&strips::avx2::kKernel, nullptr},
                                   &winograd::avx2::kKernel,
                                   {&skinny::avx2::kKernel, nullptr},
                                   nullptr};
    static constexpr Kernels kAvx512{
        {&strips::avx512::kKernel, nullptr}, &winograd::avx512::kKernel, {}, nullptr};
    static constexpr Kernels kAvx512Bf16{{&strips::avx512::kKernel, &strips::avx512::kKernel},
                                         &winograd::avx512::kKernel,
                                         {nullptr, &skinny::avx512::kKernel},
                                         &heads::avx512::kKernel};
    switch (kind) {
        case base::Processor::Portable: return kPortable;
        case base::Processor::Avx2: return kAvx2;
        case base::Processor::Avx512: return kAvx512;
        case base::Processor::Avx512Bf16: return kAvx512Bf16;
        case base::Processor::Amx: return kAvx512;
    }
    return kPortable;
}

const Kernels& kernels() { return kernels_for(base::processor()); }

const skinny::Kernel* low_rank_kernel(const at::Tensor& rows, std::int64_t rank) {
    const bool fits = rows.is_cpu() && rows.dim() == 2 && rows.is_contiguous() &&
                      rows.size(1) % skinny::kSideStep == 0 && rows.size(0) > 0 && rank >= 1 &&
                      rank <= skinny::kMostRank;
    return fits ? kernels().low_rank.in(rows.scalar_type()) : nullptr;
}

bool attends_by_kernel(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value,
                       std::int64_t heads) {
    const std::array<const at::Tensor*, 3> all{&query, &key, &value};
    const bool fits = std::ranges::all_of(all, [](const at::Tensor* t) {
        return t->is_cpu() && t->dim() == 3 && t->scalar_type() == at::kBFloat16;
    });
    const auto width = query.size(-1) / heads;
    return fits && width % 2 == 0 && width <= heads::kMostWidth && kernels().attention;
}

}  // namespace lorikeet::nn::cpu
