#include "models/bundle.hpp"

#include <set>

#include <fmt/format.h>

#include "models/key_map.hpp"
#include "models/layout.hpp"
#include "nn/visitors.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

namespace {

// Loads parts of a model from one file and remembers which tensors were wanted.
class Loader {
  public:
    Loader(const tensor::WeightFile& file, at::Device device) : file_(file), device_(device) {}

    void load(Unet& unet, at::ScalarType dtype) {
        fill(unet, dtype, [this](const std::string& path) { return take(std::string(kUnetPrefix) + path); });
    }
    void load(std::vector<ClipText>& texts, at::ScalarType dtype) {
        const auto layouts = text_layouts(file_.file());
        for (std::size_t i = 0; i < texts.size(); ++i)
            fill(texts[i], dtype,
                 [&](const std::string& path) { return take(text_place(layouts[i], path)); });
    }
    void load(Vae& vae, at::ScalarType dtype) {
        const auto layout = vae_layout(file_.file()).value_or(VaeLayout{});
        const auto levels = static_cast<std::int64_t>(vae.spec.widths.size());
        fill(vae, dtype, [&](const std::string& path) {
            const bool ldm = layout.names == VaeNames::CompVis;
            auto weight = take(layout.prefix + (ldm ? path : vae_to_diffusers(levels, path)));
            // The 1 x 1 convolutions of its attention are saved as matrices by some.
            const bool matrix = weight.defined() && weight.dim() == 2;
            return matrix ? weight.unsqueeze(-1).unsqueeze(-1) : weight;
        });
    }

    // What the text encoders are made of counts as used, though nothing of it is read so far.
    void leave_texts() {
        for (const auto& layout : text_layouts(file_.file()))
            for (const auto& entry : file_.entries())
                if (entry.name.starts_with(layout.prefix)) used_.insert(entry.name);
    }

    std::vector<std::string> unused() const {
        std::vector<std::string> names;
        for (const auto& entry : file_.entries())
            if (!used_.contains(entry.name) && !is_ballast(entry.name)) names.push_back(entry.name);
        return names;
    }

  private:
    at::Tensor take(const std::string& name) {
        used_.insert(name);
        return file_.find(name);
    }

    at::Tensor take(const TextPlace& place) {
        auto weight = take(place.name);
        if (!weight.defined()) {
            weight = take(place.name + ".weight");  // some hold text_projection as a layer's matrix
            return weight.defined() ? weight.t() : weight;
        }
        const bool whole = place.third < 0 || weight.size(0) % 3 != 0;
        return whole ? weight : weight.chunk(3)[static_cast<std::size_t>(place.third)];
    }

    template <class Module>
    void fill(Module& part, at::ScalarType dtype, nn::LoadWeights::Find find) {
        nn::LoadWeights weights(std::move(find), dtype, device_);
        part.visit(weights);
        weights.finish();
        file_.file().file().forget_pages();
    }

    const tensor::WeightFile& file_;
    at::Device device_;
    std::set<std::string> used_;
};

std::vector<std::string> without_vae(std::vector<std::string> names) {
    std::erase_if(names, [](const auto& name) { return name.starts_with(kVaePrefix); });
    return names;
}

}  // namespace

Bundle::Bundle(const Spec& model_spec, Tokenizer model_tokenizer)
    : spec(model_spec),
      unet(spec.unet),
      vae(spec.vae),
      texts(spec.texts.begin(), spec.texts.end()),
      tokenizer(std::move(model_tokenizer)) {}

bool Bundle::has(Part part) const {
    return part == Part::Vae ? vae.quant_conv.weight.defined() : texts.front().token_embedding.defined();
}

void Bundle::release(Part part) {
    nn::ChangeWeights forget([](const std::string&, const at::Tensor&) { return at::Tensor(); });
    if (part == Part::Vae) return vae.visit(forget);
    for (auto& text : texts) text.visit(forget);
}

void Bundle::ensure(Part part) {
    if (has(part)) return;
    const tensor::WeightFile file(part == Part::Vae ? vae_path : checkpoint);
    Loader loader(file, options.device);
    if (part == Part::Vae)
        loader.load(vae, options.vae);
    else
        loader.load(texts, options.text);
}

std::unique_ptr<Bundle> load_bundle(const base::Path& checkpoint, const LoadOptions& options) {
    const tensor::WeightFile file(checkpoint);
    std::optional<tensor::WeightFile> vae_file;
    if (options.vae_file) vae_file.emplace(*options.vae_file);
    const auto spec = spec_of(file.file(), vae_file ? &vae_file->file() : nullptr);
    const auto vocabulary = options.vocabulary ? *options.vocabulary : default_vocabulary();
    auto bundle = std::make_unique<Bundle>(spec, Tokenizer::from_file(vocabulary));
    bundle->checkpoint = checkpoint;
    bundle->vae_path = options.vae_file.value_or(checkpoint);
    bundle->options = options;
    Loader loader(file, options.device);
    if (options.texts_later)
        loader.leave_texts();
    else
        loader.load(bundle->texts, options.text);
    loader.load(bundle->unet, options.unet);
    if (vae_file) {
        Loader(*vae_file, options.device).load(bundle->vae, options.vae);
        bundle->unused = without_vae(loader.unused());
    } else {
        loader.load(bundle->vae, options.vae);
        bundle->unused = loader.unused();
    }
    return bundle;
}

Vae load_vae(const base::Path& path, at::ScalarType dtype, at::Device device) {
    const tensor::WeightFile file(path);
    Vae vae(vae_spec_of(file.file()));
    Loader(file, device).load(vae, dtype);
    return vae;
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
