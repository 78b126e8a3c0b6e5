// What tagging and captioning have in common: which images of a dataset get a caption, in which file, and the loop that looks
// at them, many at once where that is faster, with its progress.
//
// An image that cannot be read is left out, and the rest goes on; a stop ends the loop after what is at work.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "io/image.hpp"
#include "settings/field.hpp"
#include "settings/tagging.hpp"
#include "studio/caption_plan.hpp"
#include "studio/dataset_files.hpp"
#include "tag/square_loader.hpp"

namespace lorikeet::studio {

// The file of an image's caption: the one there is, if it can be with this extension; else the one that would be made.
std::string caption_file_of(const ListedImage& image, const std::string& extension);

// An image and the caption that it would get.
struct CaptionJob {
    const ListedImage* image = nullptr;
    std::string caption;  // name of the file
    std::optional<std::string> before;
    std::string version() const;  // of the image's file
    bool has_caption() const;     // more than blanks
};

struct CaptionTarget {
    const base::Path& folder;
    const std::vector<std::string>& images;  // of the listing; empty: all
    const std::string& extension;
    bool recursive = true;
    settings::ExistingCaption existing = settings::ExistingCaption::Skip;
};

struct CaptionJobs {
    std::vector<CaptionJob> jobs;
    std::vector<base::Problem> left_out;
    std::size_t images = 0;  // that were asked for
    std::size_t same = 0;    // whose captions stay, so that nothing is to be done
};

CaptionJobs collect_caption_jobs(const CaptionTarget& target, const DatasetListing& listing);

struct ImageProgress {
    std::size_t done = 0, of = 0;  // images
    double per_second = 0;         // 0: not known yet
    double seconds_left = 0;
    std::string device;  // "the processor, bfloat16"
};
using OnImageProgress = std::function<void(const ImageProgress&)>;

struct LookAt {
    const base::Path& folder;
    std::int64_t image_px = 0;
    std::size_t at_once = 1;
    tag::SquareLoader::Make make;
    std::string device;  // for the progress
};
// The images that could be read, with their jobs.
using OnImages = std::function<void(const std::vector<const CaptionJob*>&, const std::vector<io::Image>&)>;

// `save` is called every half minute, and before an error ends the work. Returns whether it was stopped before the end; `take`
// may stop too, by Error{Interrupted}, and leave its images undone.
bool look_at_images(const LookAt& how, const std::vector<const CaptionJob*>& jobs, const OnImages& take,
                    const std::function<void()>& save, std::vector<base::Problem>& left_out,
                    const OnImageProgress& on_progress, const base::Cancel& cancel);

// Keeps what was worked out. Without it another run is as long as this one, and no worse: what is wrong is a note, once.
class KeptSaver {
  public:
    explicit KeptSaver(const char* what) : what_(what) {}
    void save(const std::function<void()>& write, std::vector<std::string>& notes);
    bool failed() const { return failed_; }

  private:
    const char* what_;  // "scores"
    bool failed_ = false;
};

// By name of the file.
void sort_plan(CaptionPlan& plan);

// What is wrong with settings that are no part of a job.
std::vector<base::Problem> problems_of(const settings::Schema& schema, const void* object);

}  // namespace lorikeet::studio
