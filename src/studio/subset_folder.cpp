#include "studio/subset_folder.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

#include "base/path.hpp"
#include "data/listing.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kMostRepeats = 10000;  // what data.subsets.N.repeats takes

void look_into(const base::Path& folder, const base::Path& below, const SubsetName& named,
               std::span<const std::string> captions, std::vector<FoundSubset>& found) {
    FoundSubset subset{below.generic_string(), named.repeats, named.words, 0, 0};
    for (const auto& image : data::list_folder(folder, captions).images) {
        ++subset.images;
        subset.captions += std::any_of(captions.begin(), captions.end(), [&](const std::string& extension) {
            return base::is_file(base::Path(image).replace_extension(extension));
        });
    }
    if (subset.images > 0) found.push_back(subset);
    std::vector<base::Path> inside;
    std::error_code trouble, ignored;
    for (auto at = fs::directory_iterator(folder, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble)) {
        const auto name = at->path().filename();
        if (!name.string().starts_with('.') && !at->is_symlink(ignored) && base::is_folder(at->path()))
            inside.push_back(name);
    }
    std::sort(inside.begin(), inside.end());
    for (const auto& name : inside)
        look_into(folder / name, below / name, subset_named(name.string()).value_or(named), captions, found);
}

}  // namespace

std::optional<SubsetName> subset_named(std::string_view folder_name) {
    SubsetName named;
    const auto* end = folder_name.data() + folder_name.size();
    const auto [rest, trouble] = std::from_chars(folder_name.data(), end, named.repeats);
    if (trouble != std::errc() || rest == end || *rest != '_') return std::nullopt;
    if (named.repeats < 1 || named.repeats > kMostRepeats) return std::nullopt;
    named.words.assign(rest + 1, end);
    return named;
}

std::vector<FoundSubset> find_subsets(const base::Path& folder,
                                      std::span<const std::string> caption_extensions) {
    std::vector<FoundSubset> found;
    const auto own = folder.has_filename() ? folder.filename() : folder.parent_path().filename();
    look_into(folder, {}, subset_named(own.string()).value_or(SubsetName{}), caption_extensions, found);
    return found;
}

}  // namespace lorikeet::studio
