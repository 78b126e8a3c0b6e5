#include "train/captions.hpp"

#include <utility>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "tensor/precision.hpp"
#include "tensor/weights.hpp"
#include "train/trainees.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

// By the names that TextStates gives them.
constexpr const char* kContext = "context";
constexpr const char* kPooled = "pooled";
constexpr const char* kMask = "mask";

// Copies: entries may be written over while they are in use.
std::optional<models::TextStates> read_entry(const data::EntryStore& store, const std::string& key) {
    const auto entry = store.find(key);
    if (!entry || !entry->contains(kContext)) return std::nullopt;
    const auto copy = [&](const char* name) {
        const auto found = entry->find(name);
        return found == entry->end() ? at::Tensor() : found->second.clone();
    };
    models::TextStates states{copy(kContext), copy(kPooled), copy(kMask)};
    if (states.mask.defined()) states.mask = states.mask.to(at::kBool);
    return states;
}

tensor::NamedTensors entry_of(const models::TextStates& states) {
    tensor::NamedTensors tensors{{kContext, states.context}};
    if (states.pooled.defined()) tensors[kPooled] = states.pooled;
    if (states.mask.defined()) tensors[kMask] = states.mask.to(at::kByte);
    return tensors;
}

}  // namespace

Captions::Captions(models::Model& model, const settings::Job& job)
    : model_(model),
      clip_skip_(job.model.clip_skip),
      options_(models::text_options_of(job)),
      compute_(model.options().text),
      frozen_(!learns(job, models::Part::Text)) {}

models::TextOptions Captions::padded() const {
    auto options = options_;
    options.padded = true;
    return options;
}

models::TextStates Captions::cut_to_longest(models::TextStates states,
                                            std::span<const std::string> captions) const {
    if (options_.padded || states.mask.defined()) return states;  // a mask: the family's own lengths
    const auto length = model_.tokenize(captions, options_).front().size(-1);
    states.context = states.context.narrow(1, 0, length);  // [B, T, D]
    return states;
}

models::TextStates Captions::encode(std::span<const std::string> captions) const {
    const bool was_there = model_.has(models::Part::Text);
    model_.ensure(models::Part::Text);
    auto states = model_.read_captions(captions, clip_skip_, frozen_ ? padded() : options_);
    if (!was_there && kept()) model_.release(models::Part::Text);
    return states;
}

std::vector<at::Tensor> Captions::ids_of(std::span<const std::string> captions) const {
    return model_.tokenize(captions, options_);
}

models::TextStates Captions::read(std::span<const at::Tensor> ids) const {
    return model_.read(ids, clip_skip_);
}

// Of what the text encoders are given, not of the text: whatever settings make the same of a caption share an entry, and none
// can be forgotten here.
std::string Captions::key_of(const std::string& caption, const std::string& towers) const {
    base::Sha256 hash;
    hash.add(fmt::format("lorikeet text 2\n{}\n{}\n", towers, clip_skip_));
    for (const auto& ids : model_.tokenize({&caption, 1}, padded())) {
        const auto bytes = ids.contiguous();
        hash.add(fmt::format("{} {}\n", toString(bytes.scalar_type()), fmt::join(bytes.sizes(), " ")));
        hash.add(std::as_bytes(std::span(static_cast<const char*>(bytes.const_data_ptr()), bytes.nbytes())));
    }
    return hash.hex();
}

std::string Captions::towers() const {
    const auto& options = model_.options();
    const auto& device = options.device.is_meta() ? options.stands_for : options.device;
    return fmt::format("{} {} {}", model_.text_identity(), tensor::name_of(compute_), device.str());
}

std::set<std::string> Captions::cache_keys(const std::set<std::string>& captions) const {
    const auto those = towers();
    std::set<std::string> keys;
    for (const auto& caption : captions) keys.insert(key_of(caption, those));
    return keys;
}

models::TextStates Captions::state_of(const std::string& caption) const {
    if (store_)
        if (const auto states = read_entry(*store_, key_of(caption, towers_)))
            return states->each([&](const at::Tensor& t) { return t.to(model_.options().device); });
    return encode({&caption, 1});
}

models::TextStates Captions::states(std::span<const std::string> captions) {
    if (!frozen_) return encode(captions);
    const at::NoGradGuard no_gradient;
    if (known_bytes_ > kMostBytes) known_.clear(), known_bytes_ = 0;
    std::vector<models::TextStates> all;
    for (const auto& caption : captions) {
        auto& states = known_[caption];
        if (!states.context.defined()) {
            states = state_of(caption);
            known_bytes_ += static_cast<std::int64_t>(states.bytes());
        }
        all.push_back(states);
    }
    return cut_to_longest(models::join(all), captions);
}

std::size_t Captions::keep(const std::set<std::string>& captions, const base::Path& folder,
                           const OnCaption& on_caption, const base::Cancel& cancel) {
    const at::NoGradGuard no_gradient;
    towers_ = towers();
    store_.emplace(folder);
    const data::MadeFrom made_from{data::CacheEntryKind::Text,
                                   model_.source().file_of(models::Part::Text).path.filename().string(),
                                   towers_,
                                   {},
                                   {}};
    std::size_t done = 0, damaged = 0;
    for (const auto& caption : captions) {
        cancel.throw_if_stopped();
        const auto key = key_of(caption, towers_);
        const auto state = store_->look_up(key);
        if (state == data::EntryState::Damaged) ++damaged;
        if (state != data::EntryState::Sound) {
            model_.ensure(models::Part::Text);
            const tensor::Autocast autocast(at::kCPU, compute_);  // as in a step
            store_->keep(key, entry_of(encode({&caption, 1})), made_from);
        }
        on_caption(++done, captions.size());
    }
    return damaged;
}

}  // namespace lorikeet::train
