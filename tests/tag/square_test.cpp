#include "tag/square.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/golden.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::tag {

namespace {

std::span<const std::byte> bytes_of(const at::Tensor& tensor) {
    return {static_cast<const std::byte*>(tensor.const_data_ptr()), static_cast<std::size_t>(tensor.numel())};
}

at::Tensor bgr_of(const io::Image& image) {
    return at::tensor(at::ArrayRef<std::uint8_t>(image.rgb.data(), image.rgb.size()), at::kByte)
        .view({image.height_px, image.width_px, 3})
        .flip({2});
}

}  // namespace

TEST(SquareGolden, PixelsAreThoseOfTheReferenceScript) {
    const tensor::WeightFile file(support::root() / "tests" / "golden" / "tag_square.safetensors");
    std::size_t cases = 0;
    for (const auto& entry : file.entries()) {
        if (!entry.name.ends_with(".png")) continue;
        const auto name = entry.name.substr(0, entry.name.size() - 4);
        const auto wanted = file.get(name + ".bgr");
        const auto square = square_of(bytes_of(file.get(entry.name)), name, wanted.size(0));
        const auto difference = (bgr_of(square).to(at::kInt) - wanted.to(at::kInt)).abs().max().item<int>();
        EXPECT_LE(difference, name == "small" || name == "exact" ? 0 : 1) << name;
        ++cases;
    }
    EXPECT_EQ(cases, 7U);
}

TEST(Square, ChannelsAreTurnedRoundAndScaled) {
    const io::Image image{1, 1, {255, 0, 51}};
    const std::vector<io::Image> one{image};
    const auto pixels = pixels_of(one, {{0.5, 0.4, 0.3}, {0.5, 0.25, 0.1}});
    ASSERT_EQ(pixels.sizes(), (at::IntArrayRef{1, 3, 1, 1}));
    EXPECT_NEAR(pixels[0][0].item<double>(), (0.2 - 0.3) / 0.1, 1e-5) << "blue first, by blue's own mean";
    EXPECT_NEAR(pixels[0][1].item<double>(), (0.0 - 0.4) / 0.25, 1e-6);
    EXPECT_NEAR(pixels[0][2].item<double>(), (1.0 - 0.5) / 0.5, 1e-6);
}

TEST(Square, WhatIsNoImageIsTold) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "a.png", "no image");
    EXPECT_THROW(square_of(folder.path() / "a.png", 32), base::Error);
    EXPECT_THROW(square_of(folder.path() / "none.png", 32), base::Error);
}

}  // namespace lorikeet::tag
