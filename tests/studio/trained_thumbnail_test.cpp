#include "studio/trained_thumbnail.hpp"

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(TrainedThumbnail, IsTheCropAndNotTheImage) {
    const support::TempFolder temp;
    const auto file = temp.path() / "wide.png";
    io::write_png(file, io::Image{400, 200, std::vector<std::uint8_t>(400 * 200 * 3, 90)});
    const data::Crop crop{{400, 200}, {128, 64}, {64, 64}};
    const auto png = trained_thumbnail(file, crop);
    base::write_whole(temp.path() / "small.png", png);
    const auto small = io::read_image(temp.path() / "small.png");
    EXPECT_EQ(small.width_px, 64);
    EXPECT_EQ(small.height_px, 64);
    std::filesystem::remove(file);
    EXPECT_EQ(trained_thumbnail(file, crop), "") << "it is gone";
}

}  // namespace lorikeet::studio
