#include "studio/trained_sizes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "data/bucket.hpp"

namespace lorikeet::studio {

std::vector<TrainedSize> trained_sizes(const std::vector<data::DatasetImage>& images,
                                       const settings::Data& data) {
    const data::JobCrops crops(data);
    std::vector<TrainedSize> sizes;
    for (const auto& image : images) {
        const auto [width, height] = crops.of({image.width_px, image.height_px}, image.subset).size;
        auto at = std::find_if(sizes.begin(), sizes.end(), [width = width, height = height](const auto& s) {
            return s.width_px == width && s.height_px == height;
        });
        if (at == sizes.end()) at = sizes.insert(at, {width, height, 0});
        ++at->images;
    }
    std::stable_sort(sizes.begin(), sizes.end(),
                     [](const auto& a, const auto& b) { return a.images > b.images; });
    return sizes;
}

std::string words_for(const std::vector<TrainedSize>& sizes) {
    constexpr std::size_t kNamed = 5;
    std::vector<std::string> named;
    for (std::size_t i = 0; i < std::min(kNamed, sizes.size()); ++i)
        named.push_back(fmt::format("{} x {} ({})", sizes[i].width_px, sizes[i].height_px, sizes[i].images));
    auto text = base::join(named, ", ");
    const auto rest = sizes.size() - named.size();
    if (rest > 0) text += fmt::format(" and {} more size{}", rest, rest == 1 ? "" : "s");
    return text;
}

}  // namespace lorikeet::studio
