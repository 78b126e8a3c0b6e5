#include "base/machine.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::base {
namespace {

struct Machine {
    support::TempFolder folder;

    Machine() {
        file("proc/meminfo", "MemTotal:       32000000 kB\nMemFree: 1 kB\nMemAvailable:   20000000 kB\n");
    }
    void file(const std::string& path, const std::string& text) const {
        std::filesystem::create_directories((folder.path() / path).parent_path());
        write_whole(folder.path() / path, text);
    }
    MachineMemory memory() const { return machine_memory(folder.path()); }
};

}  // namespace

TEST(MachineMemory, IsWhatTheSystemTells) {
    const Machine machine;
    EXPECT_EQ(machine.memory().total_bytes, 32'000'000'000 * 1024 / 1000);
    EXPECT_EQ(machine.memory().free_bytes, 20'000'000'000 * 1024 / 1000);
    EXPECT_GT(machine_memory().free_bytes, 0U);
}

TEST(MachineMemory, AContainerHasWhatItsLimitLeaves) {
    for (const auto* names :
         {"memory.max memory.current", "memory/memory.limit_in_bytes memory/memory.usage_in_bytes"}) {
        const Machine machine;
        const std::string both = names;
        const auto space = both.find(' ');
        machine.file("sys/fs/cgroup/" + both.substr(0, space), "4000000000\n");
        machine.file("sys/fs/cgroup/" + both.substr(space + 1), "1000000000\n");
        EXPECT_EQ(machine.memory().total_bytes, 4'000'000'000U);
        EXPECT_EQ(machine.memory().free_bytes, 3'000'000'000U);
    }
}

TEST(MachineMemory, NoLimitIsNone) {
    const Machine machine;
    const auto before = machine.memory().free_bytes;
    machine.file("sys/fs/cgroup/memory.max", "max\n");
    machine.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    EXPECT_EQ(machine.memory().free_bytes, before);
}

TEST(MachineMemory, ASystemThatTellsNothingIsNone) {
    const support::TempFolder empty;
    EXPECT_EQ(machine_memory(empty.path()).total_bytes, 0U);
}

}  // namespace lorikeet::base
