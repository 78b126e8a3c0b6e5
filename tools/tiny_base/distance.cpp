#include "distance.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "io/resample.hpp"

namespace lorikeet::tiny_base {
namespace {

constexpr std::int64_t kSide = 16;

}  // namespace

double distance_of(const io::Image& a, const io::Image& b) {
    const auto small_a = io::resize(a, kSide, kSide, io::Filter::Area).rgb;
    const auto small_b = io::resize(b, kSide, kSide, io::Filter::Area).rgb;
    double sum = 0;
    for (std::size_t i = 0; i < small_a.size(); ++i) {
        const double off = (static_cast<double>(small_a[i]) - small_b[i]) / 255;
        sum += off * off;
    }
    return std::sqrt(sum / static_cast<double>(small_a.size()));
}

double distance_to(const io::Image& picture, std::span<const io::Image> trained) {
    base::expects(!trained.empty(), "a distance is to at least one picture");
    double nearest = distance_of(picture, trained.front());
    for (const auto& one : trained.subspan(1)) nearest = std::min(nearest, distance_of(picture, one));
    return nearest;
}

}  // namespace lorikeet::tiny_base
