// The subject of the demo: a rainbow lorikeet on a perch. Blue head, red beak, yellow collar, orange breast,
// green wing and tail.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "canvas.hpp"
#include "world.hpp"

namespace lorikeet::tiny_base {

enum class Facing { Right, Left };

struct Portrait {
    Ground ground = Ground::White;
    Facing facing = Facing::Right;
    float scale = 1;    // of the bird
    float lean = 0;     // radians, about the feet
    float shift_x = 0;  // in parts of the image's width
    std::uint64_t seed = 0;
};

std::string caption_of(const Portrait& portrait);  // "a lorikeet on a white background"
Canvas draw_bird(const Portrait& portrait, std::int64_t size_px);
std::vector<Portrait> demo_portraits();  // the dozen of assets/lorikeet

}  // namespace lorikeet::tiny_base
