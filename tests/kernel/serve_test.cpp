#include "kernel/serve.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::kernel {

namespace {

int run(std::vector<std::string> words) {
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    return kernel_main(
        static_cast<int>(pointers.size()), pointers.data(),
        [](widgets::WidgetRegistry&) -> Cells { throw std::logic_error("nothing is to be served"); });
}

}  // namespace

TEST(Serve, AKernelStartedByHandSaysWhoStartsIt) {
    EXPECT_EQ(run({"lorikeet_kernel"}), 2);
    EXPECT_EQ(run({"lorikeet_kernel", "x", "y"}), 2);
}

TEST(Serve, AConnectionFileThatIsNoneEndsItInOrder) {
    const support::TempFolder folder;
    EXPECT_EQ(run({"lorikeet_kernel", "-f", folder.path() / "none.json"}), 1);
    base::write_whole(folder.path() / "c.json", "{}");
    EXPECT_EQ(run({"lorikeet_kernel", "-f", folder.path() / "c.json"}), 1);
}

}  // namespace lorikeet::kernel
