// What the network is told of captions, as a family's text encoders make it.
//
// Shapes   context [B, T, D], T being the family's own: fixed, or that of the longest caption of the batch;  pooled [B, P],
//          undefined where the family has none;  mask [B, T] bool, true for what counts, undefined where all of it does.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <ATen/ATen.h>

namespace lorikeet::models {

struct TextStates {
    at::Tensor context;
    at::Tensor pooled = {};
    at::Tensor mask = {};

    // Those that are defined, in a fixed order; each has B first.
    std::vector<at::Tensor*> tensors();
    std::size_t bytes() const;
    std::int64_t batch() const { return context.size(0); }
    // `change` of each tensor that is defined.
    template <class Change>
    TextStates each(const Change& change) const {
        auto changed = *this;
        for (auto* tensor : changed.tensors()) *tensor = change(*tensor);
        return changed;
    }
};

// One batch of several. Contexts of different lengths are filled up with zeros, and the mask says so.
TextStates join(std::span<const TextStates> states);

}  // namespace lorikeet::models
