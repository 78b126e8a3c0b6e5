// The name that what is kept of an image is found by. Files of it hold UTF-8 alone, and a name on a disk may be none.
#pragma once

#include <string>

namespace lorikeet::tag {

// The image's own name; "bytes:" and the numbers of its bytes where it is no UTF-8, or could be taken for such a name or for
// one of safetensors' own ("__metadata__"). No two images have the same.
std::string kept_name(const std::string& image);

}  // namespace lorikeet::tag
