#include "nn/cpu/strips_avx2.hpp"

#include "base/processor.hpp"
#include "nn/cpu/strips_layer.hpp"

namespace lorikeet::nn::strips {

// Each kernel by itself, whatever this process is told to use.
TEST(StripsAvx2, BothDirectionsGiveWhatThePlainLoopGives) {
    if (base::processor_of_machine() < base::Processor::Avx2) GTEST_SKIP() << "the machine lacks AVX2";
    expect_right_everywhere(&avx2::multiply);
}

}  // namespace lorikeet::nn::strips
