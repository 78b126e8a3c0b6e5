#include "models/spec.hpp"

#include "models/family.hpp"
#include "models/quantized.hpp"
#include "models/stable_diffusion_spec.hpp"

namespace lorikeet::models {

std::shared_ptr<const Spec> spec_of(const io::SafetensorsFile& file, const PartFiles& given) {
    const auto& family = family_in(file);
    expect_known_scales(file);
    const auto files = part_files_for(family, file.path(), given);
    for (const auto& own : files) expect_known_scales(io::SafetensorsFile(own.path));
    return family.read_spec(file, files);
}

std::shared_ptr<const Spec> usual_spec() { return std::make_shared<const StableDiffusionSpec>(sd1_spec()); }

}  // namespace lorikeet::models
