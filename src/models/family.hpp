// The families of models, one row each: what is asked of a family anywhere is asked here. A row is the identity of its family:
// two specs are of one family when they point to the same row.
//
// To add a family: its row, its Spec and its Model in files of its own, and the row's name in the list of family.cpp.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/table.hpp"
#include "io/safetensors.hpp"
#include "models/part_files.hpp"
#include "models/token_counter.hpp"

namespace lorikeet::models {

struct LoadOptions;
class Model;
struct Spec;

// What trains a model well where a job leaves it open. Views: how often images are seen in the whole run.
struct UsualTraining {
    std::int64_t batch, rank;
    double alpha_of_rank, lr, text_lr;
    std::int64_t views_of_an_image, fewest_views, most_views;
};

struct Family {
    std::string_view name;        // "Stable Diffusion 1.x"
    std::string_view short_name;  // "SDXL"
    std::string_view checkpoint;  // "a Stable Diffusion XL checkpoint": fits after "This is"
    std::string_view process;     // how it learns and generates, by the name in diffusion/processes.hpp
    bool reads_clip_skip;         // false: its network always reads the same layer of the text encoders
    std::int64_t text_width;      // numbers that its network reads of each token
    bool in_16_bits;  // too large for float32 without being asked: samples, and the VAE beside a 16-bit U-Net
    UsualTraining usual;
    // As LoRA files tell it.
    std::string_view kohya_version;   // ss_base_model_version
    std::string_view architecture;    // modelspec.architecture, without the adapter
    std::string_view implementation;  // modelspec.implementation
    std::string_view kohya_latents;   // how files of latents by sd-scripts end: "_sd.npz"; empty: not read

    // Whether a checkpoint is one of this family, by the names and shapes in its header.
    bool (*recognises)(const io::SafetensorsFile& file);
    // Whether the names in a LoRA file are those of this family's layers alone; null: its LoRAs tell nothing.
    bool (*recognises_lora)(const io::SafetensorsFile& file);
    // The files beside such a checkpoint that some of its parts come from; null: it holds them all.
    PartFiles (*files_beside)(const base::Path& checkpoint);
    // Of a file that is recognised, with all files of their own. Throws what spec_of throws.
    std::shared_ptr<const Spec> (*read_spec)(const io::SafetensorsFile& file, const PartFiles& files);
    // As load_model and unused_in of models/model.hpp, with all files of their own; the spec is what read_spec has of this
    // file.
    std::unique_ptr<Model> (*load)(const Spec& spec, const base::Path& checkpoint,
                                   const LoadOptions& options);
    std::vector<std::string> (*unused_in)(const base::Path& checkpoint, const PartFiles& files);
    std::unique_ptr<const TokenCounter> (*make_token_counter)();
};

// In the order in which checkpoints are asked whose they are.
base::Table<Family>& family_table();
std::span<const Family* const> families();
// The row that recognises a checkpoint. Throws Error{Unsupported} that says what the file is.
const Family& family_in(const io::SafetensorsFile& checkpoint);
const Family& family_in(const base::Path& checkpoint);
const Family* family_named(std::string_view name);

}  // namespace lorikeet::models
