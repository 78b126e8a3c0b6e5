#include "data/scan_report.hpp"

#include <gtest/gtest.h>

#include "data/support.hpp"
#include "support/rgba_png.hpp"

namespace lorikeet::data {
namespace {

const base::Cancel kGoOnReporting;

io::Image level(std::int64_t width, std::int64_t height, std::uint8_t grey) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), grey)};
}

}  // namespace

TEST(ScanReport, EachMaskThatCannotBeUsedIsNamedWithItsRemedy) {
    Images made(5);
    const auto folder = made.folder.path() / "masks";
    std::filesystem::create_directory(folder);
    made.data.subsets[0].mask_folder = folder.string();
    io::write_png(folder / "p0.png", level(40, 32, 255));
    io::write_png(folder / "p1.png", level(20, 32, 255));
    io::write_png(folder / "p2.png", level(40, 32, 0));
    base::write_whole(folder / "p3.png", "\x89PNG\r\n\x1a\nnothing of an image");
    io::write_png(folder / "other.png", level(40, 32, 255));
    const auto found = scan(made.data, kGoOnReporting);
    ASSERT_EQ(found.errors.size(), 4U);
    for (const auto& error : found.errors) EXPECT_EQ(error.where, "data.subsets[0].mask_folder");
    EXPECT_EQ(found.errors[0].what, "1 image without a mask: p4.png.");
    EXPECT_EQ(found.errors[0].hint,
              "Put one of the same name into " + folder.string() +
                  ", white where something is to be learned; or move the images without "
                  "one to another folder.");
    EXPECT_EQ(found.errors[1].what,
              "1 image with a mask of another size: p1.png (20 x 32 instead of 40 x 32).");
    EXPECT_EQ(found.errors[1].hint, "Make each mask the size of its image.");
    EXPECT_TRUE(found.errors[2].what.starts_with("1 image with a mask that cannot be read: p3.png ("));
    EXPECT_EQ(found.errors[2].hint, "Save the mask again as PNG.");
    EXPECT_EQ(found.errors[3].what, "1 image with a mask that is black all over: p2.png.");
    EXPECT_EQ(found.errors[3].hint, "Nothing of it would be learned: leave it out, or mask less.");
    EXPECT_NE(
        base::to_text(found.news).find("1 image in the folder of masks that belong to no image: other.png"),
        std::string::npos);
}

TEST(ScanReport, AFolderOfMasksThatIsNotThereIsSaid) {
    Images made(1);
    made.data.subsets[0].mask_folder = (made.folder.path() / "gone").string();
    const auto found = scan(made.data, kGoOnReporting);
    ASSERT_EQ(found.errors.size(), 1U);
    EXPECT_EQ(found.errors[0].where, "data.subsets[0].mask_folder");
}

TEST(ScanReport, TransparencyAsAMaskIsToldWhereThereIsNoneAndWhereItIsAll) {
    Images made(3);
    made.data.alpha_mask = true;
    std::vector<std::uint8_t> rgba(40 * 32 * 4, 0);
    base::write_whole(made.file(1), support::rgba_png(40, 32, rgba));
    for (std::size_t i = 3; i < rgba.size(); i += 8) rgba[i] = 255;
    base::write_whole(made.file(2), support::rgba_png(40, 32, rgba));
    const auto found = scan(made.data, kGoOnReporting);
    EXPECT_EQ(base::to_text(found.errors),
              "data.subsets[0].alpha_mask: 1 image that can be seen through all over: p1.png. Nothing of it "
              "would be "
              "learned: leave it out, or mask less.");
    EXPECT_EQ(base::to_text(found.news),
              "data.subsets[0].alpha_mask: 1 image without transparency: p0.png. It is learned whole.");
    for (const auto& image : found.images) EXPECT_EQ(image.mask.kind, Mask::Kind::Alpha);
}

TEST(ScanReport, ImagesWithoutAFaceInTheirNamesAreNamed) {
    Images made(2);
    made.data.face_crop = {2, 4};
    std::filesystem::rename(made.file(0), made.file(0).parent_path() / "p_20_16_8_8.png");
    std::filesystem::rename(made.caption_file(0), made.file(0).parent_path() / "p_20_16_8_8.txt");
    EXPECT_EQ(base::to_text(scan(made.data, kGoOnReporting).news),
              "data.subsets[0].folder: 1 image without a face in the name: p1.png. It is cropped as without "
              "face_crop. "
              "A name ends in _X_Y_WIDTH_HEIGHT of the face, in pixels.");
}

TEST(ScanReport, SomethingHasToBeTrainedOn) {
    Images made(2, 2);
    made.data.subsets[0].validation = true;
    auto found = scan(made.data, kGoOnReporting);
    EXPECT_EQ(found.images.size(), 2U);
    EXPECT_EQ(found.held_out.size(), 2U);
    EXPECT_EQ(base::to_text(found.errors), "");
    made.data.subsets[1].validation = true;
    EXPECT_NE(base::to_text(scan(made.data, kGoOnReporting).errors).find("No folder holds training images."),
              std::string::npos);
    made.data.subsets[1] = made.data.subsets[0];
    made.data.subsets[1].validation = false;
    EXPECT_NE(base::to_text(scan(made.data, kGoOnReporting).errors).find("Every image is held out"),
              std::string::npos);
}

}  // namespace lorikeet::data
