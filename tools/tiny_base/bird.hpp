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

struct Plumage {  // the lorikeet's own, unless something else is said
    Colour head{0.20F, 0.32F, 0.80F};
    Colour beak{0.90F, 0.24F, 0.18F};
    Colour collar{0.98F, 0.85F, 0.22F};
    Colour breast{1.0F, 0.58F, 0.14F};
    Colour belly{0.20F, 0.32F, 0.80F};
    Colour wing{0.22F, 0.68F, 0.32F};
    Colour tail{0.10F, 0.47F, 0.24F};  // and the wing's shade
    Colour tail_edge{0.98F, 0.85F, 0.22F};
};

struct Portrait {
    Ground ground = Ground::White;
    Facing facing = Facing::Right;
    float scale = 1;    // of the bird
    float lean = 0;     // radians, about the feet
    float shift_x = 0;  // in parts of the image's width
    std::uint64_t seed = 0;
    Plumage plumage = {};
};

std::string caption_of(const Portrait& portrait);  // "a lorikeet on a white background"
Canvas draw_bird(const Portrait& portrait, std::int64_t size_px);
std::vector<Portrait> demo_portraits();  // the dozen of assets/lorikeet

}  // namespace lorikeet::tiny_base
