#include "models/spec.hpp"

#include "models/family.hpp"
#include "models/quantized.hpp"
#include "models/stable_diffusion_spec.hpp"

namespace lorikeet::models {

std::shared_ptr<const Spec> spec_of(const io::SafetensorsFile& file, const io::SafetensorsFile* vae_file) {
    const auto& family = family_in(file);
    expect_known_scales(file);
    if (vae_file) expect_known_scales(*vae_file);
    return family.read_spec(file, vae_file);
}

std::shared_ptr<const Spec> usual_spec() { return std::make_shared<const StableDiffusionSpec>(sd1_spec()); }

}  // namespace lorikeet::models
