#include "cli/list_view.hpp"

#include <algorithm>
#include <ostream>

#include <fmt/format.h>

namespace lorikeet::cli {

void say_list(Console& console, const std::string& title, std::size_t count, bool all,
              const std::function<std::string(std::size_t)>& line) {
    constexpr std::size_t kMostLines = 20;
    if (count == 0) return;
    console.out << fmt::format("\n{} ({}):\n", title, count);
    const auto shown = all ? count : std::min(count, kMostLines);
    for (std::size_t i = 0; i < shown; ++i) console.out << "  " << line(i) << '\n';
    if (shown < count) console.out << fmt::format("  and {} more; --all names them\n", count - shown);
}

}  // namespace lorikeet::cli
