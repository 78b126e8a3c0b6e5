#include "studio/image_folder.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "data/caption.hpp"
#include "io/format.hpp"
#include "io/image.hpp"
#include "io/resample.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

bool trouble_with(const base::Path& folder, ImageFolderSummary& look) {
    if (folder.empty()) {
        look.trouble = "No folder is given.";
        look.hint = "Choose the folder with the images.";
    } else if (!base::is_there(folder)) {
        look.trouble = fmt::format("There is no folder {}.", folder.string());
        look.hint = base::hint_for_missing(folder.string());
    } else if (!base::is_folder(folder)) {
        look.trouble = fmt::format("{} is a file, not a folder.", folder.string());
        look.hint = "Choose the folder with the images.";
    }
    return !look.trouble.empty();
}

void list_files(const base::Path& folder, const std::vector<std::string>& captions, data::Nested nested,
                ImageFolderSummary& look) {
    auto listing = data::list_folder(folder, captions, nested);
    look.files = std::move(listing.images);
    look.folders = static_cast<std::int64_t>(listing.folders);
    if (listing.trouble.empty()) return;
    look.trouble = fmt::format("The folder {} cannot be read: {}.", folder.string(), listing.trouble);
    look.hint = "Check its permissions.";
}

std::int64_t area(const ImageSize& one) { return one.width_px * one.height_px; }

// False when the image is left out.
bool measure(const base::Path& file, ImageFolderSummary& look) {
    try {
        const auto facts = io::peek_image(file);
        const ImageSize size{facts.width_px, facts.height_px, file.filename().string()};
        if (look.images == 0 || area(size) < area(look.smallest)) look.smallest = size;
        if (look.images == 0 || area(size) > area(look.largest)) look.largest = size;
        return true;
    } catch (const base::Error& error) {
        look.left_out.push_back({file.string(), error.what(), error.hint()});
        return false;
    }
}

bool has_caption(const base::Path& file, const std::vector<std::string>& extensions,
                 ImageFolderSummary& look) {
    try {
        const auto caption = data::find_caption(file, extensions);
        return caption && !caption->text.empty();
    } catch (const base::Error& error) {
        look.left_out.push_back({file.string(), error.what(), error.hint()});
        return true;  // there is one, and what is wrong with it is said
    }
}

std::string summary_sentence(const ImageFolderSummary& look, std::size_t folders = 1) {
    const auto captioned = look.images - look.captions_missing;
    std::string text = base::counted(look.images, "image");
    if (folders > 1) text += fmt::format(" in {} folders", folders);
    if (look.captions_missing == 0)
        text += look.images == 1 ? ", with a caption" : ", all with captions";
    else
        text += fmt::format(", {} with captions", captioned == 0 ? "none" : fmt::format("{}", captioned));
    const auto say = [](const ImageSize& size) {
        return fmt::format("{} x {}", size.width_px, size.height_px);
    };
    text += ", " + say(look.smallest);
    if (say(look.smallest) != say(look.largest)) text += " to " + say(look.largest);
    return text + " pixels";
}

}  // namespace

bool is_generated(const base::Path& file) {
    if (base::to_lower(file.extension().string()) != ".png") return false;
    try {
        return io::read_png_text(file).contains("parameters");
    } catch (const base::Error&) {
        return false;  // what is wrong with it is said by those who read it
    }
}

std::string words_for_generated(std::int64_t count) {
    if (count == 0) return {};
    return fmt::format(
        "{} carr{} a prompt, as samples do. Samples of a LoRA do not belong here: move them to another "
        "folder.",
        count == 1 ? "One image" : fmt::format("{} images", count), count == 1 ? "ies" : "y");
}

ImageFolderSummary look_at_images(const base::Path& folder,
                                  const std::vector<std::string>& caption_extensions,
                                  const base::Cancel& cancel, data::Nested nested) {
    ImageFolderSummary look;
    if (trouble_with(folder, look)) return look;
    list_files(folder, caption_extensions, nested, look);
    std::vector<base::Path> good;
    for (const auto& file : look.files) {
        cancel.throw_if_stopped();
        if (!measure(file, look)) continue;
        good.push_back(file);
        ++look.images;
        look.captions_missing += has_caption(file, caption_extensions, look) ? 0 : 1;
        look.generated += is_generated(file) ? 1 : 0;
    }
    look.files = std::move(good);
    if (look.images > 0) {
        look.sentence = summary_sentence(look);
        look.hint = words_for_generated(look.generated);
    } else if (look.trouble.empty()) {
        look.trouble = look.left_out.empty()
                           ? fmt::format("There are no images in {}.", folder.string())
                           : fmt::format("None of the images in {} can be read.", folder.string());
        look.hint =
            look.folders > 0
                ? "Folders inside are not used: choose one of them, or turn on \"Nested\" among all settings."
                : fmt::format("{} files in this folder are used.", io::kFormatNames);
    }
    return look;
}

ImageFolderSummary together(const std::vector<ImageFolderSummary>& folders) {
    if (folders.size() == 1) return folders.front();
    ImageFolderSummary all;
    std::size_t with_images = 0;
    for (const auto& one : folders) {
        all.left_out.insert(all.left_out.end(), one.left_out.begin(), one.left_out.end());
        if (one.images == 0) continue;
        if (all.images == 0 || area(one.smallest) < area(all.smallest)) all.smallest = one.smallest;
        if (all.images == 0 || area(one.largest) > area(all.largest)) all.largest = one.largest;
        all.images += one.images;
        all.captions_missing += one.captions_missing;
        all.generated += one.generated;
        all.files.insert(all.files.end(), one.files.begin(), one.files.end());
        ++with_images;
    }
    if (all.images > 0) {
        all.sentence = summary_sentence(all, with_images);
        all.hint = words_for_generated(all.generated);
    }
    return all;
}

std::string small_png(const base::Path& file, std::int64_t longest_px) {
    const auto most = std::clamp<std::int64_t>(longest_px, 16, 1024);
    const auto image = io::read_image(file);
    const auto longest = std::max(image.width_px, image.height_px);
    if (longest <= most) return io::encode_png(image);
    const auto scaled = [&](std::int64_t side) {
        return std::max<std::int64_t>(1, (side * most + longest / 2) / longest);
    };
    return io::encode_png(
        io::resize(image, scaled(image.width_px), scaled(image.height_px), io::Filter::Area));
}

}  // namespace lorikeet::studio
