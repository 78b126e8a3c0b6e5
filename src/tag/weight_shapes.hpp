// What the names and shapes of a file's weights tell about the network they belong to.
//
// Throws   Error{Corrupt} for a weight that is asked for and is not there, or has not so many axes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "io/safetensors.hpp"

namespace lorikeet::tag {

class WeightShapes {
  public:
    explicit WeightShapes(const std::vector<io::TensorEntry>& entries);

    bool has(std::string_view name) const { return shapes_.find(name) != shapes_.end(); }
    // The length of one axis, counted from 0.
    std::int64_t side(std::string_view name, std::size_t axis) const;
    // How many of "blocks.0.norm1.weight", "blocks.1.norm1.weight", ... there are, given "blocks." and ".norm1.weight".
    std::int64_t count(std::string_view before, std::string_view behind) const;

  private:
    std::map<std::string, std::vector<std::int64_t>, std::less<>> shapes_;
};

}  // namespace lorikeet::tag
