// What the commands that look at images with a network have in common: how far they are, in one line that is drawn again, or one
// every ten seconds where that cannot be; their settings, from a file and options; and what is said before anything is written.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/clock.hpp"
#include "base/file.hpp"
#include "cli/console.hpp"
#include "settings/check.hpp"
#include "studio/caption_jobs.hpp"
#include "studio/caption_plan.hpp"
#include "studio/dataset_files.hpp"

namespace lorikeet::cli {

// "image 12 of 300   2.31 images/s   about 2 min 05 s left   the processor, bfloat16"
std::string image_progress_line(const studio::ImageProgress& progress);

class ImageReport {
  public:
    explicit ImageReport(Console& console) : console_(console) {}
    void take(const studio::ImageProgress& progress);
    void end();

  private:
    Console& console_;
    base::Stopwatch watch_;
    bool drawn_ = false;
};

// What came of it.
struct LookedAt {
    const studio::CaptionPlan& captions;
    std::size_t images = 0;     // that were asked for
    std::size_t looked_at = 0;  // by the network
    std::size_t known = 0;      // from before
    bool stopped = false;
    bool is_kept = false;
    const char* what = "";  // is kept: "scores"
};
// How many images, and whether it was stopped.
void say_looked_at(const LookedAt& looked, Console& console);
enum class Apply { No, Yes };
// Says why nothing is written, and returns the exit code; nothing where it is to be written now.
std::optional<int> code_before_writing(const LookedAt& looked, Apply apply, Console& console);

// The folder's images; captions end as was typed (or as in the settings), or as new ones will.
studio::DatasetListing listing_with(const base::Path& folder, const std::string& typed,
                                    const std::string& extension, const base::Cancel& cancel);

// Into `object`, of the schema's type: the file's, where one is named, then what was said on the command line.
// Throws   Error{InvalidInput} with all that is wrong.
void read_command_settings(const settings::Schema& schema, void* object, const base::Path& file,
                           const std::vector<settings::Assignment>& changes, const std::string& command);

}  // namespace lorikeet::cli
