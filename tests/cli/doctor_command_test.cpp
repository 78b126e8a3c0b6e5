#include <gtest/gtest.h>

#include "support/command_line.hpp"

namespace lorikeet::cli {

TEST(DoctorCommand, SaysEachThingOnALineWithItsStateInWords) {
    const auto said = support::said_to({"doctor"});
    for (const auto* what : {"system", "container", "processor", "memory", "disk", "GPU", "LibTorch",
                             "models", "tiny base", "vocabulary", "project", "folders"})
        EXPECT_NE(said.out.find(what), std::string::npos) << what;
    EXPECT_TRUE(said.out.starts_with("fine   system")) << said.out;
    EXPECT_EQ(said.err, "");
}

}  // namespace lorikeet::cli
