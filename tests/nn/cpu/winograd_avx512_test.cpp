#include "nn/cpu/winograd_avx512.hpp"

#include "base/processor.hpp"
#include "nn/cpu/winograd_kernel.hpp"

namespace lorikeet::nn::winograd {

// The kernel by itself, whatever this process is told to use.
TEST(WinogradAvx512, GivesWhatTheLongConvolutionGives) {
    if (base::processor_of_machine() < base::Processor::Avx512) GTEST_SKIP() << "the machine lacks AVX-512";
    expect_right(&avx512::convolve);
}

}  // namespace lorikeet::nn::winograd
