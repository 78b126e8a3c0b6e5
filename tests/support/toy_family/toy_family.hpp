// The toy family's row, registered while a ToyRegistration lives, and a checkpoint of random weights.
#pragma once

#include "models/tensor_names.hpp"
#include "support/temp_folder.hpp"
#include "support/toy_family/toy_model.hpp"
#include "support/toy_family/toy_process.hpp"

namespace lorikeet::support {

inline const models::Family& toy_family() {
    static const models::Family family = [] {
        models::Family row{};
        row.name = row.short_name = "Toy";
        row.checkpoint = "a Toy checkpoint";
        row.process = "toy_flow";
        row.usual = {2, 4, 1, 1e-2, 1e-2, 4, 8, 40};
        row.text_width = kToyWidth;
        row.kohya_version = "toy_v1";
        row.architecture = "toy";
        row.implementation = "tests";
        row.recognises = [](const io::SafetensorsFile& file) {
            return models::TensorNames(file).has("toy.net.in.weight");
        };
        row.recognises_lora = [](const io::SafetensorsFile& file) {
            return models::TensorNames(file).any_begins({"lora_unet_toy_", "lora_te_toy_"});
        };
        row.files_beside = [](const base::Path& checkpoint) {
            return models::PartFiles{models::text_in(checkpoint.parent_path() / kToyText)};
        };
        row.read_spec = [](const io::SafetensorsFile&,
                           const models::PartFiles&) -> std::shared_ptr<const models::Spec> {
            return std::make_shared<const ToySpec>();
        };
        row.load = [](const models::Spec&, const base::Path& checkpoint,
                      const models::LoadOptions& options) -> std::unique_ptr<models::Model> {
            return std::make_unique<ToyModel>(checkpoint, options);
        };
        row.unused_in = [](const base::Path& checkpoint, const models::PartFiles&) {
            return ToyModel::unused_in(checkpoint);
        };
        row.make_token_counter = []() -> std::unique_ptr<const models::TokenCounter> {
            return std::make_unique<const ToyTokens>();
        };
        return row;
    }();
    return family;
}

// All that makes the program know it.
class ToyRegistration {
  public:
    ToyRegistration()
        : process_(diffusion::process_table(), kProcess), family_(models::family_table(), toy_family()) {}

  private:
    static constexpr diffusion::ProcessRow kProcess{
        "toy_flow", [](const diffusion::ProcessOptions&) -> std::unique_ptr<const diffusion::Process> {
            return std::make_unique<const ToyFlow>();
        }};
    base::ScopedRow<diffusion::ProcessRow> process_;
    base::ScopedRow<models::Family> family_;
};

// A checkpoint with its text encoder beside it.
inline base::Path save_toy_checkpoint(const base::Path& folder, std::uint64_t text_seed = 1) {
    auto file = folder / "toy.safetensors";
    auto generator = at::detail::createCPUGenerator(text_seed);
    const auto random = [&](at::IntArrayRef sizes) { return at::randn(sizes, generator) * 0.3; };
    tensor::save_tensors(folder / kToyText, {{"toy.text.words", random({kToyWords, kToyWidth})},
                                             {"toy.text.mix.weight", random({kToyWidth, kToyWidth})},
                                             {"toy.text.mix.bias", random({kToyWidth})}});
    generator = at::detail::createCPUGenerator(2);
    tensor::save_tensors(file, {{"toy.net.in.weight", random({kToyHidden, kToyChannels + kToyWidth})},
                                {"toy.net.in.bias", random({kToyHidden})},
                                {"toy.net.out.weight", random({kToyChannels, kToyHidden})},
                                {"toy.net.out.bias", random({kToyChannels})},
                                {"toy.vae.gain", random({kToyChannels}).abs() + 0.5}});
    return file;
}

// Written once for each test program.
inline const base::Path& toy_checkpoint() {
    static const TempFolder folder;
    static const base::Path path = save_toy_checkpoint(folder.path());
    return path;
}

}  // namespace lorikeet::support
