// Work on many images at once, in parts that fit the memory: where it runs out, the same is tried with half as many, and so is
// all that follows. Results are the same, more slowly.
//
// Throws   Error{NoSpace} where one image alone does not fit; whatever else the work throws.
#pragma once

#include <cstddef>
#include <functional>
#include <limits>

namespace lorikeet::tag {

class PartsThatFit {
  public:
    // Of `count` images, those from `first` on. What it changes before it runs out of memory is changed twice.
    using Work = std::function<void(std::size_t first, std::size_t count)>;
    void run(std::size_t count, const Work& work);

  private:
    std::size_t most_ = std::numeric_limits<std::size_t>::max();  // images at once
};

}  // namespace lorikeet::tag
