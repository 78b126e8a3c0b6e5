#include "nn/cpu/winograd_avx2.hpp"

#include "base/processor.hpp"
#include "nn/cpu/winograd_kernel.hpp"

namespace lorikeet::nn::winograd {

// The kernel by itself, whatever this process is told to use.
TEST(WinogradAvx2, GivesWhatTheLongConvolutionGives) {
    if (base::processor_of_machine() < base::Processor::Avx2) GTEST_SKIP() << "the machine lacks AVX2";
    expect_right(&avx2::convolve);
}

}  // namespace lorikeet::nn::winograd
