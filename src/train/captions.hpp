// Captions as the U-Net hears them. Frozen text encoders read each caption once, in this run or in an earlier one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "base/cancel.hpp"
#include "data/entry_store.hpp"
#include "models/model.hpp"
#include "settings/job.hpp"

namespace lorikeet::train {

// Shapes   as models/text_states.hpp.
class Captions {
  public:
    // What is held of texts that were read, at the most: tag shuffling makes captions without end.
    static constexpr std::int64_t kMostBytes = std::int64_t{256} << 20U;

    // Borrows the model.
    Captions(models::Model& model, const settings::Job& job);

    // With a gradient when a text encoder is trained; from memory or the store when none is.
    models::TextStates states(std::span<const std::string> captions);
    bool frozen() const { return frozen_; }
    // The same in two steps, for encoders that are trained: words to numbers, and those to states.
    std::vector<at::Tensor> ids_of(std::span<const std::string> captions) const;
    models::TextStates read(std::span<const at::Tensor> ids) const;
    // Whether the store was filled: the text encoders may go.
    bool kept() const { return store_.has_value(); }

    // Works out what `folder` lacks of these and keeps it there (docs/formats/latent-cache.md), for frozen encoders.
    // (done, total) is called behind each. Returns how many were there and damaged, and are made again.
    // Throws Error{Interrupted}, Error{Io}, Error{NoSpace}.
    using OnCaption = std::function<void(std::size_t, std::size_t)>;
    std::size_t keep(const std::set<std::string>& captions, const base::Path& folder,
                     const OnCaption& on_caption, const base::Cancel& cancel);
    // The keys of the entries that keep() would look for; nothing is loaded for it.
    std::set<std::string> cache_keys(const std::set<std::string>& captions) const;

  private:
    // Padded, whatever the job says: entries are shared, and cut when they are joined.
    models::TextOptions padded() const;
    models::TextStates cut_to_longest(models::TextStates states, std::span<const std::string> captions) const;
    models::TextStates encode(std::span<const std::string> captions) const;
    models::TextStates state_of(const std::string& caption) const;
    std::string key_of(const std::string& caption, const std::string& towers) const;
    // What the text encoders are and how they compute: part of every key.
    std::string towers() const;

    models::Model& model_;
    std::int64_t clip_skip_;
    models::TextOptions options_;
    at::ScalarType compute_;
    bool frozen_;
    std::optional<data::EntryStore> store_;
    std::string towers_;  // as they were when the store was filled
    std::map<std::string, models::TextStates> known_;
    std::int64_t known_bytes_ = 0;
};

}  // namespace lorikeet::train
