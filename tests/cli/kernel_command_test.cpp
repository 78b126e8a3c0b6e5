#include <gtest/gtest.h>

#include "support/command_line.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

TEST(InstallKernel, AFolderThatIsNotThereIsSomethingToFix) {
    const auto said = support::said_to({"install-kernel", "--prefix", "/no/such/environment"});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("help:"), std::string::npos) << said.err;
}

}  // namespace lorikeet::cli
