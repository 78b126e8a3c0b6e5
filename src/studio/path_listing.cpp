#include "studio/path_listing.hpp"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "io/format.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostListed = 1000;

base::Path nearest_folder(base::Path folder) {
    folder = fs::absolute(folder).lexically_normal();
    while (!base::is_folder(folder) && folder.has_relative_path()) folder = folder.parent_path();
    return folder.has_filename() || !folder.has_relative_path() ? folder : folder.parent_path();
}

}  // namespace

PathListing list_paths(const base::Path& folder, PathKind wanted, const base::Cancel& cancel) {
    PathListing listing;
    listing.folder = nearest_folder(folder);
    std::error_code trouble;
    for (auto at = fs::directory_iterator(listing.folder, trouble);
         !trouble && at != fs::directory_iterator(); at.increment(trouble)) {
        cancel.throw_if_stopped();
        const auto name = at->path().filename().string();
        if (name.starts_with('.')) continue;
        const bool is_folder = base::is_folder(at->path());
        const bool is_model = base::to_lower(at->path().extension().string()) == ".safetensors";
        listing.images += !is_folder && io::has_image_extension(name);
        if (is_folder || (wanted == PathKind::ModelFile && is_model))
            listing.entries.push_back({name, is_folder});
    }
    if (trouble) listing.trouble = fmt::format("This folder cannot be read: {}.", trouble.message());
    std::sort(listing.entries.begin(), listing.entries.end(), [](const auto& a, const auto& b) {
        const auto key = [](const ListedPath& one) {
            return std::tuple(!one.is_folder, base::to_lower(one.name), one.name);
        };
        return key(a) < key(b);
    });
    listing.is_cut = listing.entries.size() > kMostListed;
    if (listing.is_cut) listing.entries.resize(kMostListed);
    return listing;
}

std::string typed_path(const base::Path& path, const base::Path& working_folder) {
    const auto below = path.lexically_relative(working_folder);
    return below.empty() || *below.begin() == ".." ? path.string() : below.string();
}

}  // namespace lorikeet::studio
