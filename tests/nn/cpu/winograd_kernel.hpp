// What every kernel of nn/winograd is held against: the long convolution of ATen.
#pragma once

#include <algorithm>
#include <utility>

#include <ATen/ATen.h>
#include <gtest/gtest.h>

#include "nn/cpu/winograd.hpp"

namespace lorikeet::nn::winograd {

using Convolve = void (*)(const strips::Weights&, const Pixels&, std::int64_t, std::int64_t, float*);

// Images of odd sizes, in parts of odd length, against ATen.
inline void expect_right(Convolve convolve) {
    at::manual_seed(1);
    constexpr std::int64_t kIn = 64, kOut = 96;
    const auto kernel = at::randn({kOut, kIn, 3, 3}), bias = at::randn({kOut}), zeros = at::zeros({kIn});
    const auto matrix = at::empty({kTaps, 9});
    kernel_matrix(matrix.mutable_data_ptr<float>());
    const auto panels = at::mm(kernel.reshape({-1, 9}), matrix.t())
                            .view({kOut / strips::kWidth, strips::kWidth, kIn, kTaps})
                            .permute({0, 3, 2, 1})
                            .contiguous();
    const auto room = at::empty({room_for(kIn)});
    for (const auto& [height, width] : {std::pair{16, 16}, {5, 7}, {1, 1}, {4, 31}}) {
        const auto x = at::randn({2, kIn, height, width}).contiguous(at::MemoryFormat::ChannelsLast);
        const auto y = at::empty({2, kOut, height, width}, at::MemoryFormat::ChannelsLast);
        const Pixels image{x.const_data_ptr<float>(),
                           y.mutable_data_ptr<float>(),
                           bias.const_data_ptr<float>(),
                           zeros.const_data_ptr<float>(),
                           2,
                           height,
                           width};
        const strips::Weights weights{panels.const_data_ptr(), kIn, kOut, kTaps};
        constexpr std::int64_t kPart = 7;
        for (std::int64_t first = 0; first < image.tiles(); first += kPart)
            convolve(weights, image, first, std::min(first + kPart, image.tiles()),
                     room.mutable_data_ptr<float>());
        const auto wanted = at::conv2d(x, kernel, bias, 1, 1);
        EXPECT_LT(((y - wanted).norm() / wanted.norm()).item<double>(), 1e-5) << height << " x " << width;
    }
}

}  // namespace lorikeet::nn::winograd
