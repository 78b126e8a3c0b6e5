#include "diffusion/processes.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::diffusion {

TEST(Processes, AreMadeByTheirNames) {
    const auto made = make_process("ddpm", {Prediction::Velocity, Terminal::Nothing});
    const auto* ddpm = dynamic_cast<const Ddpm*>(made.get());
    ASSERT_NE(ddpm, nullptr);
    EXPECT_EQ(ddpm->prediction(), Prediction::Velocity);
    EXPECT_THROW(make_process("none", {}), base::Error);
}

TEST(Processes, OneMoreIsThereAsLongAsItsRegistration) {
    static constexpr ProcessRow kAnother{
        "another", [](const ProcessOptions& options) { return make_process("ddpm", options); }};
    {
        const base::ScopedRow scoped(process_table(), kAnother);
        EXPECT_NE(make_process("another", {}), nullptr);
    }
    EXPECT_THROW(make_process("another", {}), base::Error);
}

}  // namespace lorikeet::diffusion
