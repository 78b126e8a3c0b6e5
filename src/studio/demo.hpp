// The demo: a LoRA for a subject that the tiny base has never seen, trained and shown in under two minutes.
//
// Throws   Error{NotFound} when the tiny base or the images that are included are missing; what training throws.
#pragma once

#include <cstdint>

#include "base/cancel.hpp"
#include "base/event.hpp"
#include "base/file.hpp"
#include "settings/job.hpp"
#include "studio/living_runs.hpp"

namespace lorikeet::studio {

struct DemoResult {
    double distance_before = 0;  // mean over the demo's prompts, see likeness.hpp
    double distance_after = 0;
    double seconds = 0;
    base::Path page;    // demo.html
    base::Path poster;  // demo.png
    base::Path lora;
    bool stopped = false;  // by the user; there is no page then
};

// The settings of the demo's run: everything else is as it comes.
settings::Job demo_job(const base::Path& folder);

// Works in `folder`; a demo that is there already is made again.
DemoResult run_demo(const base::Path& folder, base::EventSink& listener, const base::Cancel& cancel,
                    Others others = Others::Allow);

}  // namespace lorikeet::studio
