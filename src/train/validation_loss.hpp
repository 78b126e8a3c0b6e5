// The loss on images that are not trained on. It is the same for the same weights, whenever and however often it is asked for:
// each image has noise of its own and is seen at four fixed timesteps, with its whole caption, as the LoRA will be used.
// It draws nothing that training draws, so that a run is bit for bit the one without it.
//
// Source   timesteps: kohya's sd-scripts, train_network.py.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "data/loader.hpp"
#include "data/scan.hpp"
#include "settings/job.hpp"
#include "train/recipe.hpp"
#include "train/session.hpp"
#include "train/step.hpp"

namespace lorikeet::train {

// Four that part the timesteps that are trained into five.
std::array<std::int64_t, 4> validation_timesteps(const settings::Noise& noise);

// The captions that it will show.
std::set<std::string> validation_captions(const settings::Job& job,
                                          const std::vector<data::DatasetImage>& images);

class ValidationLoss {
  public:
    // `images` as ScanResult::held_out has them, not none.
    ValidationLoss(std::vector<data::DatasetImage> images, const settings::Job& job, data::Encoder encoder);

    // As data::Loader's.
    data::Loader::Filled fill_cache(const data::OnProgress& on_progress, const base::Cancel& cancel);
    // The mean over images and timesteps; nothing when `cancel` asks to stop. Leaves the recipe as it was.
    std::optional<double> of(Recipe& recipe, Step& step, const base::Cancel& cancel);
    // The same told: the phase "validating" and the event "validation" of this step, or a warning. False where it is to stop.
    bool tell(Recipe& recipe, Step& step_maker, Session& session, std::int64_t step);
    std::int64_t images() const { return static_cast<std::int64_t>(loader_.images().size()); }

  private:
    StepDraws draws_of(const data::Batch& batch, const Recipe& recipe) const;

    settings::Job job_;
    data::Loader loader_;
};

}  // namespace lorikeet::train
