// Sampling in a process of its own, its progress read from a file of events. Cancelled by a signal; images that are
// done stay.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "studio/event_tail.hpp"
#include "studio/run_launch.hpp"
#include "studio/sample_desk.hpp"

namespace lorikeet::studio {

// What is generated goes in here, in the working folder: never among the images to train on.
inline constexpr const char* kSamplesFolder = "samples";

struct GeneratedImage {
    base::Path file;
    std::uint64_t seed = 0;
    double strength = 1;
};

enum class SampleState { Loading, Sampling, Done, Cancelled, Failed };

struct SampleView {
    SampleState state = SampleState::Loading;
    std::int64_t image = 0, images = 0;  // the one being generated, from 0; of how many
    std::int64_t step = 0, steps = 0;
    std::vector<GeneratedImage> done;
    std::vector<std::string> notes;  // sentences: a prompt that is cut, a part of a LoRA that is not used
    std::string cause, hint;         // of a failure
    std::string said;                // the end of what the process wrote
};

class SampleProcess {
  public:
    // Throws what start_process throws; Error{InvalidInput} for a request that cannot be.
    static SampleProcess start(const SampleRequest& request, const LaunchPlace& place);

    // Reads what is new; true when something changed.
    bool poll();
    const SampleView& view() const { return view_; }
    // Asks it to stop after the step it is in. Nothing happens when it is over, or when it was asked before.
    void cancel();

  private:
    SampleProcess(base::Path events, base::Path output, int pid, const SampleRequest& request);
    LineTail tail_;
    base::Path output_;
    int pid_ = 0;
    bool asked_to_stop_ = false;
    SampleView view_;
};

}  // namespace lorikeet::studio
