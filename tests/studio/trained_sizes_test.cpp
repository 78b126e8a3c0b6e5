#include "studio/trained_sizes.hpp"

#include <gtest/gtest.h>

namespace lorikeet::studio {

namespace {

data::DatasetImage sized(std::int64_t width, std::int64_t height) {
    data::DatasetImage image;
    image.width_px = width;
    image.height_px = height;
    return image;
}

settings::Data squares_of(std::int64_t side) {
    settings::Data data;
    data.subsets.resize(1);
    data.resolution = {side};
    data.bucket_step = 64;
    return data;
}

}  // namespace

TEST(TrainedSizes, AreCountedTheMostUsedFirst) {
    auto data = squares_of(512);
    const std::vector<data::DatasetImage> images{sized(900, 1200), sized(800, 800), sized(640, 640)};
    EXPECT_EQ(words_for(trained_sizes(images, data)), "512 x 512 (2), 448 x 576 (1)");
    data.buckets = false;
    EXPECT_EQ(words_for(trained_sizes(images, data)), "512 x 512 (3)");
}

TEST(TrainedSizes, OfManyFiveAreNamed) {
    std::vector<data::DatasetImage> images;
    for (std::int64_t width = 300; width <= 2000; width += 200) images.push_back(sized(width, 1000));
    const auto words = words_for(trained_sizes(images, squares_of(512)));
    EXPECT_NE(words.find(" more size"), std::string::npos) << words;
}

}  // namespace lorikeet::studio
