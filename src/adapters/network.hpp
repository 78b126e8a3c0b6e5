// The adapters of one run: made for the layers found, put into their slots, taken out again at the end. A slot may hold those
// of several networks, each at the strength of its own.
//
// Init     each module's own draw of Stream::Init; see the kind's room.
// Throws   Error{InvalidInput} when there is nothing to train; Error{Corrupt} for tensors that do not fit.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "adapters/kind.hpp"
#include "adapters/lora.hpp"
#include "adapters/targets.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::adapters {

struct NetworkOptions {
    std::int64_t rank = 16;
    double alpha = 8;
    double dropout = 0;
    bool train_unet = true;
    bool train_text = true;
    at::Device device = at::kCPU;
    at::ScalarType compute = at::kFloat;  // what the layers are worked out in
    const Kind* kind = &kPlainLora;       // of fresh modules
};

// What an optimizer takes: the tensors of one half with the names they have in files.
struct Parameters {
    std::vector<std::string> names;
    std::vector<at::Tensor> tensors;
};

enum class Mode { Train, Eval };

// One adapter of a network and the layer that it sits beside.
struct PlacedModule {
    Target target;
    const Kind* kind;
    std::unique_ptr<Module> module;

    LayerTensors tensors() const;  // shared, not copied; buffers are float64
    ModuleFacts facts() const { return kind->facts(tensors()); }
};

// A module to be made from tensors that are there already and fit the target; a fresh one where there are none.
struct Given {
    Target target;
    const Kind* kind = nullptr;
    LayerTensors tensors = {};

    bool is_fresh() const { return tensors.empty(); }
};

class Network {
  public:
    // Fresh modules for the targets whose half is trained.
    Network(std::vector<Target> targets, const NetworkOptions& options, std::uint64_t seed);
    // From given tensors, which are copied, at their own kind, rank and alpha; those of the options are for fresh modules alone.
    Network(std::vector<Given> given, const NetworkOptions& options, std::uint64_t seed);
    ~Network();
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;

    const std::vector<PlacedModule>& modules() const { return modules_; }
    // Float32 leaves that require gradients, one behind another in one buffer (tensor/flat.hpp); empty for a half that is not
    // trained.
    Parameters parameters(Half half) const;
    // Of every module, by the names that they have in files: parameters, and buffers as float64. Shared, not copied.
    tensor::NamedTensors tensors() const;
    // Copies into the parameters what tensors() gave. Every name must be there and fit.
    void load(const tensor::NamedTensors& tensors);

    // 1: as trained; 0: as if there were no network.
    void set_strength(double strength) { control_.strength = strength; }
    // Dropout is for training alone.
    void set_mode(Mode mode) { control_.dropout = mode == Mode::Train ? dropout_ : 0; }
    // What is dropped depends on the seed and on this place alone. The weights are cast to what is computed in, all at once;
    // whoever moves them says so, so that nothing is computed from how they stood before.
    void begin_step(std::uint64_t step, std::uint64_t micro_batch, const Window& window = {});
    void weights_moved() { control_.cast = false; }

  private:
    void lay_flat(Half half, at::Device device);
    void attach();
    void cast_weights();
    void lay_casts();

    ModuleControl control_;
    double dropout_ = 0;
    at::ScalarType compute_ = at::kFloat;
    std::vector<PlacedModule> modules_;
    std::vector<at::Tensor> masters_, casts_;  // stretches, side by side
};

}  // namespace lorikeet::adapters
