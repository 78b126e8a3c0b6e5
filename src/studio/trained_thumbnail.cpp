#include "studio/trained_thumbnail.hpp"

#include <algorithm>
#include <cstdint>

#include "base/error.hpp"
#include "io/image.hpp"
#include "io/resample.hpp"

namespace lorikeet::studio {

namespace {

constexpr std::int64_t kLongest_px = 192;

}  // namespace

std::string trained_thumbnail(const base::Path& file, const data::Crop& crop,
                              const io::Background& background) {
    try {
        const base::MappedFile mapped(file);
        const auto cropped = data::fit_file(mapped.bytes(), file.string(), crop, background);
        const auto longer = std::max(cropped.width_px, cropped.height_px);
        if (longer <= kLongest_px) return io::encode_png(cropped);
        const auto scaled = [&](std::int64_t side) {
            return std::max<std::int64_t>(1, side * kLongest_px / longer);
        };
        return io::encode_png(
            io::resize(cropped, scaled(cropped.width_px), scaled(cropped.height_px), io::Filter::Area));
    } catch (const base::Error&) {
        return {};
    }
}

}  // namespace lorikeet::studio
