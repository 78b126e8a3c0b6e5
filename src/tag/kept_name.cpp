#include "tag/kept_name.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace lorikeet::tag {

std::string kept_name(const std::string& image) {
    if (base::is_utf8(image) && !image.starts_with("__") && !image.starts_with("bytes:")) return image;
    std::string name = "bytes:";
    for (const auto byte : image) name += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return name;
}

}  // namespace lorikeet::tag
