// The kinds of adapters, one row each: how it is called, how files tell it, how a module of it is made, how large it is.
//
// A kind to come is one room with its class (adapters/module.hpp) and its row, and the row's address in the table. Network, files,
// merging, sizes and states know kinds by their rows alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <ATen/ATen.h>

#include "adapters/module.hpp"
#include "adapters/targets.hpp"
#include "base/table.hpp"

namespace lorikeet::settings {
struct Adapter;
}

namespace lorikeet::adapters {

// The tensors of one layer by the ends of their names in files.
using LayerTensors = std::map<std::string, at::Tensor, std::less<>>;

// What a job says of a fresh module.
struct FreshOptions {
    std::int64_t rank = 16;
    double alpha = 8;
};

// What people are told of a module. 0: the kind has none.
struct ModuleFacts {
    std::int64_t rank = 0;
    double alpha = 0;
    bool operator==(const ModuleFacts&) const = default;
};

struct Kind {
    std::string_view name;   // as a job would call it: "lora"
    std::string_view words;  // fits after "This is": "a LoRA"
    // Ends of names in files: of what is trained, and of numbers beside it. A layer is of the first kind whose ends are all
    // that it has.
    std::span<const std::string_view> parameters, buffers;
    bool has_rank;  // whether a job's rank and alpha mean something to it

    // A layer as a file has it: fills in what files may leave out. Buffers are float64 of no dimensions by then.
    // Returns what is wrong with it, which fits after "the layer x"; nothing when the tensors belong together.
    std::optional<std::string> (*settle)(LayerTensors& layer);
    // A settled layer in the form that the target's weight has.
    // Throws   Error{Corrupt} when it does not fit; `layer` is called by the target's name.
    LayerTensors (*fit)(const Target& target, const LayerTensors& layer);
    ModuleFacts (*facts)(const LayerTensors& layer);  // of a settled one; reads no parameter
    // Whether a settled layer adds zero to every weight, as an untrained one does; null: the kind cannot tell.
    bool (*adds_zero)(const LayerTensors& layer) = nullptr;

    // `index` counts the targets of a network: what is drawn for a layer depends on it alone.
    std::unique_ptr<Module> (*fresh)(const Target& target, const FreshOptions& options,
                                     const ModuleControl& control, std::uint64_t index);
    // From fitting tensors, which are shared.
    std::unique_ptr<Module> (*from)(const Target& target, const LayerTensors& layer,
                                    const ModuleControl& control, std::uint64_t index);
    // How many numbers are trained for a layer of this shape.
    std::int64_t (*numbers)(const nn::ConvShape& shape, std::int64_t rank);

    // As LoRA files tell it: ss_network_module and ss_network_args, the latter as JSON.
    std::string_view kohya_module;
    std::string_view kohya_args;
};

// In the order in which layers of files are told.
base::Table<Kind>& kind_table();
std::span<const Kind* const> kinds();
// The kind that a job asks for: the first.
const Kind& kind_of(const settings::Adapter& adapter);
// The kind of a layer with these tensors; nullptr where no kind has all of them.
const Kind* kind_of(const LayerTensors& layer);

// A tensor's name in two: "lora_te_x.alpha" is the layer "lora_te_x" and the ending ".alpha". Nothing for a name that no
// kind has.
struct TensorName {
    std::string layer;
    std::string ending;
};
std::optional<TensorName> split_name(std::string_view name);
bool is_buffer(std::string_view ending);

// "[4, 320]": for messages.
std::string shape_text(const at::Tensor& tensor);

}  // namespace lorikeet::adapters
