// Latents as sd-scripts caches them beside an image.
#pragma once

#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/file.hpp"
#include "support/archives.hpp"
#include "support/npz.hpp"

namespace lorikeet::support {

struct KohyaSize {
    std::int64_t width = 0, height = 0;
};

// Numbers 0, 1, 2 ...; mirrored ones negative.
inline std::vector<Packed> kohya_arrays(const KohyaSize& original, const std::vector<std::int64_t>& shape,
                                        const std::vector<double>& margins, const std::string& sized = "",
                                        bool mirrored = false) {
    std::vector<float> numbers(static_cast<std::size_t>(shape[0] * shape[1] * shape[2]));
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    const auto sides = fmt::format("({}, {}, {})", shape[0], shape[1], shape[2]);
    std::vector<Packed> all{{"latents" + sized + ".npy", npy("<f4", sides, bytes_of(numbers))},
                            {"original_size" + sized + ".npy",
                             npy("<i8", "(2,)", bytes_of<std::int64_t>({original.width, original.height}))},
                            {"crop_ltrb" + sized + ".npy", npy("<f8", "(4,)", bytes_of(margins))}};
    for (auto& number : numbers) number = -number;
    if (mirrored) all.push_back({"latents_flipped" + sized + ".npy", npy("<f4", sides, bytes_of(numbers))});
    return all;
}

inline base::Path kohya_file_beside(const base::Path& image, const KohyaSize& original,
                                    const std::string& ending = "_sd.npz") {
    auto file = image;
    file.replace_extension();
    file += fmt::format("_{:04}x{:04}{}", original.width, original.height, ending);
    return file;
}

inline void write_npz(const base::Path& file, const std::vector<Packed>& arrays) {
    auto zip = file;
    zip += ".zip";
    write_archive(zip, arrays);
    std::filesystem::rename(zip, file);
}

inline void write_kohya_latents(const base::Path& image, const KohyaSize& original,
                                const std::vector<std::int64_t>& shape, const std::vector<double>& margins,
                                bool mirrored = false) {
    write_npz(kohya_file_beside(image, original), kohya_arrays(original, shape, margins, "", mirrored));
}

}  // namespace lorikeet::support
