#include "models/spec.hpp"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/error.hpp"
#include "models/layout.hpp"

namespace lorikeet::models {

using base::ErrorCode;
using base::fail;

namespace {

// The sizes of the tensors of one part of a model, by names without the part's prefix.
class Shapes {
  public:
    Shapes(const io::SafetensorsFile& file, std::string prefix) : file_(file), prefix_(std::move(prefix)) {}

    bool has(std::string_view name) const { return file_.find(prefix_ + std::string(name)) != nullptr; }
    // How many of "head0tail", "head1tail", ... there are.
    std::int64_t count(std::string_view head, std::string_view tail) const {
        std::int64_t number = 0;
        while (has(fmt::format("{}{}{}", head, number, tail))) ++number;
        return number;
    }
    std::int64_t side(std::string_view name, std::size_t axis) const {
        const auto* entry = file_.find(prefix_ + std::string(name));
        if (!entry || axis >= entry->shape.size() || entry->shape[axis] < 1)
            fail(
                ErrorCode::Corrupt,
                fmt::format("{}: the tensor {}{} is missing or has no such side.", file_.path().string(),
                            prefix_, name),
                "The file is damaged, or parts of the model were left out when it was saved; take a complete "
                "checkpoint.");
        return entry->shape[axis];
    }

  private:
    const io::SafetensorsFile& file_;
    std::string prefix_;
};

// A positive whole number of the metadata; `otherwise` when the file does not say.
std::int64_t number_in(const io::SafetensorsFile& file, const std::string& key, std::int64_t otherwise) {
    const auto at = file.metadata().find(key);
    if (at == file.metadata().end()) return otherwise;
    std::int64_t number = 0;
    const auto& text = at->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number < 1)
        fail(ErrorCode::Corrupt,
             fmt::format("{}: its metadata says {} = \"{}\", which is not a positive whole number.",
                         file.path().string(), key, text));
    return number;
}

double latent_scale_in(const io::SafetensorsFile& file) {
    const auto at = file.metadata().find("lorikeet.latent_scale");
    if (at == file.metadata().end()) return Spec{}.latent_scale;
    double scale = 0;
    const auto& text = at->second;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), scale);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(scale) || scale <= 0)
        fail(ErrorCode::Corrupt,
             fmt::format(
                 "{}: its metadata says lorikeet.latent_scale = \"{}\", which is not a positive number.",
                 file.path().string(), text));
    return scale;
}

settings::Prediction prediction_in(const io::SafetensorsFile& file) {
    if (file.find("v_pred")) return settings::Prediction::Velocity;
    const auto at = file.metadata().find("modelspec.prediction_type");
    const bool velocity = at != file.metadata().end() && at->second.starts_with("v");
    return velocity ? settings::Prediction::Velocity : settings::Prediction::Epsilon;
}

void expect_divides(const io::SafetensorsFile& file, std::int64_t number, std::int64_t width,
                    std::string_view what) {
    if (width % number == 0) return;
    fail(ErrorCode::Corrupt,
         fmt::format("{}: {} {} do not divide {} channels.", file.path().string(), number, what, width),
         "The sizes in this file do not fit together; lorikeet inspect tells what it holds.");
}

// What one level of the way down is made of.
struct Level {
    std::int64_t width = 0;
    std::int64_t blocks = 0;
    std::int64_t depth = 0;
};

std::vector<Level> levels_of(const Shapes& shapes) {
    std::vector<Level> levels(1);
    for (std::int64_t n = 1;; ++n) {
        const auto block = fmt::format("input_blocks.{}.", n);
        if (shapes.has(block + "0.op.weight")) {
            levels.emplace_back();
        } else if (shapes.has(block + "0.in_layers.2.weight")) {
            auto& level = levels.back();
            level.width = shapes.side(block + "0.in_layers.2.weight", 0);
            level.depth = shapes.count(block + "1.transformer_blocks.", ".norm1.weight");
            ++level.blocks;
        } else {
            return levels;
        }
    }
}

UnetSpec unet_spec_of(const io::SafetensorsFile& file) {
    const Shapes shapes(file, std::string(kUnetPrefix));
    UnetSpec spec;
    spec.in_channels = shapes.side("input_blocks.0.0.weight", 1);
    spec.out_channels = shapes.side("out.2.weight", 0);
    spec.context_width = shapes.side("middle_block.1.transformer_blocks.0.attn2.to_k.weight", 1);
    spec.middle_depth = shapes.count("middle_block.1.transformer_blocks.", ".norm1.weight");
    spec.heads = number_in(file, "lorikeet.unet.heads", UnetSpec{}.heads);
    spec.groups = number_in(file, "lorikeet.unet.groups", UnetSpec{}.groups);
    spec.widths.clear();
    spec.depths.clear();
    const auto levels = levels_of(shapes);
    spec.blocks = levels.front().blocks;
    for (const auto& level : levels) {
        if (level.blocks != spec.blocks || level.blocks == 0)
            fail(ErrorCode::Unsupported,
                 fmt::format(
                     "{}: the levels of its UNet have {} and {} blocks; Lorikeet wants as many in each.",
                     file.path().string(), spec.blocks, level.blocks));
        expect_divides(file, spec.groups, level.width, "groups of the UNet's norms");
        expect_divides(file, spec.heads, level.width, "heads of the UNet's attention");
        spec.widths.push_back(level.width);
        spec.depths.push_back(level.depth);
    }
    return spec;
}

ClipTextSpec text_spec_of(const io::SafetensorsFile& file) {
    const Shapes shapes(file, text_prefix(file));
    ClipTextSpec spec;
    spec.words = shapes.side("embeddings.token_embedding.weight", 0);
    spec.width = shapes.side("embeddings.token_embedding.weight", 1);
    spec.positions = shapes.side("embeddings.position_embedding.weight", 0);
    spec.mlp = shapes.side("encoder.layers.0.mlp.fc1.weight", 0);
    spec.layers = shapes.count("encoder.layers.", ".mlp.fc1.weight");
    const auto heads = std::max<std::int64_t>(1, spec.width / 64);
    spec.heads = number_in(file, "lorikeet.text.heads", heads);
    expect_divides(file, spec.heads, spec.width, "heads of the text encoder");
    return spec;
}

// Of CompVis's layout; diffusers' names are asked for through `name_of_weight`.
VaeSpec vae_spec_in(const io::SafetensorsFile& file, const VaeLayout& layout) {
    const Shapes shapes(file, layout.prefix);
    const bool ldm = layout.names == VaeNames::CompVis;
    const std::string down = ldm ? "encoder.down." : "encoder.down_blocks.";
    const std::string block = ldm ? ".block." : ".resnets.";
    VaeSpec spec;
    spec.widths.clear();
    for (std::int64_t i = 0, n = shapes.count(down, block + "0.conv1.weight"); i < n; ++i)
        spec.widths.push_back(shapes.side(fmt::format("{}{}{}0.conv1.weight", down, i, block), 0));
    spec.blocks = shapes.count(fmt::format("{}0{}", down, block), ".conv1.weight");
    spec.latent_channels = shapes.side("decoder.conv_in.weight", 1);
    spec.groups = number_in(file, "lorikeet.vae.groups", VaeSpec{}.groups);
    if (spec.widths.empty()) shapes.side("encoder.down.0.block.0.conv1.weight", 0);
    for (const auto width : spec.widths)
        expect_divides(file, spec.groups, width, "groups of the VAE's norms");
    return spec;
}

[[noreturn]] void fail_kind(const io::SafetensorsFile& file, FileKind kind) {
    fail(ErrorCode::Unsupported, fmt::format("{} is {}.", file.path().string(), name_of(kind)),
         std::string(hint_for(kind)));
}

}  // namespace

std::string_view name_of(Family) { return "Stable Diffusion 1.x"; }

VaeSpec vae_spec_of(const io::SafetensorsFile& file) {
    if (const auto layout = vae_layout(file)) return vae_spec_in(file, *layout);
    fail(ErrorCode::Unsupported, fmt::format("There is no VAE in {}.", file.path().string()),
         "Name a VAE's own file as model.vae, or a checkpoint that holds one.");
}

Spec spec_of(const io::SafetensorsFile& file, const io::SafetensorsFile* vae_file) {
    if (const auto kind = what_is(file); kind != FileKind::StableDiffusion1) fail_kind(file, kind);
    Spec spec;
    spec.unet = unet_spec_of(file);
    spec.vae = vae_spec_of(vae_file ? *vae_file : file);
    spec.text = text_spec_of(file);
    spec.latent_scale = latent_scale_in(file);
    spec.prediction = prediction_in(file);
    spec.native_size_px = number_in(file, "lorikeet.native_size", Spec{}.native_size_px);
    if (spec.text.width != spec.unet.context_width)
        fail(ErrorCode::Corrupt,
             fmt::format("{}: its text encoder gives {} numbers a word, its UNet wants {}.",
                         file.path().string(), spec.text.width, spec.unet.context_width),
             "Parts of two models were mixed in this file; take another checkpoint.");
    if (spec.vae.latent_channels != spec.unet.in_channels)
        fail(ErrorCode::Corrupt,
             fmt::format("The VAE makes latents of {} channels, the UNet of {} wants {}.",
                         spec.vae.latent_channels, file.path().string(), spec.unet.in_channels),
             "Choose a VAE made for Stable Diffusion 1.x.");
    return spec;
}

}  // namespace lorikeet::models
