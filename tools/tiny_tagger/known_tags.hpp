// The tags of the tiny tagger, in the order of its outputs, and their list as a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "scene.hpp"
#include "tag/tag_list.hpp"

namespace lorikeet::tiny_tagger {

// The four ratings, then how many, shapes, coloured shapes, the bird and its parts, the ground; the character last.
const tag::TagList& known_tags();

// Shapes   [tags] float32 of 0 and 1: what is true of the scene. Every scene is rated "general".
at::Tensor truth_of(const Scene& scene);

// selected_tags.csv as WD v3 has it. `counts`: of how many images that it learned from each tag was true.
std::string tag_list_file(const std::vector<std::int64_t>& counts);

}  // namespace lorikeet::tiny_tagger
