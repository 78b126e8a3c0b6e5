// Weights are said once: every layer names its weights to a visitor, and loading, saving, counting, casting,
// moving and adapter fitting are visitors. Names are those of the checkpoint's own layout (LDM for Stable
// Diffusion).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <ATen/ATen.h>

namespace lorikeet::nn {

struct Linear;
struct Conv2d;

// What a layer is part of: the families of adapters choose their targets by it.
enum class BlockKind { Other, Transformer, Resnet, Downsample, Upsample, TextAttention, TextMlp };

class Visitor {
  public:
    virtual ~Visitor() = default;

    // A weight of the shape `sizes`; `tensor` may be undefined (before loading) and may be replaced.
    virtual void weight(const std::string& path, at::Tensor& tensor, at::IntArrayRef sizes) = 0;
    // Layers that can take an adapter announce themselves before their weights, with the layer's own path.
    virtual void layer(const std::string& path, Linear& linear);
    virtual void layer(const std::string& path, Conv2d& conv);

    // The path of a name below the scopes that are open: "input_blocks.1.1" + "proj_in".
    std::string path(std::string_view name = {}) const;
    BlockKind part() const { return parts_.back(); }

    // While it lives, names lie below `name`, and layers belong to `part` (or to what encloses them).
    class Scope {
      public:
        Scope(Visitor& visitor, std::string_view name);
        Scope(Visitor& visitor, std::string_view name, BlockKind part);
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

      private:
        Visitor& visitor_;
        std::size_t length_;
    };

  private:
    std::string prefix_;
    std::vector<BlockKind> parts_{BlockKind::Other};
};

}  // namespace lorikeet::nn
