#include "studio/dataset_files.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "data/listing.hpp"
#include "io/format.hpp"
#include "studio/import_names.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLongestTag = 40;

std::string below(const base::Path& file, const base::Path& folder) {
    return file.lexically_relative(folder).generic_string();
}

void look_at_file(const base::Path& file, const base::Path& folder,
                  const std::vector<std::string>& caption_extensions, std::vector<std::string>& images,
                  DatasetListing& listing) {
    const auto name = below(file, folder);
    const auto extension = file.extension().string();
    if (std::find(caption_extensions.begin(), caption_extensions.end(), extension) !=
        caption_extensions.end())
        listing.captions.push_back(name);
    else if (is_archive_name(name))
        listing.archives.push_back(name);
    else if (io::has_image_extension(file) || !io::format_of_file(file).empty())
        images.push_back(name);
    else
        listing.others.push_back(name);
}

void look_inside(const base::Path& place, const base::Path& folder, int depth,
                 const std::vector<std::string>& caption_extensions, const base::Cancel& cancel,
                 std::vector<std::string>& images, DatasetListing& listing) {
    std::error_code trouble;
    for (auto at = fs::directory_iterator(place, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble)) {
        cancel.throw_if_stopped();
        const auto name = at->path().filename().string();
        if (name.starts_with('.')) {
            listing.unfinished += name.ends_with(".part") ? 1 : 0;
            continue;
        }
        // A link to a folder could lead round in a circle.
        if (at->is_directory(trouble) && !at->is_symlink(trouble) && depth < data::kDeepestFolder)
            look_inside(at->path(), folder, depth + 1, caption_extensions, cancel, images, listing);
        else if (base::is_file(at->path()))
            look_at_file(at->path(), folder, caption_extensions, images, listing);
    }
    if (trouble && depth == 0)
        listing.trouble = "The folder " + folder.string() + " cannot be read: " + trouble.message() + ".";
}

}  // namespace

DatasetListing list_dataset(const base::Path& folder, const std::vector<std::string>& caption_extensions,
                            const base::Cancel& cancel) {
    return DatasetLister().list(folder, caption_extensions, cancel);
}

DatasetListing DatasetLister::list(const base::Path& folder,
                                   const std::vector<std::string>& caption_extensions,
                                   const base::Cancel& cancel) {
    const std::lock_guard lock(one_at_a_time_);
    if (folder != folder_ || caption_extensions != extensions_) known_.clear();
    folder_ = folder;
    extensions_ = caption_extensions;
    DatasetListing listing;
    if (!folder.empty() && base::is_there(folder) && !base::is_folder(folder))
        listing.trouble = folder.string() + " is a file, not a folder.";
    if (folder.empty() || !base::is_folder(folder)) return listing;
    std::vector<std::string> images;
    look_inside(folder, folder, 0, caption_extensions, cancel, images, listing);
    for (auto* names : {&images, &listing.captions, &listing.archives, &listing.others})
        std::sort(names->begin(), names->end());
    std::map<std::string, std::vector<std::string>> by_stem;
    const auto stem = [](const std::string& name) { return base::Path(name).replace_extension().string(); };
    for (const auto& name : listing.captions) by_stem[stem(name)].push_back(name);
    for (const auto& name : images) {
        cancel.throw_if_stopped();
        ListedImage image{name, base::bytes_in(folder / name).value_or(0), 0, {}, {}};
        std::error_code ignored;
        image.changed = fs::last_write_time(folder / name, ignored).time_since_epoch().count();
        if (const auto at = by_stem.find(stem(name)); at != by_stem.end()) {
            image.captions = at->second;
            take_caption(image);
        }
        listing.inside += name.find('/') != std::string::npos ? 1 : 0;
        listing.images.push_back(std::move(image));
    }
    forget_but(images);
    return listing;
}

// What is gone needs no room.
void DatasetLister::forget_but(const std::vector<std::string>& images) {
    if (known_.size() <= images.size()) return;
    std::erase_if(known_, [&](const auto& one) {
        return !std::binary_search(images.begin(), images.end(), one.first);
    });
}

// The one that training would take: by the order of the extensions. The clocks of some disks stand still for two seconds.
void DatasetLister::take_caption(ListedImage& image) {
    constexpr std::int64_t kClockNs = 2'000'000'000;
    std::vector<FileStamp> stamps;
    for (const auto& name : image.captions) stamps.push_back(stamp_of(folder_ / name));
    auto& known = known_[image.name];
    const bool is_old = std::all_of(stamps.begin(), stamps.end(), [&](const FileStamp& stamp) {
        return stamp.changed_ns + kClockNs < known.read_at_ns;
    });
    if (known.stamps != stamps || !is_old) {
        known = {std::move(stamps), static_cast<std::int64_t>(base::unix_seconds() * 1e9), {}, false};
        ++captions_read_;
        try {
            if (auto caption = data::find_caption(folder_ / image.name, extensions_))
                known.caption = std::move(caption->text);
        } catch (const base::Error&) {
            known.bad_caption = true;  // the page `check` says what is wrong with it
        }
    }
    image.caption = known.caption;
    image.bad_caption = known.bad_caption;
}

std::vector<std::string> DatasetListing::orphans() const {
    std::set<std::string> owned;
    for (const auto& image : images) owned.insert(image.captions.begin(), image.captions.end());
    std::vector<std::string> alone;
    std::copy_if(captions.begin(), captions.end(), std::back_inserter(alone),
                 [&](const auto& name) { return !owned.contains(name); });
    return alone;
}

std::vector<std::string> first_tags(const std::string& caption, std::size_t most) {
    auto tags = data::parse_tags(caption);
    if (tags.size() > most) tags.resize(most);
    for (auto& tag : tags) tag = base::printable_start(tag, kLongestTag);
    return tags;
}

}  // namespace lorikeet::studio
