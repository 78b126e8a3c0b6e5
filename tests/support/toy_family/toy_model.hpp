// A family of two layers that exists in tests alone, as unlike Stable Diffusion as it can be: twelve latent channels at a factor
// of four, tokens instead of convolutions, captions of any length with a mask, times between 0 and 1.
//
// The text encoder is a table of words and one layer, in a file of its own beside the checkpoint; the network reads every latent with the mean of its caption's words; the
// VAE folds 4 x 4 pixels, whose pairs are averaged, into channels.
#pragma once

#include <string>
#include <vector>

#include "base/text.hpp"
#include "models/family.hpp"
#include "models/model.hpp"
#include "models/part_weights.hpp"
#include "nn/linear.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::support {

inline constexpr const char* kToyText = "toy_text.safetensors";
inline constexpr std::int64_t kToyWords = 64, kToyWidth = 16, kToyChannels = 12, kToyHidden = 24;

inline const models::Family& toy_family();

class ToyTokens : public models::TokenCounter {
  public:
    std::int64_t count(std::string_view text, const models::TextOptions&) const override {
        return static_cast<std::int64_t>(words_of(text).size());
    }
    std::int64_t most() const override { return 225; }
    std::int64_t max_tokens_for(std::int64_t tokens) const override { return tokens <= 75 ? 75 : most(); }
    static std::vector<std::string> words_of(std::string_view text) {
        auto words = base::split(text, " ");
        std::erase(words, "");
        return words;
    }
};

struct ToySpec : models::Spec {
    ToySpec() {
        family = &toy_family();
        native_size_px = 32;
    }
    models::LatentFacts latents() const override { return {kToyChannels, 4, 2.0, 0.25, 4, 16}; }
    std::unique_ptr<models::Model> outline() const override;
};

class ToyModel final : public models::Model {
  public:
    ToyModel() = default;
    ToyModel(const base::Path& checkpoint, const models::LoadOptions& load_options) {
        source_ = models::held_open(checkpoint, load_options.files);
        source_.unused = unused_in(checkpoint);
        options_ = load_options;
        if (load_options.weights == models::WeightsAre::Plain)
            for (const auto part : models::kParts) ensure(part);
    }

    const ToySpec& spec() const override { return spec_; }
    bool has(models::Part part) const override {
        return const_cast<ToyModel&>(*this).weight_of(part).defined();
    }
    void ensure(models::Part part) override {
        if (has(part)) return;
        const tensor::WeightFile file(source_.file_of(part).held->readable());
        models::WeightFinder finder(file);
        const auto visit_part = [&](nn::Visitor& visitor) { visit(part, visitor); };
        finder.fill(visit_part, [&](const std::string& path) { return finder.take(path); });
        models::settle_weights(options_, part, finder, visit_part);
    }
    void visit(models::Part part, nn::Visitor& visitor) override {
        using nn::BlockKind;
        switch (part) {
            case models::Part::Text: {
                visitor.weight("toy.text.words", words_, {kToyWords, kToyWidth});
                const nn::Visitor::Scope scope(visitor, "toy.text", BlockKind::TextMlp);
                return mix_.visit(visitor, "mix");
            }
            case models::Part::Unet: {
                const nn::Visitor::Scope scope(visitor, "toy.net", BlockKind::Transformer);
                in_.visit(visitor, "in");
                return out_.visit(visitor, "out");
            }
            case models::Part::VaeEncoder:
            case models::Part::VaeDecoder:
                return visitor.weight("toy.vae.gain", weight_of(part), {kToyChannels});
        }
    }
    std::vector<models::AdapterPart> adapter_parts() override {
        std::vector<models::AdapterPart> parts(2);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const auto part = i == 0 ? models::Part::Text : models::Part::Unet;
            const std::string head = i == 0 ? "lora_te_" : "lora_unet_";
            parts[i].part = part;
            parts[i].visit = [this, part](nn::Visitor& visitor) { visit(part, visitor); };
            parts[i].name = [head](const std::string& path) {
                return head + base::replace_all(path, ".", "_");
            };
            parts[i].place = [](const std::string& path) { return models::WeightPlace{path + ".weight"}; };
        }
        return parts;
    }

    const models::TokenCounter& token_counter() const override { return tokens_; }
    // [B, T], as long as the longest; one more for an empty one, and -1 behind what is shorter.
    std::vector<at::Tensor> tokenize(std::span<const std::string> captions,
                                     const models::TextOptions& options) const override {
        std::vector<std::vector<std::int64_t>> all;
        std::size_t longest = 0;
        for (const auto& caption : captions) {
            std::vector<std::int64_t> ids{0};
            for (const auto& word : ToyTokens::words_of(caption))
                if (static_cast<std::int64_t>(ids.size()) <= options.max_tokens)
                    ids.push_back(1 + static_cast<std::int64_t>(word.front()) % (kToyWords - 1));
            longest = std::max(longest, ids.size());
            all.push_back(std::move(ids));
        }
        std::vector<at::Tensor> rows;
        for (auto& ids : all) {
            ids.resize(longest, -1);
            rows.push_back(at::tensor(ids, at::kLong));
        }
        return {at::stack(rows)};
    }
    models::TextStates read(std::span<const at::Tensor> ids, std::int64_t) const override {
        const auto here = ids[0].to(options_.device);
        models::TextStates states;
        states.context = mix_(at::embedding(words_, here.clamp_min(0)));  // [B, T, D]
        states.mask = here.ge(0);                                         // [B, T]
        return states;
    }
    std::string text_identity() const override { return identity_of("toy.text.", models::Part::Text); }
    std::string vae_identity() const override { return identity_of("toy.vae.", models::Part::VaeDecoder); }

    at::Tensor predict(const at::Tensor& x, const at::Tensor& times, const models::TextStates& text,
                       const at::Tensor&) const override {
        const auto counts = text.mask.to(text.context.scalar_type()).unsqueeze(-1);      // [B, T, 1]
        const auto words = (text.context * counts).sum(1, true) / counts.sum(1, true);   // [B, 1, D]
        const auto tokens = x.flatten(2).transpose(1, 2);                                // [B, h w, C]
        const auto both = at::cat({tokens, words.expand({-1, tokens.size(1), -1})}, 2);  // [B, h w, C + D]
        const auto hidden = at::silu(in_(both) + times.to(x.scalar_type()).view({-1, 1, 1}));  // [B, h w, H]
        return out_(hidden).transpose(1, 2).reshape(x.sizes());                                // [B, C, h, w]
    }

    static std::vector<std::string> unused_in(const base::Path& checkpoint) {
        const io::SafetensorsFile file(checkpoint);
        std::vector<std::string> names;
        for (const auto& entry : file.entries())
            if (!entry.name.starts_with("toy.")) names.push_back(entry.name);
        return names;
    }

  private:
    at::Tensor& weight_of(models::Part part) {
        switch (part) {
            case models::Part::Text: return words_;
            case models::Part::Unet: return in_.bias;
            case models::Part::VaeEncoder: return encoder_gain_;
            case models::Part::VaeDecoder: break;
        }
        return decoder_gain_;
    }
    std::string identity_of(std::string_view head, models::Part part) const {
        const tensor::WeightFile file(source_.file_of(part).path);
        tensor::NamedTensors tensors;
        for (const auto& entry : file.entries())
            if (entry.name.starts_with(head)) tensors[entry.name] = file.get(entry.name);
        return tensor::payload_sha256(tensors);
    }
    models::LatentDistribution encode_once(const at::Tensor& pixels) const override {
        const auto mean = at::pixel_unshuffle(at::avg_pool2d(pixels.to(at::kFloat), 2), 2) *
                          encoder_gain_.to(at::kFloat).view({1, -1, 1, 1});
        return {mean, at::full_like(mean, -12)};
    }
    at::Tensor decode_once(const at::Tensor& latents) const override {
        const auto folded = latents / decoder_gain_.to(at::kFloat).view({1, -1, 1, 1});
        return at::pixel_shuffle(folded, 2).repeat_interleave(2, 2).repeat_interleave(2, 3);
    }
    at::Tensor decode_in_float32(const at::Tensor& latents) const override { return decode_once(latents); }

    ToySpec spec_;
    ToyTokens tokens_;
    at::Tensor words_, encoder_gain_, decoder_gain_;
    nn::Linear mix_{kToyWidth, kToyWidth};
    nn::Linear in_{kToyChannels + kToyWidth, kToyHidden}, out_{kToyHidden, kToyChannels};
};

inline std::unique_ptr<models::Model> ToySpec::outline() const { return std::make_unique<ToyModel>(); }

}  // namespace lorikeet::support
