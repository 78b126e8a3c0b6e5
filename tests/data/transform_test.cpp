#include "data/transform.hpp"

#include <cstdlib>

#include <gtest/gtest.h>

#include "support/places.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::data {
namespace {

io::Image image_of(const at::Tensor& bytes) {
    const auto t = bytes.contiguous();
    const auto* first = t.const_data_ptr<std::uint8_t>();
    return {t.size(1), t.size(0), {first, first + t.numel()}};
}

const tensor::WeightFile& golden() {
    static const tensor::WeightFile file(support::root() / "tests/golden/transform.safetensors");
    return file;
}

// How far apart, at most; 256 for images of different sizes.
int most_difference(const io::Image& a, const io::Image& b) {
    if (a.width_px != b.width_px || a.height_px != b.height_px) return 256;
    int most = 0;
    for (std::size_t i = 0; i < a.rgb.size(); ++i) most = std::max(most, std::abs(a.rgb[i] - b.rgb[i]));
    return most;
}

io::Image fitted(const io::Image& image, Size target) {
    return fit(image, crop_to({image.width_px, image.height_px}, target));
}

}  // namespace

TEST(TransformGolden, FittingIsThatOfTheReference) {
    for (const std::string name : {"wide", "tall", "small", "one_side_small", "same", "half", "odd"}) {
        const auto wanted = image_of(golden().get(name + ".fitted"));
        const auto made =
            fitted(image_of(golden().get(name + ".source")), {wanted.width_px, wanted.height_px});
        const bool enlarged = name == "small" || name == "one_side_small" || name == "same";
        EXPECT_LE(most_difference(made, wanted), enlarged ? 0 : 1) << name;
    }
}

// Decoded row by row: the bytes that the whole image gives, turned ones too.
TEST(TransformGolden, AFileIsFittedLikeItsImage) {
    const tensor::WeightFile images(support::root() / "tests/golden/image.safetensors");
    for (const auto& entry : images.entries()) {
        if (!entry.name.starts_with("file.")) continue;
        const auto bytes = images.file().bytes(*images.file().find(entry.name));
        for (const Size target : {Size{16, 8}, Size{7, 14}, Size{40, 24}, Size{8, 8}}) {
            const auto image = io::decode_image(bytes, entry.name);
            const auto crop = crop_to({image.width_px, image.height_px}, target);
            EXPECT_EQ(fit_file(bytes, entry.name, crop), fit(image, crop)) << entry.name;
        }
    }
}

TEST(TransformGolden, BytesBecomeTheVeryNumbersOfTorch) {
    io::Image image{16, 16, {}};
    const auto bytes = golden().get("bytes");
    for (std::int64_t i = 0; i < 256; ++i)
        for (int c = 0; c < 3; ++c) image.rgb.push_back(bytes[i].item<std::uint8_t>());
    const auto pixels = to_pixels(image);
    ASSERT_EQ(pixels.sizes(), (at::IntArrayRef{3, 16, 16}));
    for (std::int64_t c = 0; c < 3; ++c) EXPECT_TRUE(at::equal(pixels[c].flatten(), golden().get("scaled")));
}

TEST(Cover, IsTheSmallestSizeThatCovers) {
    EXPECT_EQ(cover({1000, 500}, {512, 512}), (Size{1024, 512}));
    EXPECT_EQ(cover({500, 1000}, {512, 512}), (Size{512, 1024}));
    EXPECT_EQ(cover({333, 777}, {512, 512}), (Size{512, 1195}));
    for (std::int64_t w = 1; w < 60; w += 3)
        for (std::int64_t h = 1; h < 60; h += 4) {
            const auto size = cover({w, h}, {24, 16});
            EXPECT_TRUE(size.width_px >= 24 && size.height_px >= 16) << w << " x " << h;
            EXPECT_TRUE(size.width_px == 24 || size.height_px == 16) << w << " x " << h;
        }
}

}  // namespace lorikeet::data
