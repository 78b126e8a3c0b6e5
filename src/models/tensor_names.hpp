// Questions asked of the names and shapes in a file's header: what tells one kind of file from another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "io/safetensors.hpp"

namespace lorikeet::models {

class TensorNames {
  public:
    explicit TensorNames(const io::SafetensorsFile& file) : file_(file) {}

    bool has(std::string_view name) const { return file_.find(name) != nullptr; }
    bool any_begins(std::string_view head) const;
    bool any_begins(std::initializer_list<std::string_view> heads) const;
    bool any_holds(std::string_view part) const;
    // Side `axis` of the first tensor whose name ends so; 0 when there is none.
    std::int64_t side(std::string_view end, std::size_t axis) const;

  private:
    const io::SafetensorsFile& file_;
};

}  // namespace lorikeet::models
