#include "base/machine.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <string>

namespace lorikeet::base {
namespace {

// The number that a line or a file begins with; 0 where there is none.
std::uint64_t number_in(const std::string& text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string::npos) return 0;
    std::uint64_t number = 0;
    std::from_chars(text.data() + begin, text.data() + text.size(), number);
    return number;
}

std::uint64_t number_of_file(const Path& path) {
    std::string line;
    std::ifstream file(path);
    std::getline(file, line);
    return number_in(line);
}

struct Group {
    std::uint64_t limit = 0, used = 0;
};

// Control groups of the second version, then of the first.
Group group_of(const Path& root) {
    const auto folder = root / "sys/fs/cgroup";
    Group group{number_of_file(folder / "memory.max"), number_of_file(folder / "memory.current")};
    if (group.limit == 0)
        group = {number_of_file(folder / "memory/memory.limit_in_bytes"),
                 number_of_file(folder / "memory/memory.usage_in_bytes")};
    return group;
}

}  // namespace

MachineMemory machine_memory(const Path& root) {
    MachineMemory memory;
    std::ifstream info(root / "proc/meminfo");
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("MemTotal:")) memory.total_bytes = 1024 * number_in(line.substr(9));
        if (line.starts_with("MemAvailable:")) memory.free_bytes = 1024 * number_in(line.substr(13));
    }
    const auto [limit, used] = group_of(root);
    if (memory.total_bytes == 0 || limit == 0 || limit >= memory.total_bytes) return memory;
    return {limit, std::min(memory.free_bytes, limit > used ? limit - used : 0)};
}

}  // namespace lorikeet::base
