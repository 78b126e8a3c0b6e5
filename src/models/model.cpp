#include "models/model.hpp"

#include <algorithm>
#include <utility>

#include "models/family.hpp"
#include "nn/visitors.hpp"
#include "tensor/check.hpp"
#include "tensor/device.hpp"

namespace lorikeet::models {

namespace {

// A tensor without numbers cannot be looked at.
bool may_overflow(const LoadOptions& options) {
    return options.vae != at::kFloat && !options.device.is_meta();
}

}  // namespace

bool is_trained(const LoadOptions& options, Part part) {
    return std::find(options.trained.begin(), options.trained.end(), part) != options.trained.end();
}

at::ScalarType type_for(const LoadOptions& options, Part part) {
    if (is_trained(options, part)) return at::kFloat;
    if (part == Part::Text) return options.text;
    return part == Part::Unet ? options.unet : options.vae;
}

void Model::release(Part part) {
    nn::DropWeights dropping;
    visit(part, dropping);
    if (options_.device.is_cpu()) tensor::release_unused(options_.device);  // nor what was computed with them
}

TextStates Model::read_captions(std::span<const std::string> captions, std::int64_t clip_skip,
                                const TextOptions& options) const {
    return read(tokenize(captions, options), clip_skip);
}

LatentDistribution Model::encode(const at::Tensor& pixels, const Tell& tell) {
    ensure(Part::VaeEncoder);
    const auto here = pixels.to(options_.device);
    auto moments = encode_once(here);
    if (!may_overflow(options_) || tensor::all_finite(moments.mean + moments.logvar)) return moments;
    if (tell) tell("The VAE makes NaN of an image in bfloat16; it computes in float32 from here on.");
    release(Part::VaeEncoder);
    options_.vae = at::kFloat;
    ensure(Part::VaeEncoder);
    return encode_once(here);
}

at::Tensor Model::decode(const at::Tensor& latents) {
    ensure(Part::VaeDecoder);
    auto pixels = decode_once(latents);
    if (!may_overflow(options_) || tensor::all_finite(pixels)) return pixels;
    return decode_in_float32(latents);
}

at::Tensor Model::scaled(const at::Tensor& latents) const {
    const auto facts = spec().latents();
    return (facts.shift == 0 ? latents : latents - facts.shift) * facts.scale;
}

at::Tensor Model::unscaled(const at::Tensor& latents) const {
    const auto facts = spec().latents();
    const auto plain = latents / facts.scale;
    return facts.shift == 0 ? plain : plain + facts.shift;
}

std::unique_ptr<Model> load_model(const base::Path& checkpoint, const LoadOptions& options) {
    return load_model(*spec_of(io::SafetensorsFile(checkpoint), options.files), checkpoint, options);
}

std::unique_ptr<Model> load_model(const Spec& spec, const base::Path& checkpoint,
                                  const LoadOptions& options) {
    auto whole = options;
    whole.files = part_files_for(*spec.family, checkpoint, options.files);
    return spec.family->load(spec, checkpoint, whole);
}

std::vector<std::string> unused_in(const base::Path& checkpoint, const PartFiles& files) {
    const auto& family = family_in(checkpoint);
    return family.unused_in(checkpoint, part_files_for(family, checkpoint, files));
}

}  // namespace lorikeet::models
