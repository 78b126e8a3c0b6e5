#include "studio/practice_images.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/home.hpp"
#include "base/path.hpp"
#include "io/format.hpp"

namespace lorikeet::studio {

base::Path included_images() {
    if (auto folder = base::try_find_asset("lorikeet")) return *folder;
    base::fail(base::ErrorCode::NotFound, "The included lorikeet images are missing.",
               "Set LORIKEET_HOME to the folder that holds assets/lorikeet.");
}

bool are_practice_images(const base::Path& folder) {
    const auto included = base::try_find_asset("lorikeet");
    std::error_code trouble;
    for (auto at = std::filesystem::directory_iterator(folder, trouble);
         !trouble && at != std::filesystem::directory_iterator(); at.increment(trouble)) {
        const auto& file = at->path();
        if (!io::has_image_extension(file) || !base::is_file(file)) continue;
        const auto like = included ? base::bytes_in(*included / file.filename()) : std::nullopt;
        if (!like || like != base::bytes_in(file)) return false;
    }
    return true;
}

base::Path practice_images(const base::Path& folder) {
    const base::Path name = "practice-images";
    const auto from = included_images();
    std::error_code trouble;
    std::filesystem::create_directories(folder / name, trouble);
    if (trouble)
        base::fail(
            base::ErrorCode::Io,
            fmt::format("The folder {} cannot be made: {}.", (folder / name).string(), trouble.message()),
            "Work in a folder that you may write to.");
    for (const auto& entry : std::filesystem::directory_iterator(from)) {
        const auto extension = entry.path().extension();
        if (extension != ".png" && extension != ".txt") continue;
        const auto to = folder / name / entry.path().filename();
        if (!base::is_there(to)) base::write_whole(to, base::read_text(entry.path()));
    }
    return name;
}

}  // namespace lorikeet::studio
