// Tags for the images of a dataset: what a tagger would write into their captions, file by file, before it does; then as one
// change of the undo journal.
//
// The scores are kept in a file of the dataset's folder while this is only shown, so that doing it, or another threshold,
// needs no second run; writing all captions lets them go, unless they are to be kept. A stop that is asked for ends the work
// early and keeps what is done.
//
// Source   docs/formats/kept-scores.md
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "settings/tagging.hpp"
#include "studio/caption_jobs.hpp"
#include "studio/caption_plan.hpp"
#include "studio/dataset_files.hpp"

namespace lorikeet::studio {

struct TagRequest {
    base::Path folder;
    std::vector<std::string> images;  // of the listing; empty: all
    settings::Tagging tagging;
};

struct TagPlan {
    CaptionPlan captions;            // its left_out names images
    std::string tagger;              // "ViT, 448 px, 10861 tags; the processor, bfloat16"
    std::vector<std::string> notes;  // what was assumed
    std::vector<std::pair<std::string, std::size_t>> tags;  // by how many images they are written to
    std::size_t images = 0;                                 // that were asked for
    std::size_t looked_at = 0;                              // by the network
    std::size_t known = 0;                                  // whose scores were kept from before
    bool stopped = false;                                   // before all images were looked at
    base::Path scores;                                      // the file that they are kept in
    bool is_kept = false;  // what is known is in it, and serves these thresholds
};

// Throws   what tag::open_tagger and tag::TagChooser throw; Error{InvalidInput} for settings that cannot be so.
TagPlan plan_tags(const TagRequest& request, const DatasetListing& listing,
                  const OnImageProgress& on_progress, const base::Cancel& cancel);

// Makes the change, and lets the scores go where they are not to be kept.
ChangeOutcome write_tags(const TagRequest& request, const TagPlan& plan);

}  // namespace lorikeet::studio
