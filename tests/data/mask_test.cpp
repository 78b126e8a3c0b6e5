#include "data/mask.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/golden.hpp"
#include "support/rgba_png.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::data {
namespace {

using Kind = MaskTrouble::Kind;

io::Image grey(std::int64_t width, std::int64_t height, std::uint8_t level) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), level)};
}

// Opaque on the left half, and clear elsewhere.
std::string half_clear(std::uint32_t width, std::uint32_t height) {
    std::vector<std::uint8_t> rgba;
    for (std::uint32_t i = 0; i < width * height; ++i)
        for (const int c : {200, 100, 50, i % width < width / 2 ? 255 : 0})
            rgba.push_back(static_cast<std::uint8_t>(c));
    return support::rgba_png(width, height, rgba);
}

}  // namespace

TEST(MaskGolden, IsAveragedAsTorchAveragesIt) {
    const auto file = support::golden("mask");
    for (const std::string name : {"square", "wide", "small"}) {
        const auto masks = file.get(name + ".masks").cpu().contiguous();
        const auto wanted = file.get(name + ".reduced").cpu();
        for (std::int64_t i = 0; i < masks.size(0); ++i) {
            const auto* first = masks[i].const_data_ptr<std::uint8_t>();
            const std::vector<std::uint8_t> bytes(first, first + masks[i].numel());
            const auto made =
                reduce_mask(bytes, {masks.size(2), masks.size(1)}, wanted.size(2), wanted.size(3));
            EXPECT_TRUE(at::allclose(made, wanted[i], 0, 1e-6)) << name << " " << i;
        }
    }
}

TEST(Mask, IsCroppedAndMirroredWithItsImage) {
    const support::TempFolder folder;
    const auto image = folder.path() / "a.png";
    base::write_whole(image, half_clear(16, 8));
    const Crop crop{{16, 8}, {16, 8}, {8, 8}, Corner{6, 0}};  // two columns that are opaque, and six
    const Mask mask{Mask::Kind::Alpha};
    const auto plain = fit_mask(mask, image, crop, Mirrored::No);
    const auto mirrored = fit_mask(mask, image, crop, Mirrored::Yes);
    const auto none = fit_mask({}, image, crop, Mirrored::No);
    ASSERT_EQ(plain.size(), 64U);
    for (std::size_t i = 0; i < 64; ++i) {
        EXPECT_EQ(plain[i], i % 8 < 2 ? 255 : 0) << i;
        EXPECT_EQ(mirrored[i], i % 8 >= 6 ? 255 : 0) << i;
        EXPECT_EQ(none[i], 255) << i;
    }
}

TEST(Mask, OfAFolderIsLookedForByNameWhateverItsKind) {
    const support::TempFolder folder;
    const auto put = [&](const char* name, const io::Image& image) {
        io::write_png(folder.path() / name, image);
    };
    put("a.png", grey(16, 8, 255));
    put("small.png", grey(8, 8, 255));
    put("black.png", grey(16, 8, 0));
    base::write_whole(folder.path() / "broken.png", "\x89PNG\r\n\x1a\nnothing of an image");
    const auto masks = masks_in(folder.path(), Nested::No);
    EXPECT_EQ(masks.size(), 4U);
    const auto trouble_of = [&](const char* name) {
        return look_at_mask(masks, mask_name(name, {}), {16, 8}).trouble;
    };
    const auto good = look_at_mask(masks, mask_name("images/a.jpg", "images"), {16, 8});
    EXPECT_FALSE(good.trouble);
    EXPECT_EQ(good.mask.file, folder.path() / "a.png");
    EXPECT_EQ(good.mask.sha256, base::sha256_file(folder.path() / "a.png"));
    EXPECT_EQ(trouble_of("b.jpg").value().kind, Kind::Missing);
    EXPECT_EQ(trouble_of("small.jpg").value().kind, Kind::OtherSize);
    EXPECT_EQ(trouble_of("small.jpg").value().detail, "8 x 8 instead of 16 x 8");
    EXPECT_EQ(trouble_of("black.jpg").value().kind, Kind::Empty);
    EXPECT_EQ(trouble_of("broken.jpg").value().kind, Kind::Unreadable);
}

TEST(Mask, OfTransparencyMayBeNoneOrAll) {
    const support::TempFolder folder;
    const auto file = [&](const char* name) { return folder.path() / name; };
    base::write_whole(file("half.png"), half_clear(16, 8));
    base::write_whole(file("clear.png"), support::rgba_png(4, 4, std::vector<std::uint8_t>(64, 0)));
    io::write_png(file("plain.png"), grey(4, 4, 9));
    EXPECT_TRUE(look_at_alpha(file("half.png")).seen_through);
    EXPECT_FALSE(look_at_alpha(file("half.png")).trouble);
    EXPECT_EQ(look_at_alpha(file("clear.png")).trouble.value().kind, Kind::Empty);
    EXPECT_FALSE(look_at_alpha(file("plain.png")).seen_through);
    EXPECT_FALSE(look_at_alpha(file("plain.png")).trouble);
    EXPECT_EQ(look_at_alpha(file("gone.png")).trouble.value().kind, Kind::Unreadable);
}

TEST(Mask, AnAverageIsOfWholeBlocksAlone) {
    EXPECT_THROW(reduce_mask(std::vector<std::uint8_t>(64), {8, 8}, 3, 2), base::Error);
    EXPECT_THROW(reduce_mask(std::vector<std::uint8_t>(63), {8, 8}, 2, 2), base::Error);
}

}  // namespace lorikeet::data
