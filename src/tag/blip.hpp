// BLIP, which describes an image in a sentence: what it sees (blip_vision), what it writes (blip_text), and the search for the
// likeliest caption (caption_search). From a folder as transformers writes it, with model.safetensors, tokenizer.json or
// vocab.txt, and perhaps config.json and preprocessor_config.json (or processor_config.json). Where the file lacks the weights
// of the last layer, those of the words are taken (tie_word_embeddings).
//
// The prompt is how a caption begins: it stands there as it was typed, whatever the vocabulary makes of it.
//
// Shapes   images of image_px() a side, stretched to it (captioner.hpp);  pixels [B, 3, S, S].
// Source   Li et al. 2022, arXiv:2201.12086; transformers 4.54.1, BlipForConditionalGeneration, BlipImageProcessor.
// Golden   tests/golden/blip.safetensors, blip_saved.safetensors
// Throws   Error{NotFound} for a folder that lacks a file, and what its rooms throw; Error{InvalidInput} for a prompt or a
//          length that does not fit, or a word that the vocabulary cannot say; Error{Interrupted} for a stop that is asked for
//          between two words.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "io/image.hpp"
#include "tag/blip_config.hpp"
#include "tag/blip_text.hpp"
#include "tag/blip_vision.hpp"
#include "tag/caption_search.hpp"
#include "tag/network_weights.hpp"
#include "tag/word_pieces.hpp"

namespace lorikeet::tag {

class Blip {
  public:
    Blip(const base::Path& folder, const ComputeIn& compute);

    std::int64_t image_px() const { return vision_->image_px(); }
    const BlipTextSpec& text() const { return text_->spec(); }
    std::int64_t vision_width() const { return vision_->width(); }
    const std::vector<std::string>& notes() const { return notes_; }
    const WordPieces& word_pieces() const { return *pieces_; }

    // Throws for a prompt that cannot begin a caption, or beams that are too many.
    void expect_fits(const std::string& prompt, const SearchRules& rules) const { begun(prompt, rules); }

    // float32 on the processor:  (value * factor - mean) / deviation,  by channel.
    at::Tensor pixels(std::span<const io::Image> images) const;
    // Tokens from that of begin to that of the end, for each image; none where it made NaN. `seeds` are of the draws, one each.
    std::vector<Tokens> tokens(const at::Tensor& pixels, const std::string& prompt, const SearchRules& rules,
                               std::span<const std::uint64_t> seeds, const base::Cancel& cancel = {}) const;
    // The prompt as it was typed, and what the tokens say behind it; empty where they say nothing.
    std::string caption(const Tokens& tokens, const std::string& prompt) const;
    std::int64_t end_token() const { return config_.end_token; }
    // The network alone, for whoever compares it.
    at::Tensor states(const at::Tensor& pixels) const;                                // [B, N, width]
    at::Tensor next_words(const at::Tensor& tokens, const at::Tensor& states) const;  // [B, words]

  private:
    void load(const base::Path& weights);
    Tokens begun(const std::string& prompt, const SearchRules& rules) const;

    ComputeIn compute_;
    BlipConfig config_;
    BlipPreprocessor preprocessor_;
    std::optional<WordPieces> pieces_;
    std::optional<BlipVision> vision_;
    std::optional<BlipText> text_;
    std::vector<std::string> notes_;
};

}  // namespace lorikeet::tag
