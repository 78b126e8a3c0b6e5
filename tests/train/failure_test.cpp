#include "train/failure.hpp"

#include <filesystem>
#include <new>

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

namespace lorikeet::train {
namespace {

template <class Throw>
base::Error failure(Throw thrown) {
    try {
        thrown();
    } catch (...) {
        return failure_of(std::current_exception(), "This run");
    }
    return {base::ErrorCode::Internal, "nothing was thrown"};
}

}  // namespace

TEST(Failure, EveryKindOfExceptionBecomesACauseAndACode) {
    using base::ErrorCode;
    EXPECT_EQ(failure([] { base::fail(ErrorCode::Corrupt, "a", "b"); }).code(), ErrorCode::Corrupt);
    const auto memory = failure([] { throw std::bad_alloc(); });
    EXPECT_EQ(memory.code(), ErrorCode::NoSpace);
    EXPECT_EQ(std::string(memory.what()), "This run needs more memory than there is.");
    const auto torch = failure([] { TORCH_CHECK(false, "shapes differ"); });
    EXPECT_EQ(torch.code(), ErrorCode::Internal);
    EXPECT_EQ(std::string(torch.what()), "shapes differ") << "without a trace";
    const auto absent = failure([] { std::filesystem::directory_iterator("/nowhere/at/all"); });
    EXPECT_EQ(absent.code(), ErrorCode::NotFound);
    EXPECT_NE(std::string(absent.what()).find("/nowhere/at/all"), std::string::npos);
    EXPECT_EQ(failure([] { throw std::runtime_error("odd\nlines"); }).what(), std::string("odd"));
    EXPECT_EQ(failure([] { throw 7; }).code(), ErrorCode::Internal);
}

}  // namespace lorikeet::train
