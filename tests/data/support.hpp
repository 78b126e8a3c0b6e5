// Folders of images made on the spot, and a VAE that is none.
#pragma once

#include <string>
#include <vector>

#include <ATen/ATen.h>

#include "data/loader.hpp"
#include "io/image.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::data {

// Stripes that differ with `number` and between left and right.
inline io::Image image(int number, std::int64_t width = 40, std::int64_t height = 32) {
    io::Image image{width, height, {}};
    for (std::int64_t i = 0; i < width * height * 3; ++i)
        image.rgb.push_back(
            static_cast<std::uint8_t>((i * (7 + number) + i / 3 % width + 31 * number) % 256));
    return image;
}

struct Images {
    support::TempFolder folder;
    settings::Data data;

    explicit Images(int count, int subsets = 1) {
        data.resolution = {16};
        data.buckets = false;
        data.bucket_step = 8;
        data.batch = 1;
        data.workers = 2;
        for (int s = 0; s < subsets; ++s) {
            const auto place = folder.path() / ("subset" + std::to_string(s));
            std::filesystem::create_directory(place);
            settings::Subset subset;
            subset.folder = place.string();
            data.subsets.push_back(subset);
            for (int i = 0; i < count; ++i) {
                io::write_png(file(i, s), image(10 * s + i));
                base::write_whole(caption_file(i, s), "tag " + std::to_string(i) + ", red, blue, green\n");
            }
        }
    }
    base::Path file(int i, int subset = 0) const {
        return base::Path(data.subsets.at(static_cast<std::size_t>(subset)).folder) /
               ("p" + std::to_string(i) + ".png");
    }
    base::Path caption_file(int i, int subset = 0) const { return file(i, subset).replace_extension(".txt"); }
};

// Moments that tell every pixel apart: means of 4 x 4 blocks.
struct FakeVae {
    int calls = 0;
    std::string identity = "fake";

    Encoder encoder() {
        return {[this](const at::Tensor& pixels) {
                    ++calls;
                    const auto mean = at::avg_pool2d(pixels, {4, 4});
                    return CachedLatents{mean, mean.abs() + 0.5};
                },
                [this] { return identity; }};
    }
};

}  // namespace lorikeet::data
