// The kernel of heads.hpp for processors with AVX-512 and its products of pairs of bfloat16.
#pragma once

#include "nn/cpu/heads.hpp"

namespace lorikeet::nn::heads::avx512 {

std::int64_t room_for(const Head& head);
void attend(const Head& head, char* room);
void attend_backward(const Head& head, const Slopes& slopes, char* room);

inline constexpr Kernel kKernel{&room_for, &attend, &attend_backward};

}  // namespace lorikeet::nn::heads::avx512
