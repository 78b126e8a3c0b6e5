#include "data/held_out.hpp"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "data/support.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

DatasetImage named(const std::string& bytes, std::size_t subset = 0) {
    DatasetImage image;
    image.file = bytes + ".png";
    image.sha256 = base::sha256(bytes);
    image.subset = subset;
    return image;
}

ScanResult images_from(int first, int end) {
    ScanResult found;
    for (int i = first; i < end; ++i) found.images.push_back(named(std::to_string(i)));
    return found;
}

std::set<std::string> names_of(const std::vector<DatasetImage>& images) {
    std::set<std::string> names;
    for (const auto& image : images) names.insert(image.file.string());
    return names;
}

settings::Data data_of(double share, std::size_t folders = 1) {
    settings::Data data;
    data.subsets.resize(folders);
    data.validation.share = share;
    return data;
}

}  // namespace

// 5 standard deviations of 2000 at 0.1 are below 70.
TEST(HeldOut, IsAboutTheShareAndOtherImagesByAnotherSeed) {
    auto found = images_from(0, 2000), other = images_from(0, 2000);
    auto data = data_of(0.1);
    hold_out(found, data);
    EXPECT_NEAR(static_cast<double>(found.held_out.size()), 200, 70);
    EXPECT_EQ(found.images.size() + found.held_out.size(), 2000U);
    data.validation.seed = 7;
    hold_out(other, data);
    EXPECT_NE(names_of(found.held_out), names_of(other.held_out));
}

TEST(HeldOut, StaysHeldOutWhenImagesAreAdded) {
    auto few = images_from(0, 100), many = images_from(0, 300);
    hold_out(few, data_of(0.2));
    hold_out(many, data_of(0.2));
    const auto before = names_of(few.held_out), now = names_of(many.held_out);
    EXPECT_GT(before.size(), 5U);
    for (int i = 0; i < 100; ++i) {
        const auto name = std::to_string(i) + ".png";
        EXPECT_EQ(before.contains(name), now.contains(name)) << name;
    }
}

TEST(HeldOut, OfSeveralThereIsAtLeastOneAndOneIsLeft) {
    for (int count = 1; count < 6; ++count)
        for (const double share : {0.0, 0.001, 0.9}) {
            auto found = images_from(0, count);
            hold_out(found, data_of(share));
            EXPECT_EQ(found.held_out.empty(), share == 0 || count == 1) << count << " " << share;
            EXPECT_FALSE(found.images.empty()) << count << " " << share;
        }
}

// The same image at two sizes, or in a folder of each kind.
TEST(HeldOut, TheSameBytesAreNeverOnBothSides) {
    auto data = data_of(0.5, 3);
    data.subsets[2].validation = true;
    ScanResult found;
    for (int i = 0; i < 40; ++i)
        for (const std::size_t subset : {0U, 1U}) found.images.push_back(named(std::to_string(i), subset));
    found.images.push_back(named("3", 2));
    found.images.push_back(named("new", 2));
    hold_out(found, data);
    const auto trained = names_of(found.images), held = names_of(found.held_out);
    for (const auto& name : trained) EXPECT_FALSE(held.contains(name)) << name;
    EXPECT_TRUE(held.contains("3.png") && held.contains("new.png"));
    EXPECT_GT(trained.size(), 5U);
}

TEST(HeldOut, AnImageOfBothKindsOfFolderIsNamed) {
    ScanResult found;
    found.images = {named("a"), named("b"), named("a", 1)};
    auto data = data_of(0, 2);
    data.subsets[1].validation = true;
    hold_out(found, data);
    EXPECT_EQ(names_of(found.images), std::set<std::string>{"b.png"});
    ASSERT_EQ(found.news.size(), 1U);
    EXPECT_EQ(found.news[0].what, "1 image of which a folder for validation holds the same: a.png.");
}

TEST(HeldOut, RegularisationImagesNever) {
    auto data = data_of(0.9, 2);
    data.subsets[1].regularisation = true;
    ScanResult found;
    for (int i = 0; i < 20; ++i) found.images.push_back(named(std::to_string(i), i % 2 == 0 ? 0U : 1U));
    hold_out(found, data);
    for (const auto& image : found.held_out) EXPECT_EQ(image.subset, 0U);
    EXPECT_FALSE(found.held_out.empty());
}

// It is trained on there, so it says nothing when it is held out here.
TEST(HeldOut, NoImageThatIsARegularisationImageToo) {
    auto data = data_of(0.9, 2);
    data.subsets[1].regularisation = true;
    auto found = images_from(0, 20);
    for (int i = 0; i < 10; ++i) {
        found.images.push_back(found.images[static_cast<std::size_t>(i)]);
        found.images.back().subset = 1;
    }
    std::set<std::string> regular;
    for (const auto& image : found.images)
        if (image.subset == 1) regular.insert(image.sha256);
    hold_out(found, data);
    EXPECT_FALSE(found.held_out.empty());
    for (const auto& image : found.held_out) EXPECT_FALSE(regular.contains(image.sha256)) << image.file;
    EXPECT_EQ(std::count_if(found.images.begin(), found.images.end(),
                            [](const auto& image) { return image.subset == 1; }),
              10);
}

TEST(HeldOut, ImagesAreShownAsTheyAre) {
    auto data = data_of(0.5, 1);
    data.random_crop = data.vary_colours = true;
    data.face_crop = {2};
    auto& subset = data.subsets[0];
    subset.repeats = 7;
    subset.flip = subset.shuffle_tags = subset.validation = true;
    subset.random_crop = true;
    subset.caption_dropout = 0.5;
    subset.trigger = "zyx";
    const auto shown = validation_data(data);
    EXPECT_FALSE(variants_of(shown, shown.subsets[0]).varies());
    EXPECT_EQ(shown.subsets[0].repeats, 1);
    EXPECT_FALSE(shown.subsets[0].flip || shown.subsets[0].shuffle_tags);
    EXPECT_EQ(shown.subsets[0].caption_dropout, 0);
    EXPECT_EQ(shown.subsets[0].trigger, "zyx");
}

}  // namespace lorikeet::data
