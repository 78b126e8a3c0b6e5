#include "models/stable_diffusion_spec.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/error.hpp"
#include "models/key_map.hpp"
#include "models/layout.hpp"
#include "models/stable_diffusion.hpp"
#include "models/stable_diffusion_family.hpp"

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
    bool is_matrix(std::string_view name) const {
        const auto* entry = file_.find(prefix_ + std::string(name));
        return entry && entry->shape.size() == 2;
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

double latent_scale_in(const io::SafetensorsFile& file, double otherwise) {
    const auto at = file.metadata().find("lorikeet.latent_scale");
    if (at == file.metadata().end()) return otherwise;
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

bool says(const io::SafetensorsFile& file, const std::string& key, std::string_view head) {
    const auto at = file.metadata().find(key);
    return at != file.metadata().end() && at->second.starts_with(head);
}

// By a tensor without numbers, which tools of the field put in, or by the metadata.
settings::Prediction prediction_in(const io::SafetensorsFile& file) {
    const bool velocity = file.find("v_pred") || says(file, "modelspec.prediction_type", "v") ||
                          says(file, "modelspec.predict_key", "v");
    return velocity ? settings::Prediction::Velocity : settings::Prediction::Epsilon;
}

bool zero_snr_in(const io::SafetensorsFile& file) {
    return file.find("ztsnr") || says(file, "ss_zero_terminal_snr", "True");
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

UnetSpec unet_spec_of(const io::SafetensorsFile& file, const UnetSpec& usual) {
    const Shapes shapes(file, std::string(kUnetPrefix));
    UnetSpec spec;
    spec.in_channels = shapes.side("input_blocks.0.0.weight", 1);
    spec.out_channels = shapes.side("out.2.weight", 0);
    spec.context_width = shapes.side("middle_block.1.transformer_blocks.0.attn2.to_k.weight", 1);
    spec.middle_depth = shapes.count("middle_block.1.transformer_blocks.", ".norm1.weight");
    if (usual.head_width > 0)
        spec.head_width = number_in(file, "lorikeet.unet.head_width", usual.head_width);
    else
        spec.heads = number_in(file, "lorikeet.unet.heads", usual.heads);
    if (usual.vector_width > 0) spec.vector_width = shapes.side("label_emb.0.0.weight", 1);
    spec.projection = shapes.is_matrix("middle_block.1.proj_in.weight") ? nn::Projection::Linear
                                                                        : nn::Projection::Conv;
    spec.groups = number_in(file, "lorikeet.unet.groups", usual.groups);
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
        if (spec.head_width == 0)
            expect_divides(file, spec.heads, level.width, "heads of the UNet's attention");
        else if (level.depth > 0)
            expect_divides(file, spec.head_width, level.width, "numbers of a head of the UNet's attention");
        spec.widths.push_back(level.width);
        spec.depths.push_back(level.depth);
    }
    return spec;
}

ClipTextSpec text_spec_of(const io::SafetensorsFile& file, const TextLayout& layout,
                          const std::string& heads_key) {
    const Shapes shapes(file, "");
    const auto named = [&](std::string_view path) { return text_place(layout, path).name; };
    ClipTextSpec spec;
    spec.words = shapes.side(named("embeddings.token_embedding.weight"), 0);
    spec.width = shapes.side(named("embeddings.token_embedding.weight"), 1);
    spec.positions = shapes.side(named("embeddings.position_embedding.weight"), 0);
    spec.mlp = shapes.side(named("encoder.layers.0.mlp.fc1.weight"), 0);
    for (spec.layers = 0; shapes.has(named(fmt::format("encoder.layers.{}.mlp.fc1.weight", spec.layers)));)
        ++spec.layers;
    spec.heads = number_in(file, heads_key, std::max<std::int64_t>(1, spec.width / 64));
    expect_divides(file, spec.heads, spec.width, "heads of the text encoder");
    if (layout.names == TextNames::OpenClip) {
        const auto projection = named("text_projection");
        spec.projection = shapes.has(projection) ? shapes.side(projection, 1)
                                                 : shapes.side(projection + ".weight", 0);
        spec.gelu = Gelu::Exact;
        spec.pad_id = 0;
    }
    return spec;
}

std::vector<ClipTextSpec> text_specs_of(const io::SafetensorsFile& file,
                                        const std::vector<TextLayout>& layouts, std::size_t wanted) {
    if (layouts.size() < wanted)
        fail(ErrorCode::Unsupported,
             fmt::format("There is no second text encoder in {}.", file.path().string()),
             "Choose the whole model in one file: two text encoders, UNet and VAE, usually 6 to 7 GB.");
    std::vector<ClipTextSpec> specs{text_spec_of(file, layouts.front(), "lorikeet.text.heads")};
    if (layouts.size() == 2) specs.push_back(text_spec_of(file, layouts.back(), "lorikeet.text2.heads"));
    return specs;
}

// Text towers, vector and latents are what the UNet was made for.
void expect_parts_fit(const io::SafetensorsFile& file, const StableDiffusionSpec& spec) {
    const std::string_view mixed = "Parts of two models were mixed in this file; take another checkpoint.";
    std::int64_t width = 0;
    for (const auto& text : spec.texts) width += text.width;
    if (width != spec.unet.context_width)
        fail(ErrorCode::Corrupt,
             fmt::format("{}: its text encoder gives {} numbers a word, its UNet wants {}.",
                         file.path().string(), width, spec.unet.context_width),
             std::string(mixed));
    constexpr std::int64_t kSizes = 6;
    const auto of_sizes = spec.unet.vector_width - spec.texts.back().projection;
    if (spec.unet.vector_width > 0 && (of_sizes <= 0 || of_sizes % (2 * kSizes) != 0))
        fail(ErrorCode::Corrupt,
             fmt::format(
                 "{}: its text encoder gives a vector of {}, which does not fit the {} its UNet wants.",
                 file.path().string(), spec.texts.back().projection, spec.unet.vector_width),
             std::string(mixed));
    if (spec.vae.latent_channels != spec.unet.in_channels)
        fail(ErrorCode::Corrupt,
             fmt::format("The VAE makes latents of {} channels, the UNet of {} wants {}.",
                         spec.vae.latent_channels, file.path().string(), spec.unet.in_channels),
             fmt::format("Choose a VAE made for {}.", spec.family->name));
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

}  // namespace

VaeSpec vae_spec_of(const io::SafetensorsFile& file) {
    if (const auto layout = vae_layout(file)) return vae_spec_in(file, *layout);
    fail(ErrorCode::Unsupported, fmt::format("There is no VAE in {}.", file.path().string()),
         "Name a checkpoint that holds one; a job can name a VAE's own file beside it, as model.vae.");
}

StableDiffusionSpec read_stable_diffusion_spec(const io::SafetensorsFile& file, const PartFiles& files,
                                               const StableDiffusionSpec& usual) {
    auto spec = usual;
    spec.unet = unet_spec_of(file, usual.unet);
    const auto* vae = file_with(files, Part::VaeDecoder);
    spec.vae = vae ? vae_spec_of(io::SafetensorsFile(vae->path)) : vae_spec_of(file);
    spec.layouts = text_layouts(file);
    spec.texts = text_specs_of(file, spec.layouts, usual.texts.size());
    spec.latent_scale = latent_scale_in(file, usual.latent_scale);
    spec.prediction = prediction_in(file);
    spec.zero_snr = zero_snr_in(file);
    spec.native_size_px = number_in(file, "lorikeet.native_size", usual.native_size_px);
    expect_parts_fit(file, spec);
    return spec;
}

StableDiffusionSpec stable_diffusion_spec_of(const io::SafetensorsFile& file, const PartFiles& files) {
    return own_spec(*spec_of(file, files));
}

const StableDiffusionSpec& own_spec(const Spec& spec) {
    const auto* own = dynamic_cast<const StableDiffusionSpec*>(&spec);
    base::expects(own != nullptr, "the checkpoint is of Stable Diffusion 1.x or XL");
    return *own;
}

StableDiffusionSpec::StableDiffusionSpec() { family = &stable_diffusion_1(); }

LatentFacts StableDiffusionSpec::latents() const {
    const auto factor = vae.factor();
    return {vae.latent_channels, factor, latent_scale, 0, factor, 8 * factor};
}

std::unique_ptr<Model> StableDiffusionSpec::outline() const {
    return std::make_unique<StableDiffusion>(*this);
}

StableDiffusionSpec sd1_spec() { return {}; }

StableDiffusionSpec sdxl_spec() {
    constexpr std::int64_t kSizeFeatures = 256;  // of each of its six sizes
    StableDiffusionSpec spec;
    spec.family = &sdxl();
    spec.unet.widths = {320, 640, 1280};
    spec.unet.depths = {0, 2, 10};
    spec.unet.middle_depth = 10;
    spec.unet.head_width = 64;
    spec.unet.projection = nn::Projection::Linear;
    spec.texts.push_back({.layers = 32,
                          .width = 1280,
                          .heads = 20,
                          .mlp = 5120,
                          .projection = 1280,
                          .gelu = Gelu::Exact,
                          .pad_id = 0});
    spec.unet.context_width = 768 + 1280;
    spec.unet.vector_width = 1280 + 6 * kSizeFeatures;
    spec.latent_scale = 0.13025;
    spec.native_size_px = 1024;
    return spec;
}

}  // namespace lorikeet::models
