#include "base/processor.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::base {

TEST(Processor, IsNeverMoreThanTheMachineHas) {
    EXPECT_LE(processor(), processor_of_machine());
    EXPECT_EQ(capped(Processor::Avx2, {"amx", ""}), Processor::Avx2);
    EXPECT_EQ(capped(Processor::Portable, {"avx512", "avx512"}), Processor::Portable);
}

TEST(Processor, IsAsTheEnvironmentAsks) {
    for (const auto kind :
         {Processor::Portable, Processor::Avx2, Processor::Avx512, Processor::Avx512Bf16, Processor::Amx})
        EXPECT_EQ(capped(Processor::Amx, {std::string(name_of(kind)), ""}), kind);
    EXPECT_EQ(capped(Processor::Amx, {}), Processor::Amx);
}

// One cap is enough to hold ATen and us back alike.
TEST(Processor, HeedsTheCapOfAtenToo) {
    EXPECT_EQ(capped(Processor::Amx, {"", "avx2"}), Processor::Avx2);
    EXPECT_EQ(capped(Processor::Amx, {"", "default"}), Processor::Portable);
    EXPECT_EQ(capped(Processor::Amx, {"", "avx512"}), Processor::Amx);
    EXPECT_EQ(capped(Processor::Amx, {"avx2", "avx512"}), Processor::Avx2);
    EXPECT_EQ(capped(Processor::Amx, {"avx512", "avx2"}), Processor::Avx2);
}

TEST(Processor, HeedsTheCapOfOnednnToo) {
    EXPECT_EQ(capped(Processor::Amx, {"", "", "AVX2"}), Processor::Avx2);
    EXPECT_EQ(capped(Processor::Amx, {"", "", "AVX512_CORE_BF16"}), Processor::Avx512Bf16);
    EXPECT_EQ(capped(Processor::Amx, {"", "", "AVX512_CORE_AMX"}), Processor::Amx);
    EXPECT_EQ(capped(Processor::Avx512, {"avx2", "", "AVX512_CORE"}), Processor::Avx2);
}

// The suite runs once for each kind that the machine can stand for; what was asked for is what is in force, and the
// libraries are held back with us.
TEST(Processor, InForceIsWhatTheSuiteWasToldToUse) {
    const char* word = std::getenv("LORIKEET_CPU");
    if (!word) GTEST_SKIP() << "no kind was asked for";
    EXPECT_LE(processor(), capped(Processor::Amx, {word, ""}));
    if (processor() == Processor::Avx2) {
        EXPECT_STREQ(std::getenv("ATEN_CPU_CAPABILITY"), "avx2");
        EXPECT_STREQ(std::getenv("ONEDNN_MAX_CPU_ISA"), "AVX2");
    }
}

TEST(Processor, AWordThatIsNoKindIsRefusedWithTheKinds) {
    try {
        capped(Processor::Amx, {"avx9", ""});
        FAIL() << "taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidInput);
        EXPECT_NE(std::string(error.what()).find("avx9"), std::string::npos);
        EXPECT_NE(error.hint().find("avx512-bf16"), std::string::npos);
    }
}

}  // namespace lorikeet::base
