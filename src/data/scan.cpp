#include "data/scan.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <mutex>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/prompt_syntax.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "data/bucket.hpp"
#include "data/caption.hpp"
#include "data/decoding.hpp"
#include "data/draw_plan.hpp"
#include "data/listing.hpp"
#include "io/format.hpp"
#include "io/image.hpp"
#include "io/resample.hpp"

namespace lorikeet::data {
namespace {

using base::Path;
using base::Problem;

// What was found out about one file; filled by the thread that looked at it.
struct Look {
    DatasetImage image;
    bool more_lines = false;
    bool transparent = false;
    std::int64_t frames = 1;
    io::Profile profile = io::Profile::None;
    std::optional<Problem> unreadable;
    std::optional<Problem> bad_caption;
};

std::string key_of(std::size_t subset) { return fmt::format("data.subsets[{}].folder", subset); }

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

std::vector<Look> list_subset(const settings::Data& data, std::size_t index, ScanResult& result) {
    const Path folder = data.subsets[index].folder;
    const auto key = key_of(index);
    if (auto trouble = trouble_with_folder(folder, key)) {
        result.errors.push_back(std::move(*trouble));
        return {};
    }
    auto listing = list_folder(folder, data.caption_extensions);
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
             fmt::format("{} files right in this folder are used{}.", io::kFormatNames,
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

// Decoded to the last row, and none of it kept.
void decode(Look& look, Measure measure) {
    auto& image = look.image;
    const base::MappedFile file(image.file);
    const auto facts = io::peek_image(file.bytes(), image.file.string());
    take_header(look, facts);
    if (measure == Measure::Headers) return;
    image.sha256 = base::sha256(file.bytes());
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

void look_at(Look& look, std::span<const std::string> extensions, Measure measure) {
    auto& image = look.image;
    try {
        decode(look, measure);
    } catch (const base::Error& error) {
        look.unreadable = Problem{image.file.string(), error.what(), error.hint()};
    }
    try {
        if (auto caption = find_caption(image.file, extensions)) {
            // Of commas and blanks alone there is nothing to learn.
            if (!parse_tags(caption->text).empty()) image.caption = std::move(caption->text);
            image.has_caption = !image.caption.empty();
            look.more_lines = caption->more_lines;
        }
    } catch (const base::Error& error) {
        look.bad_caption = Problem{image.file.string(), error.what(), error.hint()};
    }
}

// "They are trained with their trigger." of one image: "It is trained with its trigger."
std::string of_one(std::string hint) {
    constexpr std::array<std::array<std::string_view, 2>, 4> kWords{
        {{"They are", "It is"}, {"Their ", "Its "}, {" their ", " its "}, {" they are ", " it is "}}};
    for (const auto& [many, one] : kWords) hint = base::replace_all(std::move(hint), many, one);
    return hint;
}

// One piece of news about many images names a few of them.
void tell(std::vector<Problem>& list, const std::string& where, const std::vector<std::string>& names,
          std::string_view what, std::string_view hint) {
    if (names.empty()) return;
    constexpr std::size_t kNamed = 3;
    const std::vector<std::string> named(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(kNamed, names.size())));
    const auto rest = names.size() - named.size();
    list.push_back({where,
                    fmt::format("{} {}: {}{}.", base::counted(names.size(), "image"), what,
                                base::join(named, ", "), rest == 0 ? "" : fmt::format(" and {} more", rest)),
                    names.size() == 1 ? of_one(std::string(hint)) : std::string(hint)});
}

bool is_enlarged(const Crop& crop) {
    return crop.image.width_px < crop.resized.width_px || crop.image.height_px < crop.resized.height_px;
}

// The share of the resized image that is cut off.
double lost_share(const Crop& crop) {
    const auto area = [](Size size) { return static_cast<double>(size.width_px * size.height_px); };
    return 1 - area(crop.size) / area(crop.resized);
}

void report_crops(const std::vector<Look>& looks, const JobCrops& crops, const std::string& where,
                  ScanResult& result) {
    constexpr double kMuch = 0.2;
    std::vector<std::string> enlarged, cropped;
    for (const auto& look : looks) {
        if (look.unreadable) continue;
        const auto crop = crops.of({look.image.width_px, look.image.height_px}, look.image.subset);
        const auto name = look.image.file.filename().string();
        if (is_enlarged(crop))
            enlarged.push_back(fmt::format("{} ({} x {} to {} x {})", name, crop.image.width_px,
                                           crop.image.height_px, crop.resized.width_px,
                                           crop.resized.height_px));
        if (lost_share(crop) > kMuch)
            cropped.push_back(fmt::format("{} ({:.0f} %)", name, 100 * lost_share(crop)));
    }
    tell(result.news, where, enlarged, "smaller than the size trained at",
         "Enlarged images are soft, and the LoRA learns that.");
    tell(result.news, where, cropped, "of which more than a fifth is cropped",
         "Crop them yourself to what matters, or train with data.buckets = true.");
}

// What a generator would understand in a caption, and the model cannot. An example says what is meant.
void report_captions(const std::vector<Look>& looks, const std::string& where, ScanResult& result) {
    struct Sign {
        std::function<std::string(const std::string&)> first;
        std::string_view what, hint;
    };
    const Sign signs[] = {
        {[](const std::string& caption) {
             return base::unescape_brackets(caption) == caption ? std::string() : std::string("\\(");
         },
         "with brackets written as {} in the caption",
         "They are trained as plain brackets, as generators read them."},
        {[](const std::string& caption) { return std::string(base::first_weight(caption)); },
         "with a weight such as {} in the caption",
         "The model is given it letter by letter; write the words without it."},
        {[](const std::string& caption) { return std::string(base::first_wildcard(caption)); },
         "with a wildcard such as {} in the caption",
         "The model is given it letter by letter; write one of the words."}};
    for (const auto& sign : signs) {
        std::vector<std::string> names;
        std::string example;
        for (const auto& look : looks) {
            const auto found = look.unreadable ? std::string() : sign.first(look.image.caption);
            if (found.empty()) continue;
            if (names.empty()) example = found;
            names.push_back(look.image.file.filename().string());
        }
        tell(result.news, where, names, base::replace_all(std::string(sign.what), "{}", example), sign.hint);
    }
}

void report_colours(const std::vector<Look>& looks, const std::string& where, ScanResult& result) {
    const auto names_where = [&](auto&& chosen) {
        std::vector<std::string> names;
        for (const auto& look : looks)
            if (!look.unreadable && chosen(look)) names.push_back(look.image.file.filename().string());
        return names;
    };
    tell(result.news, where, names_where([](const Look& l) { return l.transparent; }),
         "that can be seen through", "What is transparent is trained as white.");
    tell(result.news, where, names_where([](const Look& l) { return l.profile == io::Profile::Converted; }),
         "with a colour profile", "Their colours are converted to sRGB, as they are shown.");
    tell(result.news, where, names_where([](const Look& l) { return l.profile == io::Profile::Broken; }),
         "with a colour profile that cannot be used", "Their colours are taken for sRGB.");
}

void report_trigger(const std::string& trigger, const std::string& where, ScanResult& result) {
    if (trigger.find_first_of("\r\n") != std::string::npos)
        result.news.push_back(
            {where, "The trigger holds a line break, which is trained as a blank.", "Write it in one line."});
    else if (!base::trim(trigger).empty() && parse_tags(trigger).empty())
        result.news.push_back({where, "The trigger holds no word.", "Write one, or leave it empty."});
}

void report_subset(const std::vector<Look>& looks, const settings::Data& data, std::size_t subset,
                   ScanResult& result) {
    const auto names_where = [&](auto&& chosen) {
        std::vector<std::string> names;
        for (const auto& look : looks)
            if (!look.unreadable && chosen(look)) names.push_back(look.image.file.filename().string());
        return names;
    };
    const auto where = key_of(subset);
    const bool has_trigger = base::is_visible(data.subsets[subset].trigger);
    const auto bare =
        names_where([](const Look& l) { return !l.image.has_caption && !l.bad_caption.has_value(); });
    if (data.require_captions)
        tell(result.errors, where, bare, "without a caption",
             fmt::format("Write one beside each ({}), or set data.require_captions = false.",
                         base::join(data.caption_extensions, ", ")));
    else
        tell(result.news, where, bare, "without a caption",
             base::is_visible(data.subsets[subset].class_words) ? "Training uses the class words."
             : has_trigger                                      ? "Training uses the trigger alone."
                                                                : "Training uses an empty text.");
    tell(result.news, where, names_where([](const Look& l) { return l.more_lines; }),
         "with a caption of several lines", "Only the first line is used.");
    tell(result.news, where, names_where([](const Look& l) { return l.frames > 1; }),
         "of several frames or pages", "Only the first is used.");
    report_trigger(data.subsets[subset].trigger, where, result);
    report_captions(looks, where, result);
    report_colours(looks, where, result);
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

void report_regularisation(const settings::Data& data, ScanResult& result) {
    const auto repeats = repeats_of(result.images, data);
    for (std::size_t subset = 0; subset < data.subsets.size(); ++subset) {
        std::vector<std::string> unused;
        for (std::size_t i = 0; i < result.images.size(); ++i)
            if (result.images[i].subset == subset && repeats[i] == 0)
                unused.push_back(result.images[i].file.filename().string());
        tell(result.news, key_of(subset), unused, "of regularisation not used",
             "An epoch shows as many of them as it shows training images.");
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
    std::vector<std::vector<Look>> subsets;
    std::vector<Look*> all;
    for (std::size_t i = 0; i < data.subsets.size(); ++i) subsets.push_back(list_subset(data, i, result));
    for (auto& looks : subsets)
        std::transform(looks.begin(), looks.end(), std::back_inserter(all), [](Look& l) { return &l; });
    std::mutex guard;
    std::size_t done = 0;
    base::for_each_index(all.size(), worker_count(data), cancel, [&](std::size_t i) {
        look_at(*all[i], data.caption_extensions, measure);
        const std::lock_guard lock(guard);
        ++done;
        if (on_progress) on_progress(done, all.size(), all[i]->image.file);
    });
    const auto crops = crops_for(data, result);
    for (std::size_t i = 0; i < subsets.size(); ++i) {
        report_subset(subsets[i], data, i, result);
        if (crops) report_crops(subsets[i], *crops, key_of(i), result);
        sort_out(subsets[i], data, result);
    }
    report_regularisation(data, result);
    if (result.images.empty() && !all.empty() && !data.strict)
        result.errors.push_back({"data", "None of the images can be read.", "See the message for each."});
    return result;
}

}  // namespace lorikeet::data
