// A whole model in memory: text encoder, UNet, VAE and tokenizer, ready to train on or to paint with.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "base/file.hpp"
#include "models/clip_text.hpp"
#include "models/spec.hpp"
#include "models/tokenizer.hpp"
#include "models/unet.hpp"
#include "models/vae.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

// Frozen weights are laid out for the processor where it gains by that (nn/frozen.hpp), and each piece of the model is
// only read when it is asked for. Plain ones are there at once, and can be read, changed and saved.
enum class WeightsAre { Plain, Frozen };

enum class Piece { Text, Unet, VaeEncoder, VaeDecoder };

struct LoadOptions {
    at::ScalarType unet = at::kFloat;
    at::ScalarType text = at::kFloat;
    at::ScalarType vae = at::kFloat;
    at::Device device = at::kCPU;
    std::optional<base::Path> vae_file = {};  // takes the place of the checkpoint's own VAE
    WeightsAre weights = WeightsAre::Plain;
    std::optional<base::Path> vocabulary = {};  // of the tokenizer; unset: the one that comes along
};

// Adapters hold on to the layers, so a bundle stays where it was made.
struct Bundle {
    Spec spec;
    Unet unet;
    Vae vae;
    ClipText text;
    Tokenizer tokenizer;
    base::Path checkpoint;
    base::Path vae_path;       // the file that the VAE came from
    std::string vae_identity;  // see identity_of: of the VAE as it lies in the file; empty for plain weights
    std::vector<std::string> unused;  // tensors of the file that no part of the model wanted

    Bundle(const Spec& model_spec, Tokenizer model_tokenizer);
    Bundle(const Bundle&) = delete;
    Bundle& operator=(const Bundle&) = delete;

    // Brings a piece into memory; nothing where it is there. To be called before a piece of frozen weights is used.
    void ensure(Piece piece);
    // Lets a piece of frozen weights go that nobody will use again.
    void drop(Piece piece);

    LoadOptions options;
    std::vector<tensor::WeightFile> files;  // that pieces still lie in
    std::set<Piece> waiting;
};

// Weights are read from the mapped file, each once, and cast one by one; those that are wanted as they lie
// there are not copied at all: they are read-only, and clone() comes before writing. None asks for a gradient.
//
// Throws   what spec_of throws; Error{Corrupt} naming weights that are missing or of another shape.
std::unique_ptr<Bundle> load_bundle(const base::Path& checkpoint, const LoadOptions& options = {});

// One part alone: what caching latents and caching text need.
Vae load_vae(const base::Path& file, at::ScalarType dtype = at::kFloat, at::Device device = at::kCPU);

// SHA-256 over the VAE's weights as they are in memory (plain ones): latents of two VAEs are never mixed up.
std::string identity_of(Vae& vae);

}  // namespace lorikeet::models
