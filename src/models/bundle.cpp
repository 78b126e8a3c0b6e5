#include "models/bundle.hpp"

#include <array>
#include <functional>
#include <set>
#include <utility>

#include "models/key_map.hpp"
#include "models/layout.hpp"
#include "nn/frozen.hpp"
#include "nn/visitors.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::models {

namespace {

// Finds the weights of parts of a model in one file, as they lie there: nothing is read yet. Remembers which tensors
// were wanted.
class Finder {
  public:
    explicit Finder(const tensor::WeightFile& file) : file_(file) {}

    void find(Unet& unet) {
        fill(unet, [this](const std::string& path) { return take(std::string(kUnetPrefix) + path); });
    }
    void find(ClipText& text) {
        const auto prefix = text_prefix(file_.file());
        fill(text, [&](const std::string& path) {
            return take(prefix + path.substr(std::string_view("text_model.").size()));
        });
    }
    void find(Vae& vae) {
        const auto layout = vae_layout(file_.file()).value_or(VaeLayout{});
        const auto levels = static_cast<std::int64_t>(vae.spec.widths.size());
        fill(vae, [&](const std::string& path) {
            const bool ldm = layout.names == VaeNames::CompVis;
            auto weight = take(layout.prefix + (ldm ? path : vae_to_diffusers(levels, path)));
            // The 1 x 1 convolutions of its attention are saved as matrices by some.
            const bool matrix = weight.defined() && weight.dim() == 2;
            return matrix ? weight.unsqueeze(-1).unsqueeze(-1) : weight;
        });
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

    template <class Part>
    void fill(Part& part, nn::LoadWeights::Find find) {
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

constexpr std::array kPieces{Piece::Text, Piece::Unet, Piece::VaeEncoder, Piece::VaeDecoder};

void visit(Bundle& bundle, Piece piece, nn::Visitor& visitor) {
    switch (piece) {
        case Piece::Text: return bundle.text.visit(visitor);
        case Piece::Unet: return bundle.unet.visit(visitor);
        case Piece::VaeEncoder: return bundle.vae.visit_encoder(visitor);
        case Piece::VaeDecoder: return bundle.vae.visit_decoder(visitor);
    }
}

at::ScalarType dtype_of(const LoadOptions& options, Piece piece) {
    switch (piece) {
        case Piece::Text: return options.text;
        case Piece::Unet: return options.unet;
        case Piece::VaeEncoder:
        case Piece::VaeDecoder: return options.vae;
    }
    return at::kFloat;
}

// From the file's pages to where and how they are needed in one pass; `forget` hears of what is done with.
void settle(const LoadOptions& options, Piece piece, const std::function<void(nn::Visitor&)>& visit,
            const std::function<void()>& forget) {
    const auto dtype = dtype_of(options, piece);
    if (options.weights == WeightsAre::Frozen && options.device.is_cpu()) {
        // Pictures are only looked at, once each: memory for a short while, and no gradient.
        const auto asked = piece == Piece::VaeEncoder ? nn::Asked::ResultsAlone : nn::Asked::Gradients;
        nn::FreezeWeights freeze(dtype, forget, asked);
        visit(freeze);
    } else {
        nn::ChangeWeights change([&](const std::string&, const at::Tensor& weight) {
            return weight.to(at::TensorOptions().dtype(dtype).device(options.device));
        });
        visit(change);
    }
    forget();
}

}  // namespace

Bundle::Bundle(const Spec& model_spec, Tokenizer model_tokenizer)
    : spec(model_spec),
      unet(spec.unet),
      vae(spec.vae),
      text(spec.text),
      tokenizer(std::move(model_tokenizer)) {}

void Bundle::ensure(Piece piece) {
    if (waiting.erase(piece) == 0) return;
    settle(
        options, piece, [&](nn::Visitor& visitor) { visit(*this, piece, visitor); },
        [this] {
            for (const auto& file : files) file.file().file().forget_pages();
        });
}

void Bundle::drop(Piece piece) {
    waiting.erase(piece);
    nn::DropWeights dropping;
    visit(*this, piece, dropping);
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
    bundle->files = {file};
    bundle->waiting = {kPieces.begin(), kPieces.end()};
    Finder finder(file);
    finder.find(bundle->text);
    finder.find(bundle->unet);
    if (vae_file) {
        bundle->files.push_back(*vae_file);
        Finder(*vae_file).find(bundle->vae);
        bundle->unused = without_vae(finder.unused());
    } else {
        finder.find(bundle->vae);
        bundle->unused = finder.unused();
    }
    if (options.weights == WeightsAre::Frozen) {
        bundle->vae_identity = identity_of(bundle->vae);
    } else {
        for (const auto piece : kPieces) bundle->ensure(piece);
        bundle->files.clear();
    }
    return bundle;
}

Vae load_vae(const base::Path& path, at::ScalarType dtype, at::Device device) {
    const tensor::WeightFile file(path);
    Vae vae(vae_spec_of(file.file()));
    Finder(file).find(vae);
    LoadOptions options;
    options.vae = dtype;
    options.device = device;
    settle(
        options, Piece::VaeDecoder, [&](nn::Visitor& visitor) { vae.visit(visitor); },
        [&] { file.file().file().forget_pages(); });
    return vae;
}

std::string identity_of(Vae& vae) {
    nn::CollectWeights collect;
    vae.visit(collect);
    return tensor::payload_sha256(collect.tensors);
}

}  // namespace lorikeet::models
