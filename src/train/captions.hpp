// Captions as the U-Net attends to them. A frozen text tower reads each caption once.
#pragma once

#include <map>
#include <span>
#include <string>

#include <ATen/ATen.h>

#include "models/bundle.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

// Shapes   [B, max_tokens + 2, D].
class Captions {
  public:
    // Borrows the model.
    Captions(const models::Bundle& model, const settings::Job& job);
    // With a gradient when the text tower is trained, from memory when it is not.
    at::Tensor states(std::span<const std::string> captions);

    // The same in two steps, for a tower that is trained: words to numbers on the processor, and those to states where the
    // tower is.
    bool frozen() const { return frozen_; }
    at::Tensor ids_of(std::span<const std::string> captions) const;  // [B, chunks, tokens] int64
    at::Tensor encode(const at::Tensor& ids) const;

  private:
    const models::Bundle& model_;
    std::int64_t clip_skip_;
    std::int64_t max_tokens_;
    bool frozen_;
    std::map<std::string, at::Tensor> known_;
};

}  // namespace lorikeet::train
