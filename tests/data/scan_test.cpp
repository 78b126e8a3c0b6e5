#include "data/scan.hpp"

#include <gtest/gtest.h>

#include "data/support.hpp"
#include "io/golden_file.hpp"
#include "io/image.hpp"

namespace lorikeet::data {
namespace {

const base::Cancel kGoOnScanning;

}  // namespace

TEST(Scan, FindsImagesByNameWithCaptionsAndSizes) {
    const Images made(3, 2);
    std::size_t told = 0;
    const auto found =
        scan(made.data, kGoOnScanning, [&](std::size_t done, std::size_t total, const base::Path&) {
            EXPECT_EQ(done, ++told);
            EXPECT_EQ(total, 6U);
        });
    EXPECT_EQ(told, 6U);
    ASSERT_EQ(found.images.size(), 6U);
    EXPECT_EQ(found.images[4].file, made.file(1, 1));
    EXPECT_EQ(found.images[4].subset, 1U);
    EXPECT_EQ(found.images[4].caption, "tag 1, red, blue, green");
    EXPECT_EQ(found.images[4].width_px, 40);
    EXPECT_TRUE(found.errors.empty() && found.left_out.empty() && found.news.empty());
}

TEST(Scan, OtherFilesAreNotLookedAt) {
    const Images made(1);
    const base::Path folder = made.data.subsets[0].folder;
    for (const auto* name : {"notes.md", "._p0.png", ".hidden.png"}) base::write_whole(folder / name, "x");
    std::filesystem::create_directory(folder / "inner.png");
    const auto found = scan(made.data, kGoOnScanning);
    EXPECT_EQ(found.images.size(), 1U);
    ASSERT_EQ(found.news.size(), 1U);
    EXPECT_EQ(found.news[0].what,
              "Not used in " + folder.string() +
                  ": 1 file of a kind that is not read (notes.md), 1 folder inside, which "
                  "is not looked into (inner.png).");
}

TEST(Scan, FoldersInsideCountAtWillWithTheirCaptionsAndMasks) {
    Images made(1);
    auto& subset = made.data.subsets[0];
    const base::Path folder = subset.folder, inside = folder / "inside",
                     masks = folder.parent_path() / "masks";
    std::filesystem::create_directories(inside);
    std::filesystem::create_directories(masks / "inside");
    std::filesystem::copy(made.file(0), inside / made.file(0).filename());
    base::write_whole((inside / made.file(0).filename()).replace_extension(".txt"), "of another");
    subset.nested = true;
    const auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.images.size(), 2U);
    EXPECT_TRUE(found.news.empty());
    EXPECT_EQ(found.images[0].caption, "of another");  // "inside/p0.png" comes before "p0.png"
    subset.mask_folder = masks.string();
    std::filesystem::copy(made.file(0), masks / "inside" / made.file(0).filename());
    const auto masked = scan(made.data, kGoOnScanning);
    EXPECT_EQ(masked.images[0].mask.file, masks / "inside" / made.file(0).filename());
    EXPECT_EQ(masked.errors.size(), 1U) << "the mask inside is not that of the image outside";
    subset.mask_folder.clear();
    made.data.subsets.push_back(subset);
    made.data.subsets[1].nested = false;
    made.data.subsets[1].folder = inside.string();
    const auto twice = scan(made.data, kGoOnScanning);
    EXPECT_EQ(twice.images.size(), 3U);
    ASSERT_EQ(twice.news.size(), 1U);
    EXPECT_NE(twice.news[0].what.find("its images are used twice"), std::string::npos);
}

TEST(Scan, WhatOnlyGeneratorsUnderstandInACaptionIsSaidWithAnExample) {
    const Images made(4);
    base::write_whole(made.caption_file(0), R"(lorikeet \(bird\))");
    base::write_whole(made.caption_file(1), "(lorikeet:1.3), ((red))");
    base::write_whole(made.caption_file(2), "(lorikeet:1.1), a {red|blue} bird");
    const auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.news.size(), 3U);
    EXPECT_EQ(found.news[0].what, "1 image with brackets written as \\( in the caption: p0.png.");
    EXPECT_EQ(found.news[1].what,
              "2 images with a weight such as (lorikeet:1.3) in the caption: p1.png, p2.png.");
    EXPECT_EQ(found.news[2].what, "1 image with a wildcard such as {red|blue} in the caption: p2.png.");
}

TEST(Scan, WhereBracketsAreWeightsThoseThatMayBeMeantAsBracketsAreNamed) {
    Images made(3);
    made.data.weighted_captions = true;
    base::write_whole(made.caption_file(0), R"(lorikeet \(bird\))");
    base::write_whole(made.caption_file(1), "(lorikeet:1.3), ((red))");
    base::write_whole(made.caption_file(2), "lorikeet (bird)");
    const auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.news.size(), 1U);
    EXPECT_EQ(found.news[0].what, "1 image with brackets such as (bird) in the caption: p2.png.");
}

TEST(Scan, WithWildcardsEveryLineOfACaptionIsRead) {
    Images made(2);
    base::write_whole(made.caption_file(0), "a {red|blue} bird\n\nanother line\n");
    ASSERT_EQ(scan(made.data, kGoOnScanning).news.size(), 2U);
    EXPECT_EQ(scan(made.data, kGoOnScanning).images[0].caption, "a {red|blue} bird");
    made.data.subsets[0].wildcards = true;
    const auto found = scan(made.data, kGoOnScanning);
    EXPECT_TRUE(found.news.empty());
    EXPECT_EQ(found.images[0].caption, "a {red|blue} bird\nanother line");
}

TEST(Scan, TransparencyAndColourProfilesAreTold) {
    Images made(2);
    made.data.resolution = {8};
    const base::Path folder = made.data.subsets[0].folder;
    const auto put = [&](const char* file, const char* name) {
        base::write_whole(folder / name, io::golden_text(io::golden(file),
                                                         std::string("file.") + std::string(name).substr(1)));
        base::write_whole((folder / name).replace_extension(".txt"), "a bird");
    };
    put("image", "xpng.alpha");
    put("colour", "xjpeg.p3");
    put("colour", "xjpeg.broken");
    put("colour", "xpng.srgb");
    const auto found = scan(made.data, kGoOnScanning);
    EXPECT_EQ(found.images.size(), 6U) << base::to_text(found.left_out);
    std::string all = base::to_text(found.news);
    EXPECT_NE(
        all.find("1 image that can be seen through: xpng.alpha. What is transparent is trained as white."),
        std::string::npos)
        << all;
    made.data.background = {0, 128, 0};
    const auto green = base::to_text(scan(made.data, kGoOnScanning).news);
    EXPECT_NE(green.find("What is transparent is trained as the colour 0, 128, 0."), std::string::npos)
        << green;
    EXPECT_NE(all.find("1 image with a colour profile: xjpeg.p3."), std::string::npos) << all;
    EXPECT_NE(all.find("1 image with a colour profile that cannot be used: xjpeg.broken."), std::string::npos)
        << all;
    for (const auto& image : found.images)
        EXPECT_EQ(image.colours, image.file.filename() == "xjpeg.p3" ? "profile 1" : "") << image.file;
}

TEST(Scan, AnImageThatIsCutOffIsLeftOutWithItsReason) {
    Images made(3);
    const auto whole = base::read_text(made.file(1));
    base::write_whole(made.file(1), whole.substr(0, whole.size() / 2));
    auto found = scan(made.data, kGoOnScanning);
    EXPECT_EQ(found.images.size(), 2U);
    ASSERT_EQ(found.left_out.size(), 1U);
    EXPECT_EQ(found.left_out[0].where, made.file(1).string());
    EXPECT_TRUE(found.errors.empty());
    made.data.strict = true;
    found = scan(made.data, kGoOnScanning);
    EXPECT_EQ(found.errors.size(), 1U);
    EXPECT_TRUE(found.left_out.empty());
}

TEST(Scan, ImagesWithoutACaptionAreNewsOrAnErrorAsAsked) {
    Images made(5);
    for (int i = 0; i < 4; ++i) std::filesystem::remove(made.caption_file(i));
    base::write_whole(made.caption_file(4), " \n");
    auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.news.size(), 1U);
    EXPECT_EQ(found.news[0].where, "data.subsets[0].folder");
    EXPECT_EQ(found.news[0].what, "5 images without a caption: p0.png, p1.png, p2.png and 2 more.");
    EXPECT_EQ(found.news[0].hint, "Training uses an empty text.");
    Images one(2);
    std::filesystem::remove(one.caption_file(0));
    found = scan(one.data, kGoOnScanning);
    ASSERT_EQ(found.news.size(), 1U);
    EXPECT_EQ(found.news[0].hint, "Training uses an empty text.");
    made.data.require_captions = true;
    found = scan(made.data, kGoOnScanning);
    EXPECT_TRUE(found.news.empty());
    ASSERT_EQ(found.errors.size(), 1U);
    EXPECT_EQ(found.errors[0].hint,
              "Write one beside each (.txt, .caption), or set data.require_captions = false.");
}

TEST(Scan, LinesThatAreNotReadAndSmallAndCroppedImagesAreNews) {
    Images made(2);
    base::write_whole(made.caption_file(0), "one\ntwo\n");
    made.data.resolution = {64, 16};
    const auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.news.size(), 3U);
    EXPECT_EQ(found.news[0].what, "1 image with a caption of several lines: p0.png.");
    EXPECT_EQ(found.news[1].what,
              "2 images smaller than the size trained at: p0.png (40 x 32 to 64 x 51), p1.png (40 x 32 to 64 "
              "x 51).");
    EXPECT_EQ(found.news[2].what,
              "2 images of which more than a fifth is cropped: p0.png (69 %), p1.png (69 %).");
}

TEST(Scan, WithBucketsLittleIsCropped) {
    Images made(2);
    made.data.resolution = {32};
    made.data.buckets = true;
    EXPECT_TRUE(scan(made.data, kGoOnScanning).news.empty());  // 40 x 32 is trained at 32 x 24
}

TEST(Scan, AResolutionThatHasNoBucketIsAnError) {
    Images made(1);
    made.data.buckets = true;
    made.data.bucket_step = 64;
    const auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.errors.size(), 1U);
    EXPECT_EQ(found.errors[0].where, "data.resolution");
}

TEST(Scan, ClassWordsStandWhereACaptionIsMissing) {
    Images made(2);
    std::filesystem::remove(made.caption_file(0));
    made.data.subsets[0].class_words = " bird ";
    const auto found = scan(made.data, kGoOnScanning);
    EXPECT_EQ(found.images[0].caption, "bird");
    EXPECT_FALSE(found.images[0].has_caption);
    EXPECT_NE(found.images[1].caption, "bird");
    ASSERT_EQ(found.news.size(), 1U);
    EXPECT_EQ(found.news[0].hint, "Training uses the class words.");
}

TEST(Scan, RegularisationImagesThatAreNeverShownAreTold) {
    Images made(2, 2);
    std::filesystem::remove(made.file(1, 0));
    std::filesystem::remove(made.caption_file(1, 0));
    made.data.subsets[1].regularisation = true;
    const auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.news.size(), 1U);
    EXPECT_EQ(found.news[0].where, "data.subsets[1].folder");
    EXPECT_EQ(found.news[0].what, "1 image of regularisation not used: p1.png.");
    made.data.subsets[0].regularisation = true;
    const auto none = scan(made.data, kGoOnScanning);
    ASSERT_EQ(none.errors.size(), 1U);
    EXPECT_EQ(none.errors[0].where, "data.subsets");
}

TEST(Scan, CommasAloneAreNoCaptionAndATriggerWithoutAWordIsTold) {
    Images made(2);
    base::write_whole(made.caption_file(0), ",, ,");
    made.data.subsets[0].trigger = ", ,";
    auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.news.size(), 2U);
    EXPECT_EQ(found.news[0].what, "1 image without a caption: p0.png.");
    EXPECT_EQ(found.news[1].what, "The trigger holds no word.");
    EXPECT_EQ(found.images[0].caption, "");
    made.data.subsets[0].trigger = "my\nbird";
    found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.news.size(), 2U);
    EXPECT_EQ(found.news[1].what, "The trigger holds a line break, which is trained as a blank.");
}

// Two frames of one pixel, as GIF has them.
TEST(Scan, OfSeveralFramesTheFirstIsUsedAndThatIsTold) {
    const Images made(1);
    using namespace std::string_literals;
    const auto frame =
        "\x21\xF9\x04\x00\x0A\x00\x00\x00\x2C\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00"s;
    const auto head = "GIF89a\x01\x00\x01\x00\x80\x00\x00\xFF\x00\x00\x00\x00\xFF"s;
    base::write_whole(base::Path(made.data.subsets[0].folder) / "moving.gif", head + frame + frame + ";");
    // A PNG with the chunk of an animation behind its header, which decoders pass over.
    auto png = io::encode_png({2, 2, std::vector<std::uint8_t>(12)});
    png.insert(33, "\x00\x00\x00\x08\x61\x63TL\x00\x00\x00\x02\x00\x00\x00\x00\xF3\x8D\x93\x70"s);
    base::write_whole(base::Path(made.data.subsets[0].folder) / "moving.png", png);
    const auto found = scan(made.data, kGoOnScanning);
    std::string news;
    for (const auto& one : found.news) news += one.what + "\n";
    EXPECT_NE(news.find("2 images of several frames or pages: moving.gif, moving.png."), std::string::npos)
        << news;
}

TEST(Scan, ACaptionThatIsNotUtf8IsAnErrorThatNamesIt) {
    const Images made(2);
    base::write_whole(made.caption_file(1), "caf\xE9");
    const auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.errors.size(), 1U);
    EXPECT_EQ(found.errors[0].what, made.caption_file(1).string() + " is not UTF-8 text.");
}

TEST(Scan, EveryFolderThatIsWrongIsSaidAtOnce) {
    Images made(1);
    auto& subsets = made.data.subsets;
    std::filesystem::create_directory(made.folder.path() / "empty");
    for (const auto& folder :
         {(made.folder.path() / "absent").string(), (made.folder.path() / "empty").string(),
          made.file(0).string(), std::string()}) {
        settings::Subset subset;
        subset.folder = folder;
        subsets.push_back(subset);
    }
    const auto found = scan(made.data, kGoOnScanning);
    ASSERT_EQ(found.errors.size(), 4U);
    EXPECT_EQ(found.errors[0].what, "The folder " + subsets[1].folder + " is not there.");
    EXPECT_EQ(found.errors[1].what, "There is no image in " + subsets[2].folder + ".");
    EXPECT_EQ(found.errors[2].what, made.file(0).string() + " is a file, not a folder.");
    EXPECT_EQ(found.errors[3].what, "No folder is given.");
    EXPECT_EQ(scan({}, kGoOnScanning).errors.size(), 1U);
}

TEST(Scan, AStopIsHeard) {
    const Images made(2);
    base::Cancel cancel;
    cancel.request_stop();
    EXPECT_THROW(scan(made.data, cancel), base::Error);
}

TEST(Scan, ACaptionInUtf16IsReadAndTold) {
    using namespace std::string_literals;
    const Images made(1);
    base::write_whole(made.caption_file(0), "\xFE\xFF\0a\0 \0b"s);
    const auto found = scan(made.data, kGoOnScanning);
    EXPECT_TRUE(found.errors.empty());
    EXPECT_EQ(found.images.at(0).caption, "a b");
    ASSERT_EQ(found.news.size(), 1U);
    EXPECT_EQ(found.news[0].what, "1 image with a caption in UTF-16: p0.png.");
}

TEST(Scan, FoldersThatTheJobUsesThemselvesAreNotCalledUnused) {
    Images made(1);
    const base::Path outer = made.data.subsets[0].folder;
    for (const auto* inner : {"10_bird", "more/5_cat", "left"}) {
        std::filesystem::create_directories(outer / inner);
        io::write_png(outer / inner / "a.png", image(3));
        if (std::string(inner) != "left") made.data.subsets.emplace_back().folder = (outer / inner).string();
    }
    std::string news;
    for (const auto& one : scan(made.data, kGoOnScanning).news) news += one.what + "\n";
    EXPECT_NE(news.find("1 folder inside, which is not looked into (left)"), std::string::npos) << news;
}

TEST(Scan, BucketsAreNoRemedyWhereTheyAreOn) {
    Images made(0);
    const base::Path file = base::Path(made.data.subsets[0].folder) / "long.png";
    io::write_png(file, {4000, 100, std::vector<std::uint8_t>(4000 * 100 * 3, 7)});
    base::write_whole(base::Path(file).replace_extension(".txt"), "a line");
    for (const bool buckets : {true, false}) {
        made.data.buckets = buckets;
        std::string hints;
        for (const auto& one : scan(made.data, kGoOnScanning).news) hints += one.hint + "\n";
        EXPECT_NE(hints.find("Crop it yourself to what matters"), std::string::npos) << hints;
        EXPECT_EQ(hints.find("data.buckets") == std::string::npos, buckets) << hints;
    }
}

}  // namespace lorikeet::data
