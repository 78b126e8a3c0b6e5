// What is known of a model from the names and shapes in its file: nothing has to be said about a model that the file itself
// says. Each family adds the sizes of its own parts (models/stable_diffusion_spec.hpp).
#pragma once

#include <cstdint>
#include <memory>

#include "io/safetensors.hpp"
#include "models/latent_facts.hpp"
#include "models/part_files.hpp"
#include "settings/model.hpp"

namespace lorikeet::models {

struct Family;
class Model;

struct Spec {
    const Family* family = nullptr;  // the row of the table; never null in a spec that was read
    settings::Prediction prediction = settings::Prediction::Epsilon;  // never Auto
    bool zero_snr = false;              // its last timestep has nothing left of the image
    std::int64_t native_size_px = 512;  // the side of the images it was made for

    virtual ~Spec() = default;
    virtual LatentFacts latents() const = 0;
    // A model of a few million weights, which learns nothing at the rates of a large one.
    virtual bool is_small() const { return false; }
    // The model with its layers and without a weight: what is planned and counted before anything is loaded.
    virtual std::unique_ptr<Model> outline() const = 0;

  protected:  // copied by families alone: a copy would lose their sizes
    Spec() = default;
    Spec(const Spec&) = default;
    Spec& operator=(const Spec&) = default;
};

// Of a checkpoint of any family of the table. What one of the `files` holds, the checkpoint may lack.
// Throws   Error{Unsupported} for a file of another kind, with its name; Error{Corrupt} when parts are missing
//          or sizes do not fit together; what part_files_for throws.
std::shared_ptr<const Spec> spec_of(const io::SafetensorsFile& file, const PartFiles& files = {});
// Of a usual model, for what is said where none can be read.
std::shared_ptr<const Spec> usual_spec();

}  // namespace lorikeet::models
