#include "tag/blip.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "tag/model_folder.hpp"
#include "tensor/precision.hpp"

namespace lorikeet::tag {

namespace {

constexpr const char* kBlipRemedy =
    "Take a BLIP captioner of Salesforce, base or large, or one trained from it.";
constexpr const char* kWordWeights = "text_decoder.bert.embeddings.word_embeddings.weight";
constexpr const char* kHeadWeights = "text_decoder.cls.predictions.decoder.weight";
constexpr const char* kPositionIds = "text_decoder.bert.embeddings.position_ids";
constexpr const char* kHeadBias = "text_decoder.cls.predictions.bias";
constexpr const char* kHeadBiasAgain = "text_decoder.cls.predictions.decoder.bias";

// Weights that older files have twice or for nothing: the numbers 0, 1, 2, ..., and the bias under its second name.
std::set<std::string> repeated_weights(const tensor::WeightFile& file) {
    std::set<std::string> names;
    const auto ids = file.find(kPositionIds);
    if (ids.defined() && at::equal(ids.flatten().to(at::kLong), at::arange(ids.numel(), at::kLong)))
        names.insert(kPositionIds);
    const auto bias = file.find(kHeadBias), again = file.find(kHeadBiasAgain);
    if (bias.defined() && again.defined() && at::equal(bias, again)) names.insert(kHeadBiasAgain);
    return names;
}

// What a file leaves out since it is there under another name.
std::map<std::string, std::string> names_in_file(const WeightShapes& shapes, bool ties_words) {
    std::map<std::string, std::string> names;
    if (!shapes.has(kHeadWeights) && ties_words) names[kHeadWeights] = kWordWeights;
    if (!shapes.has(kHeadBias) && shapes.has(kHeadBiasAgain)) names[kHeadBias] = kHeadBiasAgain;
    return names;
}

base::Path weights_of(const base::Path& folder) {
    const auto* hint = "Copy it here from where the captioner was saved or downloaded.";
    if (base::is_file(folder / "pytorch_model.bin"))
        hint =
            "It has pytorch_model.bin, which can run code when it is opened. To convert it, run this line in "
            "that folder, on a machine with PyTorch and transformers that you do not mind: python -c \"from "
            "transformers import BlipForConditionalGeneration as Blip; "
            "Blip.from_pretrained('.').save_pretrained('.')\"";
    return file_in(folder, "captioner", "model.safetensors", hint);
}

at::Tensor rows_of(const std::vector<std::int64_t>& numbers, at::Device device) {
    return at::tensor(numbers, at::kLong).to(device);
}

// The searches of a batch that are not at their end, and what was computed for their rows.
class BatchSearch {
  public:
    BatchSearch(const BlipText& text, BlipTextCache cache, at::Device device, const base::Cancel& cancel)
        : text_(text), cache_(std::move(cache)), device_(device), cancel_(cancel) {}

    void run(std::vector<std::unique_ptr<CaptionSearch>>& searches, const Tokens& prompt) {
        for (auto& search : searches) open_.push_back(search.get());
        auto tokens = rows_of(prompt, device_)
                          .unsqueeze(0)
                          .expand({static_cast<std::int64_t>(open_.size()), -1});  // [B, t]
        while (!open_.empty()) {
            cancel_.throw_if_stopped();
            tokens = step(tokens);
        }
    }

  private:
    const BlipText& text_;
    BlipTextCache cache_;
    at::Device device_;
    const base::Cancel& cancel_;
    std::vector<CaptionSearch*> open_;

    at::Tensor step(const at::Tensor& tokens) {
        const auto logits = text_(tokens, cache_).to(at::kCPU).contiguous();  // [R, words]
        const auto rows = static_cast<std::size_t>(logits.size(0)) / open_.size();
        const auto words = static_cast<std::size_t>(logits.size(1));
        std::vector<std::int64_t> parents, images, next;
        std::vector<CaptionSearch*> open;
        for (std::size_t i = 0; i < open_.size(); ++i) {
            const std::span<const float> scores(logits.const_data_ptr<float>() + i * rows * words,
                                                rows * words);
            const auto chosen = open_[i]->next(scores, rows);
            if (chosen.empty()) continue;
            open.push_back(open_[i]);
            images.push_back(static_cast<std::int64_t>(i));
            for (const auto& row : chosen) {
                parents.push_back(static_cast<std::int64_t>(i * rows + row.parent));
                next.push_back(row.token);
            }
        }
        open_ = std::move(open);
        if (open_.empty()) return {};
        cache_.choose(rows_of(parents, device_), rows_of(images, device_));
        return rows_of(next, device_).unsqueeze(1);  // [R, 1]
    }
};

}  // namespace

Blip::Blip(const base::Path& folder, const ComputeIn& compute) : compute_(compute) {
    const auto weights = weights_of(folder);
    const auto config = read_blip_config(folder);
    const auto preprocessor = read_blip_preprocessor(folder);
    if (config) config_ = *config;
    if (preprocessor) preprocessor_ = *preprocessor;
    if (!config)
        notes_.emplace_back(
            "There is no config.json beside the weights, so the settings of BLIP's own are taken.");
    if (!preprocessor)
        notes_.emplace_back(
            "There is no preprocessor_config.json, so images are prepared as for BLIP's own.");
    notes_.insert(notes_.end(), config_.notes.begin(), config_.notes.end());
    notes_.insert(notes_.end(), preprocessor_.notes.begin(), preprocessor_.notes.end());
    pieces_ = WordPieces::from_folder(folder);
    load(weights);
}

void Blip::load(const base::Path& weights) {
    const tensor::WeightFile file(weights);
    const WeightShapes shapes(file.entries());
    if (!shapes.has("vision_model.embeddings.position_embedding") ||
        (!shapes.has(kHeadBias) && !shapes.has(kHeadBiasAgain)))
        base::fail(base::ErrorCode::Unsupported, "These weights are of no captioner that this program knows.",
                   kBlipRemedy);
    vision_.emplace(BlipVision::spec_of(shapes, config_.vision));
    text_.emplace(BlipText::spec_of(shapes, config_.text));
    const auto& text = text_->spec();
    const auto side = preprocessor_.side_px.value_or(image_px());
    if (side != image_px() || vision_->width() != text.image_width ||
        static_cast<std::int64_t>(pieces_->size()) > text.words ||
        std::max(config_.begin_token, config_.end_token) >= text.words)
        base::fail(
            base::ErrorCode::Corrupt,
            fmt::format(
                "The files of the captioner do not fit each other: images of {} px, and weights for {}; "
                "{} word pieces, and weights for {}.",
                side, image_px(), pieces_->size(), text.words),
            "Download all of them from one place.");
    load_weights({[&](nn::Visitor& visitor) {
                      vision_->visit(visitor);
                      text_->visit(visitor);
                  },
                  {},
                  repeated_weights(file),
                  kBlipRemedy,
                  names_in_file(shapes, config_.ties_words)},
                 file, compute_);
}

at::Tensor Blip::pixels(std::span<const io::Image> images) const {
    const auto side = image_px();
    std::array<std::array<float, 256>, 3> table{};
    for (std::size_t channel = 0; channel < 3; ++channel)
        for (std::size_t value = 0; value < 256; ++value) {
            const auto scaled = static_cast<float>(static_cast<double>(value) * preprocessor_.factor);
            table[channel][value] = (scaled - static_cast<float>(preprocessor_.mean[channel])) /
                                    static_cast<float>(preprocessor_.deviation[channel]);
        }
    const auto pixels = at::empty({static_cast<std::int64_t>(images.size()), 3, side, side}, at::kFloat);
    auto* out = pixels.mutable_data_ptr<float>();
    const auto area = static_cast<std::size_t>(side * side);
    for (const auto& image : images) {
        base::expects(image.width_px == side && image.height_px == side, "images have the network's size");
        for (std::size_t channel = 0; channel < 3; ++channel)
            for (std::size_t i = 0; i < area; ++i) *out++ = table[channel][image.rgb[3 * i + channel]];
    }
    return pixels;
}

at::Tensor Blip::states(const at::Tensor& pixels) const {
    const at::NoGradGuard no_gradient;
    const tensor::Autocast autocast(compute_.device.type(), compute_.type);
    return (*vision_)(pixels.to(compute_.device));
}

at::Tensor Blip::next_words(const at::Tensor& tokens, const at::Tensor& states) const {
    const at::NoGradGuard no_gradient;
    const tensor::Autocast autocast(compute_.device.type(), compute_.type);
    auto cache = text_->begin(states);
    return (*text_)(tokens, cache);
}

Tokens Blip::begun(const std::string& prompt, const SearchRules& rules) const {
    if (2 * rules.beams > text().words)
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("{} beams are more than {} words allow.", rules.beams, text().words),
                   "Lower the number of beams.");
    Tokens tokens{config_.begin_token};
    const auto words = pieces_->encode_known(prompt);
    tokens.insert(tokens.end(), words.begin(), words.end());
    const auto most = std::min(rules.max_length, text().positions);
    if (static_cast<std::int64_t>(tokens.size()) >= most)
        base::fail(
            base::ErrorCode::InvalidInput,
            fmt::format("The prompt has {} tokens, and a caption {} at the most.", tokens.size(), most),
            "Raise max_length, or shorten the prompt.");
    return tokens;
}

std::vector<Tokens> Blip::tokens(const at::Tensor& pixels, const std::string& prompt,
                                 const SearchRules& given, std::span<const std::uint64_t> seeds,
                                 const base::Cancel& cancel) const {
    base::expects(static_cast<std::int64_t>(seeds.size()) == pixels.size(0), "every image has a seed");
    auto rules = given;
    rules.end_token = config_.end_token;
    rules.max_length = std::min(rules.max_length, text().positions);
    const auto prompt_tokens = begun(prompt, rules);
    std::vector<std::unique_ptr<CaptionSearch>> searches;
    for (const auto seed : seeds) {
        rules.seed = seed;
        searches.push_back(make_search(rules, prompt_tokens));
    }
    const auto seen = states(pixels);
    const at::NoGradGuard no_gradient;
    const tensor::Autocast autocast(compute_.device.type(), compute_.type);
    BatchSearch(*text_, text_->begin(seen), compute_.device, cancel).run(searches, prompt_tokens);
    std::vector<Tokens> found;
    for (const auto& search : searches) found.push_back(search->result());
    return found;
}

std::string Blip::caption(const Tokens& tokens, const std::string& prompt) const {
    const auto said = pieces_->encode(prompt).size();
    const auto before = said > 0 ? prompt_line(prompt) : std::string();
    auto text = pieces_->decode_behind(before, std::span(tokens).subspan(std::min(1 + said, tokens.size())));
    return text == before ? std::string() : text;
}

}  // namespace lorikeet::tag
