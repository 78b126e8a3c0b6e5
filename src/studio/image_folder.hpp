// A folder of images, looked at quickly: headers and captions alone, so that a page can say at once what lies there. The
// scan before a training decodes each image and may find more.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "data/listing.hpp"

namespace lorikeet::studio {

struct ImageSize {
    std::int64_t width_px = 0, height_px = 0;
    std::string file;
};

struct ImageFolderSummary {
    std::int64_t images = 0;
    std::int64_t captions_missing = 0;
    std::int64_t generated = 0;           // images that carry the prompt they were made with
    std::int64_t folders = 0;             // inside it that are not looked into
    ImageSize smallest, largest;          // by area
    std::vector<base::Path> files;        // the images, by name
    std::vector<base::Problem> left_out;  // images that are not read, and why
    std::string trouble;                  // a sentence: why there is nothing to train on; empty when there is
    std::string hint;
    std::string sentence;  // "24 images, 20 with captions, 512 x 512 to 2048 x 1536 pixels"
};

// PNG files that carry the prompt they were made with, as samples do.
bool is_generated(const base::Path& file);
// "3 of the images carry a prompt, as samples do: ..."; empty where there is none.
std::string words_for_generated(std::int64_t count);

// An absent folder is an answer.  Throws Error{Interrupted} alone.
ImageFolderSummary look_at_images(const base::Path& folder,
                                  const std::vector<std::string>& caption_extensions,
                                  const base::Cancel& cancel, data::Nested nested = data::Nested::No);

// Several folders as one: "24 images in 3 folders, ...". What keeps one from being used is said by its own summary.
ImageFolderSummary together(const std::vector<ImageFolderSummary>& folders);

// The bytes of a small PNG, its longest side at most `longest_px` (16 .. 1024). A small image stays as it is.
// Throws   what io::read_image throws.
std::string small_png(const base::Path& file, std::int64_t longest_px);

}  // namespace lorikeet::studio
