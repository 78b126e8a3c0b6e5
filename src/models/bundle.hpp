// A whole model in memory: text encoders, UNet, VAE and tokenizer, ready to train on or to sample with.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "base/held_file.hpp"
#include "models/clip_text.hpp"
#include "models/conditioning.hpp"
#include "models/spec.hpp"
#include "models/tokenizer.hpp"
#include "models/unet.hpp"
#include "models/vae.hpp"

namespace lorikeet::models {

// Frozen weights are laid out for the processor where it gains by that (nn/frozen.hpp), and each part of the model is
// read only when it is asked for. Plain ones are there at once, and can be read, changed and saved.
enum class WeightsAre { Plain, Frozen };

struct LoadOptions {
    at::ScalarType unet = at::kFloat;
    at::ScalarType text = at::kFloat;
    at::ScalarType vae = at::kFloat;
    at::Device device = at::kCPU;
    at::Device stands_for = at::kCPU;  // where `device` is meta: the one that is rehearsed
    WeightsAre weights = WeightsAre::Plain;
    bool texts_later = false;  // the text encoders are read by ensure(Part::Text), if they are wanted at all
    std::optional<base::Path> vae_file = {};    // takes the place of the checkpoint's own VAE
    std::optional<base::Path> vocabulary = {};  // of the tokenizer; unset: the one that comes along
};

// The parts that training can do without once what they make is kept, and the one that it cannot.
enum class Part { Text, Unet, VaeEncoder, VaeDecoder };

// Adapters hold on to the layers, so a bundle stays where it was made.
struct Bundle {
    Spec spec;
    Unet unet;
    Vae vae;
    std::vector<ClipText> texts;  // as many as spec.texts
    Tokenizer tokenizer;
    base::Path checkpoint;
    base::Path vae_path;  // the file that the VAE came from
    // Both files, held open: parts that are read later are read from them, whatever became of their names.
    std::shared_ptr<const base::HeldFile> held_checkpoint, held_vae;
    std::vector<std::string> unused;  // tensors of the file that no part of the model wanted
    LoadOptions options;              // how it was loaded, and how a part is loaded again

    Bundle(const Spec& model_spec, Tokenizer model_tokenizer);
    Bundle(const Bundle&) = delete;
    Bundle& operator=(const Bundle&) = delete;

    // What the network predicts for noisy latents x [B, C, h, w] at times [B]. `sizes` [B, 6] (conditioning.hpp) is read
    // for SDXL alone. Result [B, C, h, w].
    at::Tensor predict(const at::Tensor& x, const at::Tensor& times, const TextStates& text,
                       const at::Tensor& sizes) const;

    // Lets a part's weights go, or reads them again; either does nothing where that is so already. The layers stay where
    // they are, with their adapters.
    void release(Part part);
    void ensure(Part part);
    bool has(Part part) const;
};

// Weights are read from the mapped file, each once, looked through for NaN and infinity, given their scale where they have
// one (quantized.hpp), and cast one by one; those that are wanted as they lie
// there are not copied at all: they are read-only, and clone() comes before writing. None asks for a gradient.
//
// Throws   what spec_of throws; Error{Corrupt} naming weights that are missing, of another shape, or not finite: frozen ones
//          when their part is read, in ensure().
std::unique_ptr<Bundle> load_bundle(const base::Path& checkpoint, const LoadOptions& options = {});

// The tensors of a checkpoint that no part of the model wants, told from its header alone. Its own VAE is none of them
// where `vae_file` takes its place.
// Throws   what load_bundle throws for missing weights.
std::vector<std::string> unused_in(const base::Path& checkpoint,
                                   const std::optional<base::Path>& vae_file = {});

// One part alone: what caching latents and caching text need.
Vae load_vae(const base::Path& file, at::ScalarType dtype = at::kFloat, at::Device device = at::kCPU);

// SHA-256 over the VAE's weights as they are in memory (plain ones), or in a file: latents of two VAEs are never mixed up.
std::string identity_of(Vae& vae);
std::string identity_of_vae(const base::Path& file);
// SHA-256 over the names, types and bytes of the text encoders in the file; nothing is loaded for it.
std::string identity_of_texts(const base::Path& checkpoint);

}  // namespace lorikeet::models
