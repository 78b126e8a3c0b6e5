// Stage one: the autoencoder, trained on drawings of the world and on anything else that can be drawn.
#pragma once

#include <cstdint>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "models/vae.hpp"

namespace lorikeet::tiny_base {

models::VaeSpec vae_spec();

// Trains to `steps`, saving on the way. Sheets of originals and what became of them lie beside the state.
void train_vae(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel);
// The decoder goes on alone: latents stay what they are, so it may run beside the UNet's stage or after it.
void train_decoder(const base::Path& folder, std::int64_t steps, const base::Cancel& cancel);
// With the decoder's own stage where there is one.
models::Vae load_vae(const base::Path& folder);

struct VaeScore {  // peak signal to noise, dB, of images that were not trained on
    double world = 0;
    double worst = 0;
    double bird = 0;
};
VaeScore measure_vae(const models::Vae& vae);

}  // namespace lorikeet::tiny_base
