// Says by rule what an image of the small world shows, so that a model can be measured without eyes.
//
// The ground is told by the frame of the image (against frames of clean drawings), the mask of the shape by
// what differs from the ground of its row, the colour by the nearest name, the shape by the best overlap with
// the drawn shapes over positions and sizes.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "io/image.hpp"
#include "world.hpp"

namespace lorikeet::tiny_base {

struct Verdict {  // empty where nothing fits well enough
    std::optional<Shape> shape;
    std::optional<Hue> hue;
    std::optional<Ground> ground;
    double overlap = 0;  // of the mask with the best shape: intersection over union
};

class Judge {
  public:
    Judge();
    // The image has kSizePx on each side.  Throws Error{InvalidInput} otherwise.
    Verdict look(const io::Image& image) const;

  private:
    using Mask = std::vector<std::uint8_t>;  // kSizePx x kSizePx of 0 and 1
    using Frame = std::vector<Colour>;       // means of stretches of the image's frame
    struct Template {
        Shape shape;
        std::vector<std::array<std::int64_t, 2>> cells;  // x, y relative to the centre of mass
    };
    std::optional<Ground> ground_of(const Canvas& canvas) const;
    void find_shape(const Mask& mask, Verdict& verdict) const;
    std::vector<std::pair<Ground, Frame>> frames_;
    std::vector<Template> templates_;
};

struct Score {  // shares of images, 0 .. 1
    double shape = 0, hue = 0, ground = 0, all = 0, overlap = 0;
};
Score score_of(const std::vector<Thing>& wanted, const std::vector<Verdict>& found);

}  // namespace lorikeet::tiny_base
