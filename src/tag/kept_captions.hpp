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
#include <utility>

#include "base/file.hpp"

namespace lorikeet::tag {

class KeptCaptions {
  public:
    // `fingerprint` is that of CaptionerFacts.
    KeptCaptions(base::Path file, std::string fingerprint);

    // `version` is that of the image's file: other bytes have another caption.
    std::optional<std::string> find(const std::string& image, const std::string& version) const;
    void keep(const std::string& image, const std::string& version, const std::string& caption);

    // Whole or not at all; does nothing where nothing was kept since.
    void save();
    const base::Path& file() const { return file_; }

  private:
    void read();

    base::Path file_;
    std::string fingerprint_;
    std::map<std::string, std::pair<std::string, std::string>> images_;  // version and caption
    bool changed_ = false;
};

}  // namespace lorikeet::tag
