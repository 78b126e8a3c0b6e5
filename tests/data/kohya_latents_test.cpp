#include "data/kohya_latents.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "data/support.hpp"
#include "support/kohya_files.hpp"

namespace lorikeet::data {
namespace {

namespace fs = std::filesystem;

const KohyaFormat kTwoChannels{"_sd.npz", 2, 4};
constexpr support::KohyaSize kOriginal{40, 32};
const std::vector<std::int64_t> kShape{2, 4, 4};
// As get_crop_ltrb says of 40 x 32 in a bucket of 16 x 16: fitted to the width it is 16 x 12.8, with 1 above.
const std::vector<double> kMargins{0, 1, 16, 13.8};

struct KohyaPlace {
    Images made{1};
    DatasetImage image = scan(made.data, base::Cancel()).images.at(0);
    Crop crop = crop_to({40, 32}, {16, 16});

    KohyaLatents find(WantsMirrored mirrored = WantsMirrored::No) const {
        return find_kohya_latents(image, crop, mirrored, kTwoChannels);
    }
    base::Path file() const { return support::kohya_file_beside(image.file, kOriginal); }
    std::string why_not(const std::vector<support::Packed>& arrays) const {
        support::write_npz(file(), arrays);
        const auto found = find();
        EXPECT_FALSE(found.used());
        return found.why_not;
    }
};

}  // namespace

TEST(KohyaLatents, AreReadWhereTheyFit) {
    const KohyaPlace place;
    EXPECT_FALSE(place.find().used());
    EXPECT_EQ(place.find().why_not, "");
    support::write_npz(place.file(), support::kohya_arrays(kOriginal, kShape, kMargins, "", true));
    const auto plain = place.find(), both = place.find(WantsMirrored::Yes);
    ASSERT_TRUE(plain.used() && both.used()) << plain.why_not << both.why_not;
    EXPECT_TRUE(at::equal(plain.plain, at::arange(32).to(at::kFloat).reshape({2, 4, 4})));
    EXPECT_FALSE(plain.mirrored.defined());
    EXPECT_TRUE(at::equal(both.mirrored, -plain.plain));
    EXPECT_NE(plain.sha256, both.sha256);
}

TEST(KohyaLatents, OlderNamesAndArraysWithTheirSizeAreReadToo) {
    const KohyaPlace place;
    auto arrays = support::kohya_arrays(kOriginal, kShape, kMargins, "_4x4");
    const auto others = support::kohya_arrays(kOriginal, {2, 8, 4}, kMargins, "_8x4");
    arrays.insert(arrays.end(), others.begin(), others.end());
    support::write_npz(place.file(), arrays);
    EXPECT_TRUE(place.find().used()) << place.find().why_not;
    fs::remove(place.file());
    support::write_npz(base::Path(place.image.file).replace_extension(".npz"),
                       support::kohya_arrays(kOriginal, kShape, kMargins));
    EXPECT_TRUE(place.find().used()) << place.find().why_not;
    EXPECT_FALSE(find_kohya_latents(place.image, place.crop, WantsMirrored::No, {}).used());
}

TEST(KohyaLatents, WhatDoesNotFitIsToldWhy) {
    const KohyaPlace place;
    EXPECT_EQ(place.why_not(support::kohya_arrays(kOriginal, {2, 4, 5}, kMargins)), "of another size");
    EXPECT_EQ(place.why_not(support::kohya_arrays(kOriginal, {4, 4, 4}, kMargins)), "of another size");
    EXPECT_EQ(place.why_not(support::kohya_arrays({80, 64}, kShape, kMargins)),
              "of an image of another size");
    EXPECT_EQ(place.why_not(support::kohya_arrays(kOriginal, kShape, {1, 0, 15, 16})), "of another crop");
    auto arrays = support::kohya_arrays(kOriginal, kShape, kMargins);
    arrays.resize(1);
    EXPECT_EQ(place.why_not(arrays), "that do not tell how the image was cropped");
    EXPECT_EQ(place.why_not({{"other.npy", support::npy("<f4", "(1,)", "1234")}}),
              "without latents in the file");
    support::write_npz(place.file(), support::kohya_arrays(kOriginal, kShape, kMargins));
    EXPECT_EQ(place.find(WantsMirrored::Yes).why_not, "without the mirrored ones that flip wants");
    fs::resize_file(place.file(), 200);
    EXPECT_TRUE(place.find().why_not.starts_with("that cannot be read (")) << place.find().why_not;
}

TEST(KohyaLatents, OfAnImageThatWasChangedSinceAreNotUsed) {
    const KohyaPlace place;
    support::write_npz(place.file(), support::kohya_arrays(kOriginal, kShape, kMargins));
    fs::last_write_time(place.image.file, fs::file_time_type::clock::now() + std::chrono::seconds(5));
    EXPECT_EQ(place.find().why_not, "older than the image");
}

TEST(KohyaLatents, WithNaNAreNotUsed) {
    const KohyaPlace place;
    auto arrays = support::kohya_arrays(kOriginal, kShape, kMargins);
    std::vector<float> numbers(32, 1.0F);
    numbers[7] = NAN;
    arrays[0].bytes = support::npy("<f4", "(2, 4, 4)", support::bytes_of(numbers));
    EXPECT_EQ(place.why_not(arrays), "with NaN or infinity in them");
}

}  // namespace lorikeet::data
