// Captions that a captioner has written for images, kept in a file while they are only shown, so that writing them needs no
// second run. Images are known by name and version.
//
// Source   docs/formats/kept-captions.md
// Throws   what base::write_whole throws. A file that cannot be read, or is of another captioner or other settings, counts as
//          none.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"
#include "tag/captioner.hpp"

namespace lorikeet::tag {

struct KeptCaption {
    std::string version;  // of the image's file
    Sentence sentence;
};

// By kept_name of the image; none where the text is none of this fingerprint.
std::map<std::string, KeptCaption> parse_kept_captions(std::string_view json, const std::string& fingerprint);

class KeptCaptions {
  public:
    // `fingerprint` is that of CaptionerFacts.
    KeptCaptions(base::Path file, std::string fingerprint);

    // `version` is that of the image's file: other bytes have another caption.
    std::optional<Sentence> find(const std::string& image, const std::string& version) const;
    void keep(const std::string& image, const std::string& version, const Sentence& sentence);

    // Whole or not at all; does nothing where nothing was kept since.
    void save();
    const base::Path& file() const { return file_; }

  private:
    base::Path file_;
    std::string fingerprint_;
    std::map<std::string, KeptCaption> images_;
    bool changed_ = false;
};

}  // namespace lorikeet::tag
