// A dataset looked at before it is trained on: what is in it, what is worth a look, and what the trainer will see of it.
//
// The sizes, crops, captions and showings are those of training: the same functions are asked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/error.hpp"
#include "data/lint.hpp"
#include "data/scan.hpp"
#include "settings/job.hpp"
#include "studio/trained_sizes.hpp"

namespace lorikeet::studio {

struct ReportedImage {
    base::Path file;
    std::size_t subset = 0;
    data::Crop crop;
    double lost = 0;      // share that is cropped, 0 to 1
    std::string caption;  // as it is shown most of the time, the trigger in front
    bool has_caption = false;
    bool bad_caption = false;  // its caption file is no text
    std::int64_t tokens = 0;   // of that caption
    std::int64_t repeats = 0;  // showings in an epoch
};

// One showing of an image in one of the first epochs, with the caption it has then.
struct ReportedShowing {
    std::size_t image = 0;
    std::string caption;
    bool mirrored = false;
};

struct DatasetReport {
    settings::Data data;
    std::int64_t max_tokens = 0;  // of a caption that are read
    std::vector<ReportedImage> images;
    std::vector<data::Finding> findings;
    std::vector<data::TagCount> tags;
    std::vector<TrainedSize> sizes;
    std::int64_t showings_per_epoch = 0, batches_per_epoch = 0;
    std::vector<std::vector<ReportedShowing>> epochs;  // the first three
    std::vector<base::Problem> left_out;               // images that cannot be read, and why
    std::vector<base::Problem> errors;                 // what keeps a training from starting
    std::vector<base::Problem> notes;

    // The captions that each image has in the first epochs, each once: that is what the trainer will read.
    std::vector<std::vector<std::string>> captions_drawn() const;
    // Captions longer than `tokens`, which is all that is read at that setting of model.max_tokens.
    std::size_t captions_longer_than(std::int64_t tokens) const;
};

// Of a job's dataset, as its model takes it, "tiny" too; of a job without a checkpoint that is there, as Stable Diffusion 1.x would. What
// the job leaves open is chosen. Throws Error{Interrupted}; what is wrong with the data is in the report.
DatasetReport report_on(settings::Job job, const base::Cancel& cancel,
                        const data::OnProgress& on_progress = {});

// A job for a folder alone, without a model: every folder with images at or below it is a subset, as its name says ("10_bird": 10 repeats,
// class words "bird").
settings::Job job_of_folder(const base::Path& folder);

// All of it, for programs. Paths as they are, texts in UTF-8.
std::string json_of(const DatasetReport& report);

}  // namespace lorikeet::studio
