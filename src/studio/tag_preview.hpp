// What a tagger says of one image, while its settings are still being chosen: the network is opened once and its scores are
// worked out once, so that another threshold is shown at once.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "settings/tagging.hpp"
#include "studio/dataset_files.hpp"

namespace lorikeet::studio {

struct ScoredTag {
    std::string tag;       // as it would be written
    double score = 0;      // 0 to 1
    bool written = false;  // with these settings
};

struct TagPreview {
    std::string image;            // its name
    std::string tagger;           // "ViT, 448 px, 10861 tags; CPU, bfloat16"
    std::vector<ScoredTag> tags;  // the likeliest first; written ones all, others as far as they may matter
    std::string caption;          // what would be written for an image without a caption
    std::vector<std::string> notes;
};

// Safe from any thread; calls wait for each other.
class TagPreviewer {
  public:
    TagPreviewer();
    ~TagPreviewer();

    // Throws   what tag::open_tagger, tag::TagChooser and io::read_image throw.
    TagPreview look(const settings::Tagging& tagging, const base::Path& folder, const ListedImage& image);
    void close();  // gives the network's memory back

  private:
    struct Open;
    std::mutex guard_;
    std::unique_ptr<Open> open_;
};

}  // namespace lorikeet::studio
