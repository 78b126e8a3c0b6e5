// The dozen images of a lorikeet that are included, to try everything with before there are images of one's own.
#pragma once

#include "base/file.hpp"

namespace lorikeet::studio {

// Where they lie.
// Throws   Error{NotFound} when they are missing.
base::Path included_images();

// Whether a folder holds these images and no other, as told by names and sizes: a copy of them, or they themselves. True also
// of one without images, or that is not there.
bool are_practice_images(const base::Path& folder);

// Copies them, with their captions, into "practice-images" in `folder`: so captions can be edited, and what is kept beside
// images has a place. What lies there already stays as it is. Returns the folder's name.
// Throws   what included_images and writing throw.
base::Path practice_images(const base::Path& folder);

}  // namespace lorikeet::studio
