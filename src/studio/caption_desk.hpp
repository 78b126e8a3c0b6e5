// Sentences for the images of a dataset: what a captioner would write into their captions, file by file, before it does; then
// as one change of the undo journal.
//
// Captions are kept in files of the dataset's folder while this is only shown, one for each captioner and way of searching, so
// that writing them needs no second run, whatever was tried meanwhile. A stop that is asked for ends the work early and keeps
// what is done.
//
// Source   docs/formats/kept-captions.md
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "settings/captioning.hpp"
#include "studio/caption_jobs.hpp"
#include "studio/caption_plan.hpp"
#include "studio/dataset_files.hpp"

namespace lorikeet::studio {

struct CaptioningRequest {
    base::Path folder;
    std::vector<std::string> images;  // of the listing; empty: all
    settings::Captioning captioning;
};

struct CaptioningPlan {
    CaptionPlan captions;            // its left_out names images
    std::string captioner;           // "BLIP, 384 px, 30524 words; the processor, bfloat16"
    std::vector<std::string> notes;  // what was assumed
    std::size_t images = 0;          // that were asked for
    std::size_t looked_at = 0;       // by the network
    std::size_t known = 0;           // whose captions were kept from before
    bool stopped = false;            // before all images were looked at
    base::Path kept;                 // the file that captions are kept in
    bool is_kept = false;            // what is known is in it: it could be written
};

// Throws   what tag::open_captioner throws; Error{InvalidInput} for settings that cannot be so.
CaptioningPlan plan_captioning(const CaptioningRequest& request, const DatasetListing& listing,
                               const OnImageProgress& on_progress, const base::Cancel& cancel);

// Makes the change, and lets the kept captions of this captioner go, however they were searched for, where nothing is left to
// do.
ChangeOutcome write_captioning(const CaptioningRequest& request, const CaptioningPlan& plan);

}  // namespace lorikeet::studio
