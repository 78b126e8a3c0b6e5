// Every test begins with the same random numbers: LibTorch seeds its own generator by chance, and a test that draws from it
// without a seed would see other numbers in each run, and fail in one of fifty.
#include <ATen/ATen.h>
#include <gtest/gtest.h>

namespace {

class Seed : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo&) override { at::manual_seed(42); }
};

// Takes its place before main begins; gtest owns it.
[[maybe_unused]] const bool kListens = [] {
    testing::UnitTest::GetInstance()->listeners().Append(new Seed);
    return true;
}();

}  // namespace
