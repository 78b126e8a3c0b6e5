#include "train/other_place.hpp"

#include <algorithm>
#include <cstdlib>

#include <fmt/format.h>

#include "base/path.hpp"

namespace lorikeet::train {

namespace fs = std::filesystem;

std::vector<base::Path> other_places(const base::Path& run_folder) {
    std::error_code ignored;
    std::vector<base::Path> wanted{run_folder, run_folder.parent_path(), fs::current_path(ignored)};
    if (const char* home = std::getenv("HOME"); home && *home) wanted.emplace_back(home);
    wanted.push_back(fs::temp_directory_path(ignored));
    for (const auto* folder : {"/var/tmp", "/dev/shm"}) wanted.emplace_back(folder);
    std::vector<base::Path> places;
    for (const auto& folder : wanted) {
        const auto place = fs::canonical(folder.empty() ? base::Path(".") : folder, ignored);
        if (ignored || !fs::is_directory(place, ignored)) continue;
        if (std::find(places.begin(), places.end(), place) == places.end()) places.push_back(place);
    }
    return places;
}

std::optional<base::Path> write_elsewhere(const std::vector<base::Path>& folders, const std::string& name,
                                          const std::function<void(const base::Path&)>& write) {
    const base::Path file(name);
    for (const auto& folder : folders) {
        try {
            auto place = folder / file;
            for (int version = 2; base::is_there(place); ++version)
                place = folder /
                        fmt::format("{}_v{}{}", file.stem().string(), version, file.extension().string());
            write(place);
            return place;
        } catch (const std::exception&) {
            continue;  // the next one may take it
        }
    }
    return std::nullopt;
}

}  // namespace lorikeet::train
