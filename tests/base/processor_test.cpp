#include "base/processor.hpp"

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
