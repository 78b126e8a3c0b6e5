#include "nn/winograd.hpp"

#include "base/processor.hpp"
#include "nn/winograd_avx2.hpp"
#include "nn/winograd_avx512.hpp"
#include "nn/winograd_room.hpp"

namespace lorikeet::nn::winograd {

void kernel_matrix(float* matrix) {
    constexpr double kG[6][3] = {{1.0 / 4, 0, 0},
                                 {-1.0 / 6, -1.0 / 6, -1.0 / 6},
                                 {-1.0 / 6, 1.0 / 6, -1.0 / 6},
                                 {1.0 / 24, 1.0 / 12, 1.0 / 6},
                                 {1.0 / 24, -1.0 / 12, 1.0 / 6},
                                 {0, 0, 1}};
    for (int i = 0; i < 36; ++i)
        for (int j = 0; j < 9; ++j)
            matrix[i * 9 + j] = static_cast<float>(kG[i / 6][j / 3] * kG[i % 6][j % 3]);
}

std::int64_t room_for(std::int64_t in) { return kTaps * (spread_step(in) + kSumStep); }

void convolve(const strips::Weights& weights, const Image& image, std::int64_t first, std::int64_t end,
              float* room) {
    const bool wide = base::processor() >= base::Processor::Avx512;
    (wide ? avx512::convolve : avx2::convolve)(weights, image, first, end, room);
}

}  // namespace lorikeet::nn::winograd
