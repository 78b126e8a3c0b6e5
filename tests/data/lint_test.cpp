#include "data/lint.hpp"

#include <algorithm>

#include <gtest/gtest.h>

namespace lorikeet::data {

namespace {

// Five sharp squares that differ, each with a caption.
struct Dataset {
    std::vector<DatasetImage> images;
    settings::Data data;

    Dataset() {
        data.subsets.resize(1);
        data.subsets[0].trigger = "zyx";
        data.resolution = {512};
        data.bucket_step = 64;
        for (std::uint64_t i = 0; i < 5; ++i) {
            auto& image = images.emplace_back();
            image.file = "bird" + std::to_string(i) + ".png";
            image.sha256 = std::to_string(i);
            image.width_px = image.height_px = 600;
            image.has_caption = true;
            image.caption = "bird" + std::to_string(i);
            const std::uint64_t bits = 0x0F0F'3355'00FF'CCAAULL << (i * 7);
            image.measures = ImageMeasures{{bits, ~bits * (i + 3)}, 500, 40};
        }
    }
    std::vector<std::size_t> of(std::string_view kind) const {
        for (const auto& finding : lint(images, data))
            if (finding.kind == kind) return finding.images;
        return {};
    }
};

using Numbers = std::vector<std::size_t>;

}  // namespace

TEST(Lint, FindsNothingWhereNothingIsWrong) { EXPECT_TRUE(lint(Dataset().images, Dataset().data).empty()); }

TEST(Lint, FindsWhatIsMissingOrTooMuchAboutCaptions) {
    Dataset set;
    set.images[1].has_caption = false;
    EXPECT_EQ(set.of("no-caption"), (Numbers{1}));
    set.images[2].caption = "a zyx on a branch";
    EXPECT_EQ(set.of("trigger-twice"), (Numbers{2}));
    set.images[2].caption = "ZYX, on a branch";  // a tag of its own is not read twice
    EXPECT_TRUE(set.of("trigger-twice").empty());
    set.images[1].has_caption = true;
    for (auto& image : set.images) image.caption += ", feathers";
    EXPECT_EQ(set.of("tags-of-the-trigger").size(), 5U);
    set.data.subsets[0].trigger.clear();
    EXPECT_TRUE(set.of("tags-of-the-trigger").empty());
}

TEST(Lint, FindsImagesThatAreThereTwice) {
    Dataset set;
    set.images[3].sha256 = set.images[0].sha256;
    EXPECT_EQ(set.of("duplicates"), (Numbers{0, 3}));
    EXPECT_EQ(lint(set.images, set.data).front().spare, (Numbers{3}));
    set.images[0].has_caption = false;
    for (const auto& finding : lint(set.images, set.data))
        if (finding.kind == "duplicates") {
            EXPECT_EQ(finding.spare, (Numbers{0})) << "the other has a caption";
        }
    set.images[0].has_caption = true;
    set.images[4].measures->hash = set.images[1].measures->hash;
    set.images[4].measures->hash[0] ^= 0b101;  // two bits of 128
    EXPECT_EQ(set.of("near-duplicates"), (Numbers{1, 4}));
    const auto found = lint(set.images, set.data);
    const auto near =
        std::find_if(found.begin(), found.end(), [](const auto& f) { return f.kind == "near-duplicates"; });
    ASSERT_EQ(near->pairs.size(), 1U);
    EXPECT_EQ(near->pairs[0].likeness, 126 / 128.0);
    EXPECT_EQ(near->what, "1 pair of images looks nearly the same.");
    set.images[2].file = "bird0.jpg";
    EXPECT_EQ(set.of("same-name"), (Numbers{0, 2}));
}

TEST(Lint, FindsImagesFromWhichLittleIsLearned) {
    Dataset set;
    set.images[0].measures->contrast = 1;
    EXPECT_EQ(set.of("one-colour"), (Numbers{0}));
    set.images[1].measures->sharpness = 5;
    EXPECT_EQ(set.of("blurred"), (Numbers{1}));
    set.images[2].width_px = set.images[2].height_px = 300;
    EXPECT_EQ(set.of("too-small"), (Numbers{2}));
    set.data.bucket_no_upscale = true;
    EXPECT_TRUE(set.of("too-small").empty());
    set.data.bucket_no_upscale = false;
    set.images[3].width_px = 6000;
    EXPECT_EQ(set.of("extreme-shape"), (Numbers{3}));
    EXPECT_EQ(set.of("cropped"), (Numbers{3}));  // ten to one, and no bucket is
}

TEST(Lint, AnImageThatWasNotMeasuredIsNotJudgedByItsLooks) {
    Dataset set;
    for (auto& image : set.images) image.measures.reset();
    EXPECT_TRUE(lint(set.images, set.data).empty());
}

TEST(Lint, TagsAreCountedOnceForEachImage) {
    Dataset set;
    for (auto& image : set.images) image.caption = "Bird, bird, tree";
    set.images[0].caption = "bird";
    const auto tags = count_tags(set.images);
    ASSERT_EQ(tags.size(), 2U);
    EXPECT_EQ(tags[0].tag, "bird");
    EXPECT_EQ(tags[0].images, 5U);
    EXPECT_EQ(tags[1].images, 4U);
}

TEST(Lint, ACaptionThatIsNoTextIsNotCountedAsNone) {
    Dataset set;
    set.images[1].has_caption = false;
    set.images[1].bad_caption = true;
    EXPECT_TRUE(set.of("no-caption").empty());
}

TEST(Lint, RemediesFitTheirNumberAndTheSettings) {
    Dataset set;
    set.images[1].width_px = 6000;
    const auto remedy = [&](std::string_view kind) {
        for (const auto& finding : lint(set.images, set.data))
            if (finding.kind == kind) return finding.remedy;
        return std::string("none");
    };
    EXPECT_EQ(remedy("extreme-shape"), "Crop it to what matters.");
    EXPECT_EQ(remedy("cropped"), "Crop it to what matters.") << "buckets are on";
    set.data.buckets = false;
    EXPECT_EQ(remedy("cropped"), "Crop it to what matters, or train with buckets.");
    set.images[2].width_px = 6000;
    EXPECT_EQ(remedy("extreme-shape"), "Crop them to what matters.");
}

}  // namespace lorikeet::data
