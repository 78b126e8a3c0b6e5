// The trained parts as one checkpoint, in the layout that Stable Diffusion's own have.
#pragma once

#include "base/file.hpp"

namespace lorikeet::tiny_base {

// float16, with the metadata that models::spec_of wants; returns the file's SHA-256.
std::string pack(const base::Path& folder, const base::Path& checkpoint);

// The demo's images: a dozen lorikeets, 256 px, PNG with a caption in a .txt of the same name.
void draw_lorikeets(const base::Path& folder);

}  // namespace lorikeet::tiny_base
