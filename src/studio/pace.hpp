// How long a step takes on this machine, remembered after each run, so that a plan can tell a time. A number that was
// measured for the very same kind of run is told as such; one that is scaled from another is "about"; else nobody knows.
//
// Source   docs/formats/pace.md
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "settings/job.hpp"

namespace lorikeet::studio {

// What determines the time of a step.
struct PaceKind {
    std::string machine;      // processor and GPU: another machine's numbers say nothing
    std::string model;        // family and number of weights
    std::int64_t pixels = 0;  // of one image
    std::int64_t batch = 0;   // images in one optimizer step
    std::string precision;
    std::string device;
    std::int64_t rank_class = 0;  // the rank, rounded up to a power of two
    bool trains_text = false;
    bool operator==(const PaceKind&) const = default;
};
// How many steps of training take as long as that many samples: a step goes forward once and backward twice as long, a
// sampler goes forward alone, twice where there is guidance.
double steps_of_samples(const settings::Job& job, std::int64_t samples);
PaceKind pace_kind_of(const settings::Job& job, const base::Path& checkpoint);

struct PaceEstimate {
    double seconds_per_step = 0;
    bool measured = false;  // of the same kind of run; else scaled by pixels and images
    std::string
        source;  // "measured in run bird on 2026-11-24", "about: scaled from run bird, 512 x 512, batch 1"
};

class PaceBook {
  public:
    explicit PaceBook(base::Path file);
    // $XDG_CACHE_HOME/lorikeet/pace.json, else ~/.cache/lorikeet/pace.json; $LORIKEET_PACE_FILE wins.
    static base::Path usual_file();

    std::optional<PaceEstimate> estimate(const PaceKind& kind) const;
    // Never throws: a rate that is not remembered harms nobody.
    void remember(const PaceKind& kind, double seconds_per_step, const std::string& run) noexcept;

  private:
    base::Path file_;
};

}  // namespace lorikeet::studio
