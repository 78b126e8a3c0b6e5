#include <set>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "data/batches.hpp"
#include "data/support.hpp"
#include "support/rgba_png.hpp"

namespace lorikeet::data {

namespace {

// Images of four shapes with everything on that is drawn; each is its own mask.
struct VariedImages : Images {
    explicit VariedImages(int count) : Images(count) {
        const std::int64_t widths[] = {40, 64, 24, 33};
        for (int i = 0; i < count; ++i) io::write_png(file(i), image(i, widths[i % 4], 32));
        data.buckets = true;
        data.resolution = {24};
        data.batch = 3;
        data.cache_latents = false;
        data.random_crop = data.vary_colours = true;
        data.subsets[0].repeats = 2;
        data.subsets[0].flip = true;
        data.subsets[0].mask_folder = data.subsets[0].folder;
    }
};

}  // namespace

TEST(Loader, WhatIsDrawnOfAnImageIsTheSameForAnyNumberOfWorkersAndInAnySequence) {
    VariedImages made(9);
    const auto images = scan(made.data, kGoOnLoading).images;
    made.data.workers = 1;
    const auto batches = served(images, made.data, 7, 3);
    for (const std::int64_t workers : {0, 4}) {
        made.data.workers = workers;
        expect_same(batches, served(images, made.data, 7, 3), 7);
    }
    FakeVae vae;
    Loader loader(images, made.data, 7, vae.encoder());
    for (auto i = batches.size(); i-- > 0;)
        EXPECT_TRUE(same(loader.batch(batches[i].epoch, batches[i].index), batches[i])) << i;
    made.data.random_crop = false;
    EXPECT_FALSE(at::equal(served(images, made.data, 7, 1)[0].latents.mean, batches[0].latents.mean));
}

// Each image is its own mask: what is left of its pixels in a latent is what is left of the mask.
TEST(Loader, AMaskIsResizedCroppedAndMirroredWithItsImage) {
    VariedImages made(9);
    made.data.vary_colours = false;
    const auto images = scan(made.data, kGoOnLoading).images;
    std::set<Mirrored> sides;
    for (const auto& batch : served(images, made.data, 3, 2)) {
        ASSERT_EQ(batch.masks.sizes(),
                  (std::vector<std::int64_t>{batch.latents.mean.size(0), 1, batch.latents.mean.size(2),
                                             batch.latents.mean.size(3)}));
        const auto red = (batch.latents.mean.narrow(1, 0, 1) + 1) / 2;
        EXPECT_TRUE(at::allclose(batch.masks, red, 0, 1e-5));
        sides.insert(batch.mirrored.begin(), batch.mirrored.end());
    }
    EXPECT_EQ(sides.size(), 2U);
}

TEST(Loader, ImagesWithoutAMaskAreWholeBesideThoseWithOne) {
    Images made(2, 2);
    made.data.batch = 4;
    made.data.subsets[1].mask_folder = made.data.subsets[1].folder;
    const auto images = scan(made.data, kGoOnLoading).images;
    const auto batch = served(images, made.data, 1).at(0);
    for (std::size_t i = 0; i < 4; ++i) {
        const bool whole = at::equal(batch.masks[static_cast<std::int64_t>(i)], at::ones({1, 4, 4}));
        EXPECT_EQ(whole, images[batch.images[i]].subset == 0) << i;
    }
    made.data.subsets[1].mask_folder.clear();
    EXPECT_FALSE(served(scan(made.data, kGoOnLoading).images, made.data, 1).at(0).masks.defined());
}

// Red tells the column: a crop is where its sizes say, or where sd-scripts would say.
TEST(Loader, WhatIsTransparentIsTrainedAsTheColourAskedFor) {
    Images made(1);
    made.data.resolution = {32};
    base::write_whole(made.file(0), support::rgba_png(32, 32, std::vector<std::uint8_t>(32 * 32 * 4, 0)));
    for (const bool cached : {true, false})
        for (const std::int64_t red : {255, 0, 51}) {
            made.data.cache_latents = cached;
            made.data.background = {red, 255, 0};
            const auto latent = served(scan(made.data, kGoOnLoading).images, made.data, 1)[0].latents.mean[0];
            EXPECT_NEAR(latent[0].mean().item<double>(), static_cast<double>(red) / 127.5 - 1, 1e-5) << red;
            EXPECT_NEAR(latent[1].mean().item<double>(), 1, 1e-5);
            EXPECT_NEAR(latent[2].mean().item<double>(), -1, 1e-5);
        }
}

TEST(Loader, SizesTellWhereARandomCropWasCut) {
    Images made(1);
    io::Image ramp{48, 16, {}};
    for (std::int64_t i = 0; i < 48 * 16; ++i)
        for (int c = 0; c < 3; ++c) ramp.rgb.push_back(static_cast<std::uint8_t>(5 * (i % 48)));
    io::write_png(made.file(0), ramp);
    made.data.cache_latents = false;
    made.data.random_crop = true;
    made.data.subsets[0].repeats = 12;
    const auto images = scan(made.data, kGoOnLoading).images;
    std::set<double> lefts;
    for (const auto& batch : served(images, made.data, 3)) {
        const auto first = (batch.latents.mean[0][0][0][0].item<double>() + 1) / 2 * 255 / 5;
        EXPECT_NEAR(batch.sizes[0][3].item<double>(), first - 1.5, 1e-3);  // of the first four columns
        lefts.insert(batch.sizes[0][3].item<double>());
    }
    EXPECT_GE(lefts.size(), 5U);
    made.data.crop_hint = settings::CropHint::Kohya;
    for (const auto& batch : served(images, made.data, 3))
        EXPECT_TRUE(at::equal(batch.sizes[0], at::tensor({16.0, 48.0, 5.0, 0.0, 16.0, 16.0}, at::kFloat)))
            << batch.sizes;
}

TEST(Loader, ACropRoundAFaceHoldsItAndIsToldAsSdScriptsTellsIt) {
    Images made(1);
    io::Image dark{80, 60, std::vector<std::uint8_t>(80 * 60 * 3, 10)};
    for (std::int64_t y = 4; y < 14; ++y)  // a face of 10 px at (60, 9)
        for (std::int64_t x = 55; x < 65; ++x)
            for (std::int64_t c = 0; c < 3; ++c)
                dark.rgb[static_cast<std::size_t>((y * 80 + x) * 3 + c)] = 250;
    const auto file = made.file(0).parent_path() / "p_60_9_10_10.png";
    std::filesystem::remove(made.file(0));
    io::write_png(file, dark);
    made.data.cache_latents = false;
    made.data.face_crop = {1.6, 3.2};  // the crop is 16 px
    made.data.subsets[0].repeats = 6;
    const auto images = scan(made.data, kGoOnLoading).images;
    for (const auto& batch : served(images, made.data, 3)) {
        EXPECT_GT(batch.latents.mean.max().item<double>(), -0.5);  // it is dark all round
        EXPECT_EQ(batch.sizes[0][0].item<double>(), 60);
    }
    made.data.crop_hint = settings::CropHint::Kohya;
    for (const auto& batch : served(images, made.data, 3))
        EXPECT_TRUE(at::equal(batch.sizes[0], at::tensor({16.0, 16.0, 0.0, 0.0, 16.0, 16.0}, at::kFloat)));
}

TEST(Loader, LatentsThatAreOthersEachTimeAreNotKept) {
    Images made(1);
    made.data.random_crop = true;
    FakeVae vae;
    Loader loader(scan(made.data, kGoOnLoading).images, made.data, 1, vae.encoder());
    EXPECT_THROW(loader.fill_cache({}, kGoOnLoading), base::Error);
}

}  // namespace lorikeet::data
