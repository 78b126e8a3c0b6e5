// What BLIP writes: a decoder of BERT's layers, which attends to the words so far and to the tokens of the image.
//
// Keys and values of words are kept, so that each step computes one word; those of an image are worked out once, however many
// captions are searched for at once.
//
// Shapes   tokens [R, t] int64, the words that are new;  R is a multiple of the B images, those of an image together;
//          image [B, N, image_width];  result [R, words], for the word that follows the last.
// Dtype    result is float32, as is the last layer; others compute in what their weights were frozen for.
// Source   Li et al. 2022, arXiv:2201.12086; transformers 4.54.1, modeling_blip_text.py, BlipTextLMHeadModel.
// Golden   tests/golden/blip.safetensors
#pragma once

#include <string_view>
#include <vector>

#include "nn/linear.hpp"
#include "nn/norm.hpp"
#include "tag/blip_config.hpp"
#include "tag/network.hpp"
#include "tag/weight_shapes.hpp"

namespace lorikeet::tag {

struct BlipTextSpec {
    std::int64_t width = 768;
    std::int64_t image_width = 768;
    std::int64_t depth = 12;
    std::int64_t heads = 12;
    std::int64_t mlp = 3072;
    std::int64_t words = 30524;
    std::int64_t positions = 512;  // the longest caption
    Activation activation = Activation::Gelu;
    double eps = 1e-12;
};

// What was worked out for the words so far, layer by layer.
struct BlipTextCache {
    std::int64_t length = 0;                           // words
    std::vector<at::Tensor> keys, values;              // [R, length, width]
    std::vector<at::Tensor> image_keys, image_values;  // [B, N, width]

    // Rows are taken in this order, and may be taken again or left out; int64 [R'], [B'].
    void choose(const at::Tensor& rows, const at::Tensor& images);
};

struct BlipAttention {
    nn::Linear query;
    nn::Linear key;
    nn::Linear value;
    nn::Linear dense;
    nn::LayerNorm norm;

    BlipAttention(const BlipTextSpec& spec, std::int64_t context_width);
    void visit(nn::Visitor& visitor, std::string_view name);
};

struct BlipTextLayer {
    BlipAttention self;
    BlipAttention image;
    nn::Linear fc1;
    nn::Linear fc2;
    nn::LayerNorm norm;

    explicit BlipTextLayer(const BlipTextSpec& spec);
};

class BlipText {
  public:
    static BlipTextSpec spec_of(const WeightShapes& shapes, const BlipTower& tower);
    explicit BlipText(BlipTextSpec spec);

    const BlipTextSpec& spec() const { return spec_; }
    BlipTextCache begin(const at::Tensor& image) const;
    at::Tensor operator()(const at::Tensor& tokens, BlipTextCache& cache) const;
    void visit(nn::Visitor& visitor);

  private:
    at::Tensor layer(std::size_t index, const at::Tensor& x, BlipTextCache& cache) const;

    BlipTextSpec spec_;
    at::Tensor word_embeddings_;
    at::Tensor position_embeddings_;
    nn::LayerNorm embedding_norm_;
    std::vector<BlipTextLayer> layers_;
    nn::Linear transform_;
    nn::LayerNorm transform_norm_;
    at::Tensor head_weight_;
    at::Tensor head_bias_;
};

}  // namespace lorikeet::tag
