#include "data/scan.hpp"

#include <algorithm>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "data/bucket.hpp"
#include "data/caption.hpp"
#include "data/decoding.hpp"
#include "data/held_out.hpp"
#include "data/listing.hpp"
#include "data/mask.hpp"
#include "data/scan_report.hpp"
#include "data/variants.hpp"
#include "io/format.hpp"
#include "io/image.hpp"
#include "io/resample.hpp"

namespace lorikeet::data {
namespace {

using base::Path;
using base::Problem;

std::optional<Problem> trouble_with_folder(const Path& folder, const std::string& key) {
    if (folder.empty()) return Problem{key, "No folder is given.", "Name the folder that holds the images."};
    std::error_code code;
    if (!std::filesystem::exists(folder, code)) {
        if (code && code != std::errc::no_such_file_or_directory && code != std::errc::not_a_directory)
            return Problem{key,
                           fmt::format("The folder {} cannot be read: {}.", folder.string(), code.message()),
                           "See that you may read it."};
        return Problem{key, fmt::format("The folder {} is not there.", folder.string()),
                       base::hint_for_missing(folder.string())};
    }
    if (!base::is_folder(folder))
        return Problem{key, fmt::format("{} is a file, not a folder.", folder.string()),
                       "Name the folder that holds the images."};
    return std::nullopt;
}

Nested nested_of(const settings::Subset& subset) { return subset.nested ? Nested::Yes : Nested::No; }

// A folder that lies in one whose folders inside are used too.
void tell_overlap(const settings::Data& data, ScanResult& result) {
    for (std::size_t outer = 0; outer < data.subsets.size(); ++outer) {
        if (!data.subsets[outer].nested) continue;
        const auto around = Path(data.subsets[outer].folder).lexically_normal();
        for (std::size_t inner = 0; inner < data.subsets.size(); ++inner) {
            const auto below = Path(data.subsets[inner].folder).lexically_normal().lexically_relative(around);
            if (inner == outer || below.empty() || below == "." || *below.begin() == "..") continue;
            result.news.push_back(
                {key_of(inner),
                 fmt::format("{} lies in {}, whose folders inside are used too: its images are used twice.",
                             data.subsets[inner].folder, data.subsets[outer].folder),
                 fmt::format("Set data.subsets[{}].nested = false, or leave this folder out.", outer)});
        }
    }
}

// All folders that the job reads.
std::vector<Path> folders_in(const settings::Data& data) {
    std::vector<Path> folders;
    for (const auto& subset : data.subsets)
        for (const auto& folder : {subset.folder, variants_of(data, subset).mask_folder})
            if (!folder.empty()) folders.emplace_back(folder);
    return folders;
}

std::vector<Look> list_subset(const settings::Data& data, std::size_t index, ScanResult& result) {
    const Path folder = data.subsets[index].folder;
    const auto key = key_of(index);
    if (auto trouble = trouble_with_folder(folder, key)) {
        result.errors.push_back(std::move(*trouble));
        return {};
    }
    auto listing =
        list_folder(folder, data.caption_extensions, nested_of(data.subsets[index]), folders_in(data));
    if (!listing.trouble.empty()) {
        result.errors.push_back(
            {key, fmt::format("The folder {} cannot be read: {}.", folder.string(), listing.trouble),
             "See that you may read it."});
        return {};
    }
    const auto unused = words_of(listing.unused);
    if (listing.images.empty())
        result.errors.push_back(
            {key, fmt::format("There is no image in {}.", folder.string()),
             fmt::format("{} files {} this folder are used{}.", io::kFormatNames,
                         data.subsets[index].nested ? "in or below" : "right in",
                         unused.empty() ? std::string() : fmt::format("; there is {}", unused))});
    else if (!unused.empty())
        result.news.push_back({key, fmt::format("Not used in {}: {}.", folder.string(), unused), ""});
    std::vector<Look> looks;
    for (auto& file : listing.images) {
        looks.emplace_back().image.file = std::move(file);
        looks.back().image.subset = index;
    }
    return looks;
}

void take_header(Look& look, const io::ImageFacts& facts) {
    auto& image = look.image;
    look.profile = facts.profile;
    look.frames = facts.frames;
    image.width_px = facts.width_px;
    image.height_px = facts.height_px;
    image.decoding_bytes = facts.decoding_bytes;
    image.colours = facts.colours;
}

Folder folder_of(const settings::Data& data, std::size_t index, bool empty, ScanResult& result) {
    Folder folder;
    folder.place = data.subsets[index].folder;
    folder.by_bytes = holds_out(data);
    folder.wildcards = data.subsets[index].wildcards;
    folder.weighted = data.weighted_captions;
    folder.variants = variants_of(data, data.subsets[index]);
    const Path masks = folder.variants.mask_folder;
    if (empty || masks.empty()) return folder;
    if (auto trouble = trouble_with_folder(masks, fmt::format("data.subsets[{}].mask_folder", index))) {
        result.errors.push_back(std::move(*trouble));
        folder.variants.mask_folder.clear();
    } else {
        folder.masks = masks_in(masks, nested_of(data.subsets[index]));
    }
    return folder;
}

// Decoded to the last row, and none of it kept.
void decode(Look& look, Measure measure, bool by_bytes) {
    auto& image = look.image;
    const base::MappedFile file(image.file);
    const auto facts = io::peek_image(file.bytes(), image.file.string());
    take_header(look, facts);
    if (measure == Measure::Headers && !by_bytes) return;
    image.sha256 = base::sha256(file.bytes());
    if (measure == Measure::Headers) return;
    const DecodingTurn turn(facts.decoding_bytes);
    const auto [width, height] = measured_size(facts.width_px, facts.height_px);
    std::optional<io::ResizedPart> copy;
    if (measure == Measure::Yes)
        copy.emplace(io::Resizing{
            facts.width_px, facts.height_px, width, height, {0, 0, width, height}, io::Filter::Area});
    const auto take_row = [&](std::int64_t y, std::span<const std::uint8_t> rgb) {
        if (copy) copy->add_row(y, rgb);
    };
    look.transparent = io::read_rows(file.bytes(), image.file.string(), take_row).transparent;
    if (copy) image.measures = data::measure(copy->result());
    file.forget_pages();
}

void look_for_mask(Look& look, const Folder& folder) {
    auto& image = look.image;
    if (look.unreadable || !folder.variants.masked()) return;
    auto found = folder.variants.alpha_mask ? look_at_alpha(image.file)
                                            : look_at_mask(folder.masks, mask_name(image.file, folder.place),
                                                           {image.width_px, image.height_px});
    image.mask = std::move(found.mask);
    look.mask_trouble = std::move(found.trouble);
    look.unmasked = folder.variants.alpha_mask && !found.seen_through;
}

void look_at(Look& look, const Folder& folder, std::span<const std::string> extensions, Measure measure) {
    auto& image = look.image;
    try {
        decode(look, measure, folder.by_bytes);
    } catch (const base::Error& error) {
        look.unreadable = Problem{image.file.string(), error.what(), error.hint()};
    }
    if (measure != Measure::Headers) look_for_mask(look, folder);
    try {
        if (auto caption = find_caption(image.file, extensions)) {
            look.utf16 = caption->was_utf16;
            look.more_lines = !folder.wildcards && !caption->more_lines.empty();
            if (folder.wildcards)
                for (const auto& line : caption->more_lines) caption->text += "\n" + line;
            // Of commas and blanks alone there is nothing to learn.
            if (!parse_tags(caption->text).empty()) image.caption = std::move(caption->text);
            image.has_caption = !image.caption.empty();
        }
    } catch (const base::Error& error) {
        look.bad_caption = Problem{image.file.string(), error.what(), error.hint()};
        image.bad_caption = true;
    }
}

std::optional<JobCrops> crops_for(const settings::Data& data, ScanResult& result) {
    try {
        return JobCrops(data);
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
        result.errors.push_back({"data.resolution", error.what(), error.hint()});
        return std::nullopt;
    }
}

void sort_out(std::vector<Look>& looks, const settings::Data& data, ScanResult& result) {
    for (auto& look : looks) {
        if (look.bad_caption) result.errors.push_back(*look.bad_caption);
        if (look.unreadable)
            (data.strict ? result.errors : result.left_out).push_back(*look.unreadable);
        else
            result.images.push_back(std::move(look.image));
        if (look.unreadable || result.images.back().has_caption) continue;
        result.images.back().caption = base::trim(data.subsets[result.images.back().subset].class_words);
    }
}

}  // namespace

std::size_t worker_count(const settings::Data& data) {
    return data.workers > 0 ? static_cast<std::size_t>(data.workers) : base::processor_count();
}

ScanResult scan(const settings::Data& data, const base::Cancel& cancel, const OnProgress& on_progress,
                Measure measure) {
    ScanResult result;
    if (data.subsets.empty())
        result.errors.push_back(
            {"data.subsets", "No folder of images is given.", "Add a [[data.subsets]] with a folder."});
    else if (std::all_of(data.subsets.begin(), data.subsets.end(),
                         [](const auto& subset) { return subset.regularisation; }))
        result.errors.push_back({"data.subsets",
                                 "Every folder holds regularisation images, and none training images.",
                                 "Set regularisation = false for the folder that shows the subject."});
    else if (std::all_of(data.subsets.begin(), data.subsets.end(),
                         [](const auto& subset) { return subset.regularisation || subset.validation; }))
        result.errors.push_back({"data.subsets", "No folder holds training images.",
                                 "Set validation = false for the folder that is to be trained on."});
    std::vector<std::vector<Look>> subsets;
    std::vector<Look*> all;
    std::vector<Folder> folders;
    for (std::size_t i = 0; i < data.subsets.size(); ++i) {
        subsets.push_back(list_subset(data, i, result));
        folders.push_back(folder_of(data, i, subsets.back().empty(), result));
    }
    tell_overlap(data, result);
    for (auto& looks : subsets)
        std::transform(looks.begin(), looks.end(), std::back_inserter(all), [](Look& l) { return &l; });
    std::mutex guard;
    std::size_t done = 0;
    base::for_each_index(all.size(), worker_count(data), cancel, [&](std::size_t i) {
        look_at(*all[i], folders[all[i]->image.subset], data.caption_extensions, measure);
        const std::lock_guard lock(guard);
        ++done;
        if (on_progress) on_progress(done, all.size(), all[i]->image.file);
    });
    const auto crops = crops_for(data, result);
    for (std::size_t i = 0; i < subsets.size(); ++i) {
        report_subset(subsets[i], data, i, folders[i], result);
        if (crops) report_crops(subsets[i], *crops, key_of(i), result);
        sort_out(subsets[i], data, result);
    }
    hold_out(result, data);
    if (result.images.empty() && !result.held_out.empty())
        result.errors.push_back(
            {"data.validation", "Every image is held out for validation, and none is left to train on.",
             "Lower data.validation.share, or take the images out of the folder for validation."});
    report_regularisation(data, result);
    if (result.images.empty() && result.held_out.empty() && !all.empty() && !data.strict)
        result.errors.push_back({"data", "None of the images can be read.", "See the message for each."});
    return result;
}

}  // namespace lorikeet::data
