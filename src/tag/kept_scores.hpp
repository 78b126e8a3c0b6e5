// Scores that a tagger has worked out, kept in a file, so that another threshold needs no second run. One file for one
// tagger; images are known by name and version.
//
// Scores below kLeastKept are not kept, but those of ratings are; they come back as 0.
//
// Source   docs/formats/kept-scores.md
// Throws   what io::write_safetensors throws. A file that cannot be read, or is of another tagger, counts as none.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "tag/tag_list.hpp"
#include "tag/tagger.hpp"

namespace lorikeet::tag {

constexpr float kLeastKept = 0.01F;

class KeptScores {
  public:
    KeptScores(base::Path file, std::string fingerprint, const TagList& tags);

    // `version` is that of the image's file: other bytes have other scores.
    std::optional<Scores> find(const std::string& image, const std::string& version) const;
    void keep(const std::string& image, const std::string& version, const Scores& scores);

    // Whole or not at all; does nothing where nothing was kept since.
    void save();
    // The file goes.
    void forget();
    const base::Path& file() const { return file_; }

  private:
    struct Kept {
        std::string version;
        std::vector<float> pairs;  // of index and score
    };
    void read();

    base::Path file_;
    std::string fingerprint_;
    const TagList& tags_;
    std::map<std::string, Kept> images_;
    bool changed_ = false;
};

}  // namespace lorikeet::tag
