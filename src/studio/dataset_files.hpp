// The images of a dataset and their captions as a page lists them: by name, folders inside too, nothing decoded.
//
// Names are below the dataset's folder, with "/" between. What begins with a dot is ours or the system's and not listed.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "studio/text_files.hpp"

namespace lorikeet::studio {

struct ListedImage {
    std::string name;  // "10_bird/a.png"
    std::uint64_t bytes = 0;
    std::int64_t changed =
        0;  // of the file, in the disk's own ticks: with the size it tells one version from another
    std::string caption;                // the first line that is not blank; empty where there is none
    std::vector<std::string> captions;  // names of its caption files, also of empty ones
    bool bad_caption = false;           // the one that training would take is no text
};

struct DatasetListing {
    std::vector<ListedImage> images;    // by name
    std::vector<std::string> captions;  // all files with the extension of one, by name
    std::vector<std::string> archives;  // zip, tar, 7z and their kin
    std::vector<std::string> others;    // neither of these, by name
    std::size_t inside = 0;             // of the images, those in folders inside
    std::size_t unfinished = 0;         // uploads that were cut off
    std::string trouble;                // a sentence: the folder is there and cannot be read, or is a file

    std::vector<std::string> orphans() const;  // captions that no image has
};

// An absent folder is an empty answer. Throws Error{Interrupted} alone.
DatasetListing list_dataset(const base::Path& folder, const std::vector<std::string>& caption_extensions,
                            const base::Cancel& cancel);

// The same, again and again: what is as it was is not read again. A caption counts as that while size, time and number of its
// file are the same, and it was not written just before it was read. From any thread; one listing at a time.
class DatasetLister {
  public:
    DatasetListing list(const base::Path& folder, const std::vector<std::string>& caption_extensions,
                        const base::Cancel& cancel);
    std::size_t captions_read() const { return captions_read_; }  // of all listings so far

  private:
    struct Known {
        std::vector<FileStamp> stamps;  // of its caption files
        std::int64_t read_at_ns = 0;
        std::string caption;
        bool bad_caption = false;
    };
    void take_caption(ListedImage& image);
    void forget_but(const std::vector<std::string>& images);

    std::mutex one_at_a_time_;
    base::Path folder_;
    std::vector<std::string> extensions_;
    std::map<std::string, Known> known_;  // by the images' names
    std::atomic<std::size_t> captions_read_ = 0;
};

// "a cat, red fur, on a sofa" -> "a cat", "red fur", "on a sofa"; at most `most`, long ones cut.
std::vector<std::string> first_tags(const std::string& caption, std::size_t most);

}  // namespace lorikeet::studio
