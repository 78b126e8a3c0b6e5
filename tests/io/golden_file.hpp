// What golden files hold, for tests below the floor of tensors.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "io/image.hpp"
#include "io/safetensors.hpp"
#include "support/places.hpp"

namespace lorikeet::io {

inline SafetensorsFile golden(const std::string& name) {
    return SafetensorsFile(support::root() / "tests/golden" / (name + ".safetensors"));
}

// Pixels stored as [H, W, 3].
inline Image golden_image(const SafetensorsFile& file, const std::string& name) {
    const auto& entry = *file.find(name);
    const auto bytes = file.bytes(entry);
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
    return {entry.shape.at(1), entry.shape.at(0), {first, first + bytes.size()}};
}

inline std::string golden_text(const SafetensorsFile& file, const std::string& name) {
    const auto bytes = file.bytes(*file.find(name));
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// KIND.NAME of every "file.KIND.NAME".
inline std::vector<std::string> names_in(const SafetensorsFile& file) {
    constexpr std::string_view kPrefix = "file.";
    std::vector<std::string> names;
    for (const auto& entry : file.entries())
        if (entry.name.starts_with(kPrefix)) names.push_back(entry.name.substr(kPrefix.size()));
    return names;
}

// The largest difference of any two bytes; 256 for images of different sizes.
inline int difference(const Image& a, const Image& b) {
    if (a.width_px != b.width_px || a.height_px != b.height_px || a.rgb.size() != b.rgb.size()) return 256;
    int most = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) most = std::max(most, std::abs(a.rgb[i] - b.rgb[i]));
    return most;
}

}  // namespace lorikeet::io
