#include "studio/likeness.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "io/resample.hpp"

namespace lorikeet::studio {

double distance_to(const io::Image& image, const std::vector<io::Image>& subjects) {
    base::expects(!subjects.empty(), "a distance needs something to be distant from");
    constexpr std::int64_t kSide = 16;
    const auto seen = io::resize(image, kSide, kSide, io::Filter::Area).rgb;
    double least = std::numeric_limits<double>::infinity();
    for (const auto& subject : subjects) {
        const auto wanted = io::resize(subject, kSide, kSide, io::Filter::Area).rgb;
        double sum = 0;
        for (std::size_t i = 0; i < seen.size(); ++i) {
            const double difference = (static_cast<double>(seen[i]) - wanted[i]) / 255.0;
            sum += difference * difference;
        }
        least = std::min(least, std::sqrt(sum / static_cast<double>(seen.size())));
    }
    return least;
}

}  // namespace lorikeet::studio
