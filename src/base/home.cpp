#include "base/home.hpp"

#include <cstdlib>
#include <vector>

namespace lorikeet::base {
namespace {

std::vector<Path> homes() {
    std::vector<Path> places;
    if (const char* home = std::getenv("LORIKEET_HOME"); home && *home) places.emplace_back(home);
    std::error_code ignored;
    const Path program = std::filesystem::read_symlink("/proc/self/exe", ignored);
    if (!program.empty()) places.push_back(program.parent_path().parent_path() / "share" / "lorikeet");
    places.emplace_back(LORIKEET_SOURCE_ROOT);
    return places;
}

std::optional<Path> try_find(const Path& below) {
    for (const auto& home : homes()) {
        std::error_code ignored;
        if (std::filesystem::exists(home / below, ignored)) return home / below;
    }
    return std::nullopt;
}

}  // namespace

std::optional<Path> try_find_asset(std::string_view name) { return try_find(Path("assets") / name); }
std::optional<Path> try_find_fetched(std::string_view name) {
    return try_find(Path(".deps") / "site" / name);
}

}  // namespace lorikeet::base
