#include "nn/cpu/winograd.hpp"

#include "nn/cpu/winograd_room.hpp"

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

}  // namespace lorikeet::nn::winograd
