#include "models/stable_diffusion.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "models/family.hpp"
#include "models/key_map.hpp"
#include "models/layout.hpp"
#include "models/part_weights.hpp"
#include "models/stable_diffusion_family.hpp"
#include "nn/visitors.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

namespace {

at::Tensor take_text(WeightFinder& finder, const TextPlace& place) {
    if (place.third >= 0) return finder.take(WeightPlace{place.name, place.third, 3});
    const auto weight = finder.take(place.name);
    if (weight.defined()) return weight;
    const auto matrix = finder.take(place.name + ".weight");  // some hold text_projection as a layer's matrix
    return matrix.defined() ? matrix.t() : matrix;
}

void find_texts(WeightFinder& finder, std::vector<ClipText>& texts) {
    const auto layouts = text_layouts(finder.file().file());
    for (std::size_t i = 0; i < texts.size(); ++i)
        finder.fill([&](nn::Visitor& visitor) { texts[i].visit(visitor); },
                    [&](const std::string& path) { return take_text(finder, text_place(layouts[i], path)); });
}

void find_unet(WeightFinder& finder, Unet& unet) {
    finder.fill([&](nn::Visitor& visitor) { unet.visit(visitor); },
                [&](const std::string& path) { return finder.take(std::string(kUnetPrefix) + path); });
}

// All of it, or one half.
void find_vae(WeightFinder& finder, Vae& vae, void (Vae::*visit)(nn::Visitor&) = &Vae::visit) {
    const auto layout = vae_layout(finder.file().file()).value_or(VaeLayout{});
    const auto levels = static_cast<std::int64_t>(vae.spec.widths.size());
    finder.fill([&](nn::Visitor& visitor) { (vae.*visit)(visitor); },
                [&](const std::string& path) {
                    const bool ldm = layout.names == VaeNames::CompVis;
                    auto weight = finder.take(layout.prefix + (ldm ? path : vae_to_diffusers(levels, path)));
                    // The 1 x 1 convolutions of its attention are saved as matrices by some.
                    const bool matrix = weight.defined() && weight.dim() == 2;
                    return matrix ? weight.unsqueeze(-1).unsqueeze(-1) : weight;
                });
}

// What the text encoders are made of counts as used, though nothing of it is read so far.
void leave_texts(WeightFinder& finder) {
    for (const auto& layout : text_layouts(finder.file().file()))
        for (const auto& entry : finder.file().entries())
            if (entry.name.starts_with(layout.prefix)) finder.use(entry.name);
}

std::vector<std::string> without_vae(std::vector<std::string> names) {
    std::erase_if(names, [](const auto& name) { return name.starts_with(kVaePrefix); });
    return names;
}

// How a tower's layers are called in LoRA files. Some programs name the first tower of XL as that of 1.x is.
AdapterPart text_part(const StableDiffusionSpec& spec, ClipText& text, std::size_t tower) {
    const bool one = spec.texts.size() == 1;
    AdapterPart part;
    part.part = Part::Text;
    part.visit = [&text](nn::Visitor& visitor) { text.visit(visitor); };
    part.name = [one, tower](const std::string& path) {
        return one ? kohya_text_name(path) : kohya_sdxl_text_name(tower, path);
    };
    part.alias = [one, tower](const std::string& path) {
        return !one && tower == 0 ? kohya_text_name(path) : std::string();
    };
    part.place = [&spec, tower](const std::string& path) {
        const auto place = text_place(spec.layouts.at(tower), path + ".weight");
        return place.third < 0 ? WeightPlace{place.name} : WeightPlace{place.name, place.third, 3};
    };
    return part;
}

// The same of the U-Net: diffusers' names for 1.x, the checkpoint's own for XL.
AdapterPart unet_part(const StableDiffusionSpec& spec, Unet& unet) {
    const bool one = spec.texts.size() == 1;
    AdapterPart part;
    part.part = Part::Unet;
    part.visit = [&unet](nn::Visitor& visitor) { unet.visit(visitor); };
    part.name = [one, &spec](const std::string& path) {
        return one ? kohya_unet_name(spec.unet, path) : kohya_sdxl_unet_name(path);
    };
    part.alias = [one, &spec](const std::string& path) {
        return one ? std::string() : kohya_unet_name(spec.unet, path);
    };
    part.place = [](const std::string& path) {
        return WeightPlace{fmt::format("{}{}.weight", kUnetPrefix, path)};
    };
    return part;
}

}  // namespace

StableDiffusion::StableDiffusion(const StableDiffusionSpec& spec)
    : unet(spec.unet), vae(spec.vae), texts(spec.texts.begin(), spec.texts.end()), spec_(spec) {}

bool StableDiffusion::has(Part part) const {
    switch (part) {
        case Part::Text: return texts.front().token_embedding.defined();
        case Part::Unet: return unet.conv_out.weight.defined();
        case Part::VaeEncoder: return vae.quant_conv.weight.defined();
        case Part::VaeDecoder: return vae.post_quant_conv.weight.defined();
    }
    return false;
}

void StableDiffusion::visit(Part part, nn::Visitor& visitor) {
    switch (part) {
        case Part::Text:
            for (auto& text : texts) text.visit(visitor);
            return;
        case Part::Unet: return unet.visit(visitor);
        case Part::VaeEncoder: return vae.visit_encoder(visitor);
        case Part::VaeDecoder: return vae.visit_decoder(visitor);
    }
}

void StableDiffusion::ensure(Part part) {
    if (has(part)) return;
    const auto& held = source_.file_of(part).held;
    base::expects(held != nullptr, "an outline has nothing to read");
    const tensor::WeightFile file(held->readable());
    WeightFinder finder(file);
    switch (part) {
        case Part::Text: find_texts(finder, texts); break;
        case Part::Unet: find_unet(finder, unet); break;
        case Part::VaeEncoder: find_vae(finder, vae, &Vae::visit_encoder); break;
        case Part::VaeDecoder: find_vae(finder, vae, &Vae::visit_decoder); break;
    }
    settle_weights(options_, part, finder, [&](nn::Visitor& visitor) { visit(part, visitor); });
}

std::vector<AdapterPart> StableDiffusion::adapter_parts() {
    std::vector<AdapterPart> parts;
    for (std::size_t i = 0; i < texts.size(); ++i) parts.push_back(text_part(spec_, texts[i], i));
    parts.push_back(unet_part(spec_, unet));
    return parts;
}

const Tokenizer& StableDiffusion::tokenizer() const {
    if (!tokenizer_)
        tokenizer_ = Tokenizer::from_file(options_.vocabulary ? *options_.vocabulary : default_vocabulary());
    return *tokenizer_;
}

std::vector<at::Tensor> StableDiffusion::tokenize(std::span<const std::string> captions,
                                                  const TextOptions& options) const {
    return tokenize_for(texts, tokenizer(), captions, options);
}

TextStates StableDiffusion::read(std::span<const at::Tensor> ids, std::int64_t clip_skip) const {
    return read_ids(texts, ids, clip_skip);
}

at::Tensor StableDiffusion::predict(const at::Tensor& x, const at::Tensor& times, const TextStates& text,
                                    const at::Tensor& sizes) const {
    const auto vector = text.pooled.defined()  // [B, vector_width]
                            ? vector_of(text.pooled, sizes, spec_.unet.vector_width)
                            : at::Tensor();
    return unet(x, times, text.context, vector);
}

at::ScalarType StableDiffusion::compute_type() const { return unet.conv_out.weight.scalar_type(); }

at::Tensor StableDiffusion::decode_in_float32(const at::Tensor& latents) const {
    return load_vae(source_.file_of(Part::VaeDecoder).held->readable(), at::kFloat, options_.device)
        .decode(latents);
}

std::string StableDiffusion::text_identity() const {
    return identity_of_texts(source_.file_of(Part::Text).path);
}
std::string StableDiffusion::vae_identity() const {
    return identity_of_vae(source_.file_of(Part::VaeDecoder).path);
}

std::unique_ptr<StableDiffusion> load_stable_diffusion(const base::Path& checkpoint,
                                                       const LoadOptions& options) {
    const auto spec = stable_diffusion_spec_of(io::SafetensorsFile(checkpoint), options.files);
    return load_stable_diffusion(spec, checkpoint, options);
}

std::unique_ptr<StableDiffusion> load_stable_diffusion(const StableDiffusionSpec& spec,
                                                       const base::Path& checkpoint,
                                                       const LoadOptions& options) {
    const tensor::WeightFile file(checkpoint);
    std::optional<tensor::WeightFile> vae_file;
    if (const auto* own = file_with(options.files, Part::VaeDecoder)) vae_file.emplace(own->path);
    auto model = std::make_unique<StableDiffusion>(spec);
    model->options_ = options;
    auto& source = model->source_;
    source = held_open(checkpoint, options.files);
    model->tokenizer();  // a vocabulary that is missing is told of now
    // All is looked for at once, so that a file that lacks something is told of before anything is done with it.
    WeightFinder finder(file);
    if (options.texts_later)
        leave_texts(finder);
    else
        find_texts(finder, model->texts);
    find_unet(finder, model->unet);
    std::optional<WeightFinder> vae_finder;
    if (vae_file)
        find_vae(vae_finder.emplace(*vae_file), model->vae);
    else
        find_vae(finder, model->vae);
    source.unused = vae_file ? without_vae(finder.unused()) : finder.unused();
    for (const auto part : kParts) {
        if (!model->has(part)) continue;
        if (options.weights == WeightsAre::Frozen) {
            model->release(part);
            continue;
        }
        settle_weights(options, part, is_of_vae(part) && vae_finder ? *vae_finder : finder,
                       [&](nn::Visitor& visitor) { model->visit(part, visitor); });
    }
    return model;
}

std::vector<std::string> unused_in_stable_diffusion(const base::Path& checkpoint, const PartFiles& files) {
    const tensor::WeightFile file(checkpoint);
    const auto spec = stable_diffusion_spec_of(file.file(), files);
    WeightFinder finder(file);
    leave_texts(finder);
    Unet unet(spec.unet);
    find_unet(finder, unet);
    if (file_with(files, Part::VaeDecoder)) return without_vae(finder.unused());
    Vae own(spec.vae);
    find_vae(finder, own);
    return finder.unused();
}

Vae load_vae(const base::Path& path, at::ScalarType dtype, at::Device device) {
    const tensor::WeightFile file(path);
    Vae vae(vae_spec_of(file.file()));
    WeightFinder finder(file);
    find_vae(finder, vae);
    LoadOptions options;
    options.vae = dtype;
    options.device = device;
    settle_weights(options, Part::VaeDecoder, finder, [&](nn::Visitor& visitor) { vae.visit(visitor); });
    return vae;
}

std::string identity_of_vae(const base::Path& path) {
    const tensor::WeightFile file(path);
    Vae vae(vae_spec_of(file.file()));
    WeightFinder finder(file);
    find_vae(finder, vae);
    auto identity = identity_of(vae);
    file.file().file().forget_pages();
    return identity;
}

std::string identity_of(Vae& vae) {
    nn::CollectWeights collect;
    vae.visit(collect);
    return tensor::payload_sha256(collect.tensors);
}

std::string identity_of_texts(const base::Path& checkpoint) {
    const io::SafetensorsFile file(checkpoint);
    base::Sha256 hash;
    for (const auto& layout : text_layouts(file))
        for (const auto& entry : file.entries()) {
            if (!entry.name.starts_with(layout.prefix) || is_ballast(entry.name)) continue;
            hash.add(fmt::format("{} {}\n", entry.name, io::name_of(entry.dtype)));
            hash.add(file.bytes(entry));
            file.file().forget_pages();
        }
    return hash.hex();
}

}  // namespace lorikeet::models
