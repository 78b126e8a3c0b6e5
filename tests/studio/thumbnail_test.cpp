#include "studio/thumbnail.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/image.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

io::Image grey(std::int64_t width, std::int64_t height, std::uint8_t shade) {
    return {width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(width * height * 3), shade)};
}

io::Image seen(const std::string& jpeg) {
    return io::decode_image(std::as_bytes(std::span(jpeg)), "thumbnail");
}

}  // namespace

TEST(Thumbnail, IsAtMost256PixelsAndKeepsItsForm) {
    support::TempFolder folder;
    io::write_png(folder.path() / "wide.png", grey(1024, 300, 90));
    io::write_png(folder.path() / "small.png", grey(20, 30, 90));
    const auto wide = seen(thumbnail(folder.path(), "wide.png"));
    EXPECT_EQ(wide.width_px, 256);
    EXPECT_EQ(wide.height_px, 75);
    EXPECT_NEAR(wide.rgb[0], 90, 2);
    EXPECT_EQ(seen(thumbnail(folder.path(), "small.png")).height_px, 30);
}

TEST(Thumbnail, IsKeptUntilTheImageChanges) {
    support::TempFolder folder;
    const auto file = folder.path() / "a.png";
    io::write_png(file, grey(512, 512, 10));
    const auto dark = thumbnail(folder.path(), "a.png");
    const auto cache = folder.path() / ".lorikeet-cache" / "thumbnails";
    ASSERT_TRUE(fs::is_directory(cache));
    for (const auto& entry : fs::recursive_directory_iterator(cache))
        if (entry.is_regular_file()) fs::resize_file(entry.path(), 100);
    EXPECT_EQ(thumbnail(folder.path(), "a.png"), dark) << "one that was cut off is made again";
    io::write_png(file, grey(512, 512, 200));
    fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::seconds(5));
    EXPECT_NEAR(seen(thumbnail(folder.path(), "a.png")).rgb[0], 200, 2);
}

TEST(Thumbnail, OfWhatIsNoImageIsAnError) {
    support::TempFolder folder;
    base::write_whole(folder.path() / "a.png", "not an image");
    EXPECT_THROW(static_cast<void>(thumbnail(folder.path(), "a.png")), base::Error);
}

}  // namespace lorikeet::studio
