// A caption as a plan and an editor show it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "data/scan.hpp"
#include "models/token_counter.hpp"
#include "settings/job.hpp"

namespace lorikeet::studio {

struct CaptionShown {
    std::string file;
    std::string caption;                // as the model will read it, the trigger in front
    std::string unread{};               // what follows, and is not read
    std::int64_t tokens = 0, most = 0;  // of all of it; that are read
};

// As the model will read it, and what it will not. What is not read is shortened when it is long.
CaptionShown shown_caption(const models::TokenCounter& tokens, const settings::Job& job,
                           const data::DatasetImage& image);

// The same of what stands in an editor.
class CaptionReader {
  public:
    // Counts for this model; for the commonest family where it cannot be read yet.
    explicit CaptionReader(const settings::Model& model);
    // `text`: of the caption file of that image. It is taught as the folder of the job that it lies in; where it lies in none
    // of them, as the first.
    CaptionShown shown(settings::Job job, const base::Path& image, const std::string& text) const;

  private:
    std::unique_ptr<const models::TokenCounter> tokens_;
};

}  // namespace lorikeet::studio
