// The layers that take a LoRA, found by visiting a model; nothing needs to be loaded for that.
//
// Source   kohya's networks.lora: in the UNet every Linear and 1 x 1 convolution of the transformers (192 in
//          SD 1.5), in the text encoder every Linear of attention and MLP (72).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "nn/adapter_slot.hpp"
#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/visitor.hpp"

namespace lorikeet::adapters {

// Which of the two trained models; they have learning rates of their own.
enum class Half { Text, Unet };

// One layer. Borrowed from the model, which must outlive it and stay where it is.
struct Target {
    std::string path{};   // in the model's own layout: "input_blocks.1.1.proj_in"
    std::string name{};   // in files: "lora_unet_down_blocks_0_attentions_0_proj_in"
    std::string alias{};  // in files of other programs; empty where there is no other
    Half half = Half::Unet;
    nn::BlockKind part = nn::BlockKind::Other;
    bool is_conv = false;
    nn::ConvShape shape{};  // a Linear is a convolution of kernel 1
    nn::AdapterSlot* slot = nullptr;
    at::Tensor* weight = nullptr;
};

// The name in files for a layer's path.
using Naming = std::function<std::string(const std::string& path)>;

// Which layers are wanted: those that kohya trains, or all that a file may hold something for.
enum class Reach { Trained, Everything };

class FindTargets : public nn::Visitor {
  public:
    FindTargets(Half half, Naming naming, Reach reach = Reach::Trained);
    void weight(const std::string&, at::Tensor&, at::IntArrayRef) override {}
    void layer(const std::string& path, nn::Linear& linear) override;
    void layer(const std::string& path, nn::Conv2d& conv) override;

    std::vector<Target> targets;

  private:
    bool wanted(std::int64_t kernel) const;

    Half half_;
    Naming naming_;
    Reach reach_;
};

}  // namespace lorikeet::adapters
