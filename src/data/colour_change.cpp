#include "data/colour_change.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace lorikeet::data {
namespace {

constexpr int kHues = 180;
constexpr int kShift = 12;  // of OpenCV's tables: bits after the point

struct Hsv {
    int hue = 0, saturation = 0, value = 0;
};

// 255 / value and 30 / difference, as whole numbers.
struct DivisionTables {
    std::array<int, 256> saturation{}, hue{};
    DivisionTables() {
        for (std::size_t i = 1; i < 256; ++i) {
            const auto divisor = static_cast<double>(i);
            saturation[i] = static_cast<int>(std::lrint((255 << kShift) / divisor));
            hue[i] = static_cast<int>(std::lrint((kHues << kShift) / (6 * divisor)));
        }
    }
};

Hsv hsv_of(int red, int green, int blue) {
    static const DivisionTables tables;
    const int most = std::max({red, green, blue}), least = std::min({red, green, blue});
    const int difference = most - least;
    const auto rounded = [](int fixed) { return (fixed + (1 << (kShift - 1))) >> kShift; };
    int hue = 0;
    if (most == red)
        hue = green - blue;
    else if (most == green)
        hue = blue - red + 2 * difference;
    else
        hue = red - green + 4 * difference;
    hue = rounded(hue * tables.hue[static_cast<std::size_t>(difference)]);
    if (hue < 0) hue += kHues;
    return {hue, rounded(difference * tables.saturation[static_cast<std::size_t>(most)]), most};
}

std::uint8_t byte_of(float share) {
    return static_cast<std::uint8_t>(std::clamp<long>(std::lrint(share * 255.0F), 0, 255));
}

void write_rgb(const Hsv& hsv, std::uint8_t* rgb) {
    const float saturation = static_cast<float>(hsv.saturation) * (1.0F / 255.0F);
    const float value = static_cast<float>(hsv.value) * (1.0F / 255.0F);
    const float place = static_cast<float>(hsv.hue) * (6.0F / static_cast<float>(kHues));
    const int sector = static_cast<int>(place) % 6;
    const float within = place - std::floor(place);
    const std::array<float, 4> levels{value, value * (1 - saturation), value * (1 - saturation * within),
                                      value * (1 - saturation * (1 - within))};
    // Of each sixth of the circle, the levels of red, green and blue.
    static constexpr std::array<std::array<std::uint8_t, 3>, 6> kSectors{
        {{0, 3, 1}, {2, 0, 1}, {1, 0, 3}, {1, 2, 0}, {3, 1, 0}, {0, 1, 2}}};
    for (std::size_t c = 0; c < 3; ++c)
        rgb[c] = byte_of(levels[kSectors[static_cast<std::size_t>(sector)][c]]);
}

}  // namespace

ColourChange draw_colour_change(tensor::Draws& draws) {
    using Kind = ColourChange::Kind;
    constexpr double kOften = 0.33, kMostHue = 8, kLeastGamma = 0.95, kGammas = 0.1;
    if (draws.uniform() > kOften) return {};
    if (draws.uniform() > 0.5) return {Kind::Hue, (2 * draws.uniform() - 1) * kMostHue};
    return {Kind::Gamma, kLeastGamma + kGammas * draws.uniform()};
}

void change_gamma(io::Image& image, double gamma) {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = static_cast<std::uint8_t>(std::min(std::pow(static_cast<double>(i), gamma), 255.0));
    for (auto& byte : image.rgb) byte = table[byte];
}

void change_hue(io::Image& image, double steps) {
    const double shift = steps < 0 ? kHues + steps : steps;
    for (std::size_t i = 0; i + 2 < image.rgb.size(); i += 3) {
        auto* rgb = image.rgb.data() + i;
        auto hsv = hsv_of(rgb[0], rgb[1], rgb[2]);
        hsv.hue = static_cast<int>(std::fmod(hsv.hue + shift, kHues));
        write_rgb(hsv, rgb);
    }
}

void change_colours(io::Image& image, const ColourChange& change) {
    if (change.kind == ColourChange::Kind::Hue) change_hue(image, change.amount);
    if (change.kind == ColourChange::Kind::Gamma) change_gamma(image, change.amount);
}

}  // namespace lorikeet::data
