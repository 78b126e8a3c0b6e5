#include "data/scan.hpp"

#include <algorithm>
#include <iterator>
#include <mutex>
#include <optional>

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/workers.hpp"
#include "data/caption.hpp"
#include "data/transform.hpp"
#include "io/image.hpp"

namespace lorikeet::data {
namespace {

using base::Path;
using base::Problem;

// What was found out about one file; filled by the thread that looked at it.
struct Look {
    Picture picture;
    bool more_lines = false;
    std::optional<Problem> unreadable;
    std::optional<Problem> bad_caption;
};

std::string key_of(std::size_t subset) { return fmt::format("data.subsets[{}].folder", subset); }

std::optional<Problem> trouble_with_folder(const Path& folder, const std::string& key) {
    if (folder.empty())
        return Problem{key, "No folder is given.", "Name the folder that holds the pictures."};
    std::error_code code;
    if (!std::filesystem::exists(folder, code))
        return Problem{key, fmt::format("The folder {} is not there.", folder.string()), "Check the path."};
    if (!std::filesystem::is_directory(folder, code))
        return Problem{key, fmt::format("{} is a file, not a folder.", folder.string()),
                       "Name the folder that holds the pictures."};
    return std::nullopt;
}

std::vector<Path> pictures_in(const Path& folder) {
    std::vector<Path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
        const bool hidden = entry.path().filename().string().starts_with('.');
        if (!hidden && entry.is_regular_file() && io::has_image_extension(entry.path()))
            files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<Look> list_subset(const settings::Subset& subset, std::size_t index,
                              std::vector<Problem>& errors) {
    const Path folder = subset.folder;
    const auto key = key_of(index);
    try {
        if (auto trouble = trouble_with_folder(folder, key)) {
            errors.push_back(std::move(*trouble));
            return {};
        }
        std::vector<Look> looks;
        for (auto& file : pictures_in(folder)) {
            looks.emplace_back().picture.file = std::move(file);
            looks.back().picture.subset = index;
        }
        if (looks.empty())
            errors.push_back(
                {key, fmt::format("There is no picture in {}.", folder.string()),
                 "JPEG, PNG, WebP, GIF, BMP and AVIF files right in this folder are used; folders "
                 "inside it are not looked into."});
        return looks;
    } catch (const std::filesystem::filesystem_error& error) {
        errors.push_back(
            {key, fmt::format("The folder {} cannot be read: {}.", folder.string(), error.code().message()),
             "See that you may read it."});
        return {};
    }
}

void look_at(Look& look, std::span<const std::string> extensions) {
    auto& picture = look.picture;
    try {
        const base::MappedFile file(picture.file);
        picture.sha256 = base::sha256(file.bytes());
        const auto image = io::decode_image(file.bytes(), picture.file.string());
        picture.width_px = image.width_px;
        picture.height_px = image.height_px;
    } catch (const base::Error& error) {
        look.unreadable = Problem{picture.file.string(), error.what(), error.hint()};
    }
    try {
        if (auto caption = find_caption(picture.file, extensions)) {
            picture.caption = std::move(caption->text);
            picture.has_caption = !picture.caption.empty();
            look.more_lines = caption->more_lines;
        }
    } catch (const base::Error& error) {
        look.bad_caption = Problem{picture.file.string(), error.what(), error.hint()};
    }
}

// One piece of news about many pictures names a few of them.
void tell(std::vector<Problem>& list, const std::string& where, const std::vector<std::string>& names,
          std::string_view what, std::string_view hint) {
    if (names.empty()) return;
    constexpr std::size_t kNamed = 3;
    const std::vector<std::string> named(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, names.size())));
    const auto rest = names.size() - named.size();
    list.push_back(
        {where,
         fmt::format("{} {} {}: {}{}.", names.size(), names.size() == 1 ? "picture" : "pictures", what,
                     base::join(named, ", "), rest == 0 ? "" : fmt::format(" and {} more", rest)),
         std::string(hint)});
}

bool is_smaller(const Picture& picture, Size target) {
    return picture.width_px < target.width_px || picture.height_px < target.height_px;
}

void report_subset(const std::vector<Look>& looks, const settings::Data& data, std::size_t subset,
                   ScanResult& result) {
    const auto names_where = [&](auto&& chosen) {
        std::vector<std::string> names;
        for (const auto& look : looks)
            if (!look.unreadable && chosen(look)) names.push_back(look.picture.file.filename().string());
        return names;
    };
    const Size target{data.resolution.front(), data.resolution.back()};
    const auto where = key_of(subset);
    const bool has_trigger = !base::trim(data.subsets[subset].trigger).empty();
    const auto bare =
        names_where([](const Look& l) { return !l.picture.has_caption && !l.bad_caption.has_value(); });
    if (data.require_captions)
        tell(result.errors, where, bare, "without a caption",
             fmt::format("Write one beside each ({}), or set data.require_captions = false.",
                         base::join(data.caption_extensions, ", ")));
    else
        tell(result.news, where, bare, "without a caption",
             has_trigger ? "They are trained with the trigger alone."
                         : "They are trained with an empty text.");
    tell(result.news, where, names_where([](const Look& l) { return l.more_lines; }),
         "with a caption of several lines", "Only the first line is used.");
    tell(result.news, where, names_where([&](const Look& l) { return is_smaller(l.picture, target); }),
         fmt::format("smaller than {} x {}", target.width_px, target.height_px),
         "They are enlarged, and the LoRA learns their softness.");
}

void sort_out(std::vector<Look>& looks, const settings::Data& data, ScanResult& result) {
    for (auto& look : looks) {
        if (look.bad_caption) result.errors.push_back(*look.bad_caption);
        if (look.unreadable)
            (data.strict ? result.errors : result.left_out).push_back(*look.unreadable);
        else
            result.pictures.push_back(std::move(look.picture));
    }
}

}  // namespace

std::size_t worker_count(const settings::Data& data) {
    return data.workers > 0 ? static_cast<std::size_t>(data.workers) : base::processor_count();
}

ScanResult scan(const settings::Data& data, const base::Cancel& cancel, const OnProgress& on_progress) {
    ScanResult result;
    if (data.subsets.empty())
        result.errors.push_back(
            {"data.subsets", "No folder of pictures is given.", "Add a [[data.subsets]] with a folder."});
    std::vector<std::vector<Look>> subsets;
    std::vector<Look*> all;
    for (std::size_t i = 0; i < data.subsets.size(); ++i)
        subsets.push_back(list_subset(data.subsets[i], i, result.errors));
    for (auto& looks : subsets)
        std::transform(looks.begin(), looks.end(), std::back_inserter(all), [](Look& l) { return &l; });
    std::mutex guard;
    std::size_t done = 0;
    base::for_each_index(all.size(), worker_count(data), cancel, [&](std::size_t i) {
        look_at(*all[i], data.caption_extensions);
        const std::lock_guard lock(guard);
        ++done;
        if (on_progress) on_progress(done, all.size(), all[i]->picture.file);
    });
    for (std::size_t i = 0; i < subsets.size(); ++i) {
        report_subset(subsets[i], data, i, result);
        sort_out(subsets[i], data, result);
    }
    if (result.pictures.empty() && !all.empty() && !data.strict)
        result.errors.push_back({"data", "None of the pictures can be read.", "See what is said of each."});
    return result;
}

}  // namespace lorikeet::data
