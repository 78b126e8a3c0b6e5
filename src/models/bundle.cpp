#include "models/bundle.hpp"

#include <array>
#include <functional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "models/key_map.hpp"
#include "models/layout.hpp"
#include "models/quantized.hpp"
#include "nn/conv.hpp"
#include "nn/frozen.hpp"
#include "nn/linear.hpp"
#include "nn/visitors.hpp"
#include "tensor/check.hpp"
#include "tensor/device.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

namespace {

// Where a weight came from, by the memory that it was found in.
struct Origin {
    std::string name;  // in the file
    at::Tensor scale;  // undefined for most
};
using Origins = std::map<const void*, Origin>;

// Finds the weights of parts of a model in one file, as they lie there: nothing is read yet. Remembers which tensors
// were wanted.
class Finder {
  public:
    explicit Finder(const tensor::WeightFile& file) : file_(file) {}

    Origins origins;

    void find(Unet& unet) {
        fill(unet, [this](const std::string& path) { return take(std::string(kUnetPrefix) + path); });
    }
    void find(std::vector<ClipText>& texts) {
        const auto layouts = text_layouts(file_.file());
        for (std::size_t i = 0; i < texts.size(); ++i)
            fill(texts[i], [&](const std::string& path) { return take(text_place(layouts[i], path)); });
    }
    void find(Vae& vae) { fill(vae, places_of(vae)); }
    void find_encoder(Vae& vae) { find_half(&Vae::visit_encoder, vae); }
    void find_decoder(Vae& vae) { find_half(&Vae::visit_decoder, vae); }

    // What the text encoders are made of counts as used, though nothing of it is read so far.
    void leave_texts() {
        for (const auto& layout : text_layouts(file_.file()))
            for (const auto& entry : file_.entries())
                if (entry.name.starts_with(layout.prefix)) used_.insert(entry.name);
    }

    std::vector<std::string> unused() const {
        std::vector<std::string> names;
        for (const auto& entry : file_.entries())
            if (!used_.contains(entry.name) && !is_ballast(entry.name) && !belongs_to_scales(entry.name))
                names.push_back(entry.name);
        return names;
    }

  private:
    at::Tensor take(const std::string& name) {
        used_.insert(name);
        auto weight = file_.find(name);
        if (weight.defined() && weight.numel() > 0)
            origins.insert_or_assign(weight.const_data_ptr(), Origin{name, scale_of(file_, name)});
        return weight;
    }

    // A third of a tensor, with its part of the scale.
    at::Tensor third_of(const at::Tensor& whole, const TextPlace& place) {
        const auto third = whole.chunk(3)[static_cast<std::size_t>(place.third)];
        auto scale = scale_of(file_, place.name);
        if (scale.defined() && scale.numel() == whole.size(0))
            scale = scale.chunk(3)[static_cast<std::size_t>(place.third)];
        origins.insert_or_assign(third.const_data_ptr(), Origin{place.name, scale});
        return third;
    }

    at::Tensor take(const TextPlace& place) {
        auto weight = take(place.name);
        if (!weight.defined()) {
            weight = take(place.name + ".weight");  // some hold text_projection as a layer's matrix
            return weight.defined() ? weight.t() : weight;
        }
        const bool whole = place.third < 0 || weight.size(0) % 3 != 0;
        return whole ? weight : third_of(weight, place);
    }

    nn::LoadWeights::Find places_of(const Vae& vae) {
        const auto layout = vae_layout(file_.file()).value_or(VaeLayout{});
        const auto levels = static_cast<std::int64_t>(vae.spec.widths.size());
        return [this, layout, levels](const std::string& path) {
            const bool ldm = layout.names == VaeNames::CompVis;
            auto weight = take(layout.prefix + (ldm ? path : vae_to_diffusers(levels, path)));
            // The 1 x 1 convolutions of its attention are saved as matrices by some.
            const bool matrix = weight.defined() && weight.dim() == 2;
            return matrix ? weight.unsqueeze(-1).unsqueeze(-1) : weight;
        };
    }

    void find_half(void (Vae::*visit)(nn::Visitor&), Vae& vae) {
        nn::LoadWeights weights(places_of(vae), std::nullopt);
        (vae.*visit)(weights);
        weights.finish();
    }

    template <class Module>
    void fill(Module& part, nn::LoadWeights::Find find) {
        nn::LoadWeights weights(std::move(find), std::nullopt);
        part.visit(weights);
        weights.finish();
    }

    const tensor::WeightFile& file_;
    std::set<std::string> used_;
};

std::vector<std::string> without_vae(std::vector<std::string> names) {
    std::erase_if(names, [](const auto& name) { return name.starts_with(kVaePrefix); });
    return names;
}

constexpr std::array kParts{Part::Text, Part::Unet, Part::VaeEncoder, Part::VaeDecoder};

bool is_of_vae(Part part) { return part == Part::VaeEncoder || part == Part::VaeDecoder; }

void visit(Bundle& bundle, Part part, nn::Visitor& visitor) {
    switch (part) {
        case Part::Text:
            for (auto& text : bundle.texts) text.visit(visitor);
            return;
        case Part::Unet: return bundle.unet.visit(visitor);
        case Part::VaeEncoder: return bundle.vae.visit_encoder(visitor);
        case Part::VaeDecoder: return bundle.vae.visit_decoder(visitor);
    }
}

void find(Finder& finder, Bundle& bundle, Part part) {
    switch (part) {
        case Part::Text: return finder.find(bundle.texts);
        case Part::Unet: return finder.find(bundle.unet);
        case Part::VaeEncoder: return finder.find_encoder(bundle.vae);
        case Part::VaeDecoder: return finder.find_decoder(bundle.vae);
    }
}

at::ScalarType dtype_of(const LoadOptions& options, Part part) {
    if (part == Part::Text) return options.text;
    return part == Part::Unet ? options.unet : options.vae;
}

// Goes before the visitor that settles the weights: what comes from a file is looked through for NaN and given its scale
// in the pass that reads it anyhow.
class Checked : public nn::Visitor {
  public:
    Checked(const base::Path& file, const Origins& origins, at::ScalarType dtype, nn::Visitor& next)
        : file_(file), origins_(origins), dtype_(dtype), next_(next) {}

    void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) override {
        check(tensor);
        next_.weight(path, tensor, sizes);
    }
    void layer(const std::string& path, nn::Linear& linear) override {
        check(linear.weight);
        next_.layer(path, linear);
    }
    void layer(const std::string& path, nn::Conv2d& conv) override {
        check(conv.weight);
        next_.layer(path, conv);
    }

  private:
    void check(at::Tensor& tensor) {
        const auto found = tensor.defined() ? origins_.find(tensor.const_data_ptr()) : origins_.end();
        if (found == origins_.end()) return;
        const auto origin = std::move(found->second);
        origins_.erase(found);
        expect_finite(tensor, origin.name);
        if (origin.scale.defined()) {
            expect_finite(origin.scale, "the scale of " + origin.name);
            tensor = with_scale(tensor, origin.scale, origin.name).to(dtype_);
        } else if (is_fp8(tensor.scalar_type())) {
            tensor = tensor.to(dtype_);
        }
    }

    void expect_finite(const at::Tensor& tensor, const std::string& name) const {
        if (const auto found = tensor::find_not_finite(tensor))
            base::fail(base::ErrorCode::Corrupt,
                       fmt::format("{} holds {} in {}.", base::printable(file_.string()),
                                   io::words_for(*found), base::printable(name)),
                       "The file is damaged, or it was merged or trained with numbers that grew too large. "
                       "Take another checkpoint; lorikeet inspect looks through all numbers of a file.");
    }

    const base::Path& file_;
    Origins origins_;
    at::ScalarType dtype_;
    nn::Visitor& next_;
};

// From the file's pages to where and how they are needed in one pass; pages are let go as they are done with.
void settle(const LoadOptions& options, Part part, const tensor::WeightFile& file, const Origins& origins,
            const std::function<void(nn::Visitor&)>& visit) {
    const auto dtype = dtype_of(options, part);
    const auto forget = [&] { file.file().file().forget_pages(); };
    const auto visit_checked = [&](nn::Visitor& next) {
        if (options.device.is_meta()) return visit(next);  // nothing is read
        Checked checked(file.path(), origins, dtype, next);
        visit(checked);
    };
    // Of a rehearsal only what keeps something for a gradient: frozen layers keep less than ATen's.
    const bool rehearsed = options.device.is_meta() && options.stands_for.is_cpu() && !is_of_vae(part);
    if (options.weights == WeightsAre::Frozen && (options.device.is_cpu() || rehearsed)) {
        if (rehearsed) {
            nn::ChangeWeights forget_numbers(
                [](const std::string&, const at::Tensor& weight) { return weight.to(at::kMeta); });
            visit(forget_numbers);
        }
        // Images are only looked at, once each: memory for a short while, and no gradient.
        const auto asked = part == Part::VaeEncoder ? nn::Asked::ResultsAlone : nn::Asked::Gradients;
        nn::FreezeWeights freeze(dtype, forget, asked);
        visit_checked(freeze);
    } else {
        nn::ChangeWeights change([&](const std::string&, const at::Tensor& weight) {
            auto settled = weight.to(at::TensorOptions().dtype(dtype).device(options.device));
            // As a GPU's convolutions take them; otherwise each call would lay them again.
            if (!options.device.is_cpu() && settled.dim() == 4)
                settled = settled.contiguous(at::MemoryFormat::ChannelsLast);
            if (!settled.is_same(weight)) forget();
            return settled;
        });
        visit_checked(change);
    }
    forget();
}

}  // namespace

Bundle::Bundle(const Spec& model_spec, Tokenizer model_tokenizer)
    : spec(model_spec),
      unet(spec.unet),
      vae(spec.vae),
      texts(spec.texts.begin(), spec.texts.end()),
      tokenizer(std::move(model_tokenizer)) {}

at::Tensor Bundle::predict(const at::Tensor& x, const at::Tensor& times, const TextStates& text,
                           const at::Tensor& sizes) const {
    const auto vector = text.pooled.defined()  // [B, vector_width]
                            ? vector_of(text.pooled, sizes, spec.unet.vector_width)
                            : at::Tensor();
    return unet(x, times, text.context, vector);
}

bool Bundle::has(Part part) const {
    switch (part) {
        case Part::Text: return texts.front().token_embedding.defined();
        case Part::Unet: return unet.conv_out.weight.defined();
        case Part::VaeEncoder: return vae.quant_conv.weight.defined();
        case Part::VaeDecoder: return vae.post_quant_conv.weight.defined();
    }
    return false;
}

void Bundle::release(Part part) {
    nn::DropWeights dropping;
    visit(*this, part, dropping);
    if (options.device.is_cpu()) tensor::release_unused(options.device);  // nor what was computed with them
}

void Bundle::ensure(Part part) {
    if (has(part)) return;
    const tensor::WeightFile file((is_of_vae(part) ? held_vae : held_checkpoint)->readable());
    Finder finder(file);
    find(finder, *this, part);
    settle(options, part, file, finder.origins, [&](nn::Visitor& visitor) { visit(*this, part, visitor); });
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
    bundle->held_checkpoint = std::make_shared<const base::HeldFile>(checkpoint);
    bundle->held_vae = vae_file ? std::make_shared<const base::HeldFile>(bundle->vae_path)
                                : bundle->held_checkpoint;
    bundle->options = options;
    // All is looked for at once, so that a file that lacks something is told of before anything is done with it.
    Finder finder(file);
    if (options.texts_later)
        finder.leave_texts();
    else
        finder.find(bundle->texts);
    finder.find(bundle->unet);
    std::optional<Finder> vae_finder;
    if (vae_file) {
        vae_finder.emplace(*vae_file);
        vae_finder->find(bundle->vae);
        bundle->unused = without_vae(finder.unused());
    } else {
        finder.find(bundle->vae);
        bundle->unused = finder.unused();
    }
    for (const auto part : kParts) {
        if (!bundle->has(part)) continue;
        if (options.weights == WeightsAre::Frozen) {
            bundle->release(part);
            continue;
        }
        const bool from_vae_file = is_of_vae(part) && vae_file.has_value();
        settle(options, part, from_vae_file ? *vae_file : file,
               from_vae_file ? vae_finder->origins : finder.origins,
               [&](nn::Visitor& visitor) { visit(*bundle, part, visitor); });
    }
    return bundle;
}

std::vector<std::string> unused_in(const base::Path& checkpoint, const std::optional<base::Path>& vae_file) {
    const tensor::WeightFile file(checkpoint);
    std::optional<io::SafetensorsFile> vae;
    if (vae_file) vae.emplace(*vae_file);
    const auto spec = spec_of(file.file(), vae ? &*vae : nullptr);
    Finder finder(file);
    finder.leave_texts();
    Unet unet(spec.unet);
    finder.find(unet);
    if (vae) return without_vae(finder.unused());
    Vae own(spec.vae);
    finder.find(own);
    return finder.unused();
}

Vae load_vae(const base::Path& path, at::ScalarType dtype, at::Device device) {
    const tensor::WeightFile file(path);
    Vae vae(vae_spec_of(file.file()));
    Finder finder(file);
    finder.find(vae);
    LoadOptions options;
    options.vae = dtype;
    options.device = device;
    settle(options, Part::VaeDecoder, file, finder.origins,
           [&](nn::Visitor& visitor) { vae.visit(visitor); });
    return vae;
}

std::string identity_of(Vae& vae) {
    nn::CollectWeights collect;
    vae.visit(collect);
    return tensor::payload_sha256(collect.tensors);
}

std::string identity_of_vae(const base::Path& path) {
    const tensor::WeightFile file(path);
    Vae vae(vae_spec_of(file.file()));
    Finder(file).find(vae);
    auto identity = identity_of(vae);
    file.file().file().forget_pages();
    return identity;
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
