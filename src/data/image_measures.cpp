#include "data/image_measures.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <vector>

#include "base/error.hpp"
#include "io/resample.hpp"

namespace lorikeet::data {

namespace {

constexpr std::int64_t kLongest = 256;

// Rec. 601, as everybody's grey.
std::vector<double> brightness_of(const io::Image& image) {
    std::vector<double> grey(static_cast<std::size_t>(image.width_px * image.height_px));
    for (std::size_t i = 0; i < grey.size(); ++i)
        grey[i] = 0.299 * image.rgb[3 * i] + 0.587 * image.rgb[3 * i + 1] + 0.114 * image.rgb[3 * i + 2];
    return grey;
}

double variance_of(const std::vector<double>& numbers) {
    if (numbers.empty()) return 0;
    double mean = 0, squares = 0;
    for (const double n : numbers) mean += n;
    mean /= static_cast<double>(numbers.size());
    for (const double n : numbers) squares += (n - mean) * (n - mean);
    return squares / static_cast<double>(numbers.size());
}

double sharpness_of(const std::vector<double>& grey, std::int64_t width, std::int64_t height) {
    std::vector<double> edges;
    const auto at = [&](std::int64_t x, std::int64_t y) {
        return grey[static_cast<std::size_t>(y * width + x)];
    };
    for (std::int64_t y = 1; y + 1 < height; ++y)
        for (std::int64_t x = 1; x + 1 < width; ++x)
            edges.push_back(at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1) - 4 * at(x, y));
    return variance_of(edges);
}

// The largest deviation of the three colours: a plane of one colour has none.
double contrast_of(const io::Image& image) {
    double most = 0;
    for (std::size_t c = 0; c < 3; ++c) {
        std::vector<double> channel;
        for (std::size_t i = c; i < image.rgb.size(); i += 3) channel.push_back(image.rgb[i]);
        most = std::max(most, std::sqrt(variance_of(channel)));
    }
    return most;
}

// Of mean brightness in `columns` x `rows` fields, which may be less than a pixel.
std::uint64_t differences(const io::Image& image, std::int64_t columns, std::int64_t rows, bool across) {
    const auto small = io::resize(image, columns, rows, io::Filter::Bicubic);
    const auto grey = brightness_of(small);
    const auto at = [&](std::int64_t x, std::int64_t y) {
        return grey[static_cast<std::size_t>(y * columns + x)];
    };
    std::uint64_t bits = 0;
    for (std::int64_t y = 0; y < 8; ++y)
        for (std::int64_t x = 0; x < 8; ++x)
            bits = bits << 1U | (at(x, y) < (across ? at(x + 1, y) : at(x, y + 1)) ? 1U : 0U);
    return bits;
}

}  // namespace

MeasuredSize measured_size(std::int64_t width_px, std::int64_t height_px) {
    const auto longer = std::max(width_px, height_px);
    if (longer <= kLongest) return {width_px, height_px};
    const auto scaled = [&](std::int64_t side) {
        return std::max<std::int64_t>(1, side * kLongest / longer);
    };
    return {scaled(width_px), scaled(height_px)};
}

ImageMeasures measure(const io::Image& copy) {
    base::expects(copy.width_px > 0 && copy.height_px > 0, "an image has sides");
    ImageMeasures measures;
    measures.hash = {differences(copy, 9, 8, true), differences(copy, 8, 9, false)};
    measures.sharpness = sharpness_of(brightness_of(copy), copy.width_px, copy.height_px);
    measures.contrast = contrast_of(copy);
    return measures;
}

double likeness(const ImageMeasures& a, const ImageMeasures& b) {
    const auto differ = std::popcount(a.hash[0] ^ b.hash[0]) + std::popcount(a.hash[1] ^ b.hash[1]);
    return 1 - differ / 128.0;
}

}  // namespace lorikeet::data
