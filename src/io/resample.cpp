#include "io/resample.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "base/error.hpp"

namespace lorikeet::io {
namespace {

constexpr int kPrecision = 32 - 8 - 2;  // bits after the point: room for 8 bits and overshoot on both sides

std::size_t index(std::int64_t number) { return static_cast<std::size_t>(number); }

double cubic(double x) {
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

double sinc(double x) {
    if (x == 0) return 1;
    x *= std::numbers::pi;
    return std::sin(x) / x;
}

double lanczos(double x) { return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0; }

struct Kernel {
    double (*weight)(double);
    double support;
};

// The sources of one result along one axis, and how much of each.
struct Window {
    std::int64_t first = 0;
    std::vector<std::int32_t> weights;
};

std::vector<Window> windows(std::int64_t from, std::int64_t to, const Kernel& kernel) {
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double stretch = std::max(scale, 1.0);
    const double support = kernel.support * stretch;
    const double shrink = 1.0 / stretch;
    std::vector<Window> result(index(to));
    for (std::int64_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        const auto first = std::max<std::int64_t>(0, static_cast<std::int64_t>(centre - support + 0.5));
        const auto end = std::min<std::int64_t>(from, static_cast<std::int64_t>(centre + support + 0.5));
        std::vector<double> exact;
        double sum = 0;
        for (std::int64_t k = first; k < end; ++k) {
            exact.push_back(kernel.weight((static_cast<double>(k) - centre + 0.5) * shrink));
            sum += exact.back();
        }
        auto& window = result[index(i)];
        window.first = first;
        for (const double value : exact) {
            const double fixed = (sum != 0 ? value / sum : value) * (1 << kPrecision);
            window.weights.push_back(static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
    }
    return result;
}

std::uint8_t to_byte(std::int32_t sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kPrecision, 0, 255));
}

Image resize_across(const Image& image, std::int64_t width, const Kernel& kernel) {
    const auto table = windows(image.width_px, width, kernel);
    Image result{width, image.height_px, std::vector<std::uint8_t>(index(width * image.height_px * 3))};
    auto* out = result.rgb.data();
    for (std::int64_t y = 0; y < image.height_px; ++y) {
        const auto* row = image.rgb.data() + y * image.width_px * 3;
        for (const auto& window : table) {
            std::int32_t red = 1 << (kPrecision - 1), green = red, blue = red;
            const auto* in = row + window.first * 3;
            for (const auto weight : window.weights) {
                red += in[0] * weight;
                green += in[1] * weight;
                blue += in[2] * weight;
                in += 3;
            }
            *out++ = to_byte(red);
            *out++ = to_byte(green);
            *out++ = to_byte(blue);
        }
    }
    return result;
}

Image resize_down(const Image& image, std::int64_t height, const Kernel& kernel) {
    const auto table = windows(image.height_px, height, kernel);
    const auto line = index(image.width_px * 3);
    Image result{image.width_px, height, std::vector<std::uint8_t>(line * index(height))};
    std::vector<std::int32_t> sums(line);
    auto* out = result.rgb.data();
    for (const auto& window : table) {
        std::fill(sums.begin(), sums.end(), 1 << (kPrecision - 1));
        const auto* in = image.rgb.data() + line * index(window.first);
        for (const auto weight : window.weights) {
            for (std::size_t i = 0; i < line; ++i) sums[i] += in[i] * weight;
            in += line;
        }
        out = std::transform(sums.begin(), sums.end(), out, to_byte);
    }
    return result;
}

// Since version 13 Pillow shrinks a picture's height first where that loses more than twice the lines that the width
// loses columns. The passes round in between, so their sequence shows. (Pillow pull request 9549; the rule was
// checked against 2,960 random sizes.)
bool goes_down_first(const Image& image, std::int64_t width, std::int64_t height) {
    return height < image.height_px && image.height_px - height > 2 * (image.width_px - width);
}

Image resize_with(const Kernel& kernel, const Image& image, std::int64_t width, std::int64_t height) {
    if (width == image.width_px) return resize_down(image, height, kernel);
    if (height == image.height_px) return resize_across(image, width, kernel);
    if (goes_down_first(image, width, height))
        return resize_across(resize_down(image, height, kernel), width, kernel);
    return resize_down(resize_across(image, width, kernel), height, kernel);
}

struct Share {
    std::int64_t source;
    std::int64_t result;
    float weight;
};

// Which source adds how much to which result: each result is the mean of the stretch it covers.
std::vector<Share> shares(std::int64_t from, std::int64_t to) {
    const double scale = 1.0 / (static_cast<double>(to) / static_cast<double>(from));
    const auto most = static_cast<double>(from);
    std::vector<Share> table;
    for (std::int64_t i = 0; i < to; ++i) {
        const double begin = static_cast<double>(i) * scale, end = begin + scale;
        const double width = std::min(scale, most - begin);
        auto last = std::min(static_cast<std::int64_t>(std::floor(end)), from - 1);
        auto first = std::min(static_cast<std::int64_t>(std::ceil(begin)), last);
        const double before = static_cast<double>(first) - begin, after = end - static_cast<double>(last);
        if (before > 1e-3) table.push_back({first - 1, i, static_cast<float>(before / width)});
        for (auto k = first; k < last; ++k) table.push_back({k, i, static_cast<float>(1.0 / width)});
        if (after > 1e-3)
            table.push_back({last, i, static_cast<float>(std::min(std::min(after, 1.0), width) / width)});
    }
    return table;
}

// Whole factors: OpenCV sums whole numbers, and rounds a half up for 2 x 2 but to even otherwise.
Image area_of_blocks(const Image& image, std::int64_t width, std::int64_t height) {
    const auto across = image.width_px / width, down = image.height_px / height;
    const float part = 1.0F / static_cast<float>(across * down);
    const bool halves_up = across == 2 && down == 2;
    Image result{width, height, {}};
    result.rgb.reserve(index(width * height * 3));
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            for (std::int64_t c = 0; c < 3; ++c) {
                std::int32_t sum = 0;
                for (std::int64_t v = 0; v < down; ++v)
                    for (std::int64_t u = 0; u < across; ++u)
                        sum += image.rgb[index(((y * down + v) * image.width_px + x * across + u) * 3 + c)];
                const auto mean =
                    halves_up ? (sum + 2) >> 2
                              : static_cast<std::int32_t>(std::lrintf(static_cast<float>(sum) * part));
                result.rgb.push_back(static_cast<std::uint8_t>(mean));
            }
    return result;
}

Image area(const Image& image, std::int64_t width, std::int64_t height) {
    if (image.width_px % width == 0 && image.height_px % height == 0)
        return area_of_blocks(image, width, height);
    const auto columns = shares(image.width_px, width), rows = shares(image.height_px, height);
    const auto line = index(width * 3);
    std::vector<float> sums(line * index(height)), row(line);
    for (const auto& down : rows) {
        std::fill(row.begin(), row.end(), 0.0F);
        const auto* source = image.rgb.data() + down.source * image.width_px * 3;
        for (const auto& across : columns)
            for (std::int64_t c = 0; c < 3; ++c)
                row[index(across.result * 3 + c)] += static_cast<float>(source[across.source * 3 + c]) *
                                                     across.weight;
        auto* into = sums.data() + line * index(down.result);
        for (std::size_t i = 0; i < line; ++i) into[i] += row[i] * down.weight;
    }
    Image result{width, height, std::vector<std::uint8_t>(sums.size())};
    std::transform(sums.begin(), sums.end(), result.rgb.begin(), [](float value) {
        return static_cast<std::uint8_t>(std::clamp<std::int64_t>(std::lrintf(value), 0, 255));
    });
    return result;
}

}  // namespace

Image resize(const Image& image, std::int64_t width_px, std::int64_t height_px, Filter filter) {
    base::expects(width_px > 0 && height_px > 0 && !image.rgb.empty(), "a picture has at least one pixel");
    if (width_px == image.width_px && height_px == image.height_px) return image;
    switch (filter) {
        case Filter::Bicubic: return resize_with({cubic, 2}, image, width_px, height_px);
        case Filter::Lanczos: return resize_with({lanczos, 3}, image, width_px, height_px);
        case Filter::Area:
            base::expects(width_px <= image.width_px && height_px <= image.height_px,
                          "area is for shrinking alone");
            return area(image, width_px, height_px);
    }
    base::fail(base::ErrorCode::Internal, "A filter without its case.");
}

Image crop(const Image& image, std::int64_t x, std::int64_t y, std::int64_t width_px,
           std::int64_t height_px) {
    base::expects(x >= 0 && y >= 0 && width_px > 0 && height_px > 0 && x + width_px <= image.width_px &&
                      y + height_px <= image.height_px,
                  "a crop lies inside its picture");
    Image result{width_px, height_px, {}};
    result.rgb.reserve(index(width_px * height_px * 3));
    for (std::int64_t row = y; row < y + height_px; ++row) {
        const auto first = image.rgb.begin() + (row * image.width_px + x) * 3;
        result.rgb.insert(result.rgb.end(), first, first + width_px * 3);
    }
    return result;
}

Image mirror(const Image& image) {
    Image result = image;
    for (std::int64_t y = 0; y < image.height_px; ++y)
        for (std::int64_t x = 0; x < image.width_px; ++x)
            for (std::int64_t c = 0; c < 3; ++c)
                result.rgb[index((y * image.width_px + x) * 3 + c)] =
                    image.rgb[index((y * image.width_px + image.width_px - 1 - x) * 3 + c)];
    return result;
}

}  // namespace lorikeet::io
