#include "tag/square_loader.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::tag {

namespace {

io::Image grey(std::uint8_t value) { return {8, 6, std::vector<std::uint8_t>(144, value)}; }

}  // namespace

TEST(SquareLoader, HandsOutAllInTheirOrderWithAnyNumberOfThreads) {
    const support::TempFolder folder;
    std::vector<base::Path> files;
    for (int i = 0; i < 23; ++i) {
        files.push_back(folder.path() / (std::to_string(i) + ".png"));
        if (i == 7) {
            base::write_whole(files.back(), "no image");
        } else {
            io::write_png(files.back(), grey(static_cast<std::uint8_t>(i * 10)));
        }
    }
    for (const std::size_t threads : {1U, 3U, 40U}) {
        SquareLoader loader(files, 8, threads, 4);
        std::size_t next = 0;
        for (auto some = loader.next(5); !some.empty(); some = loader.next(5))
            for (const auto& loaded : some) {
                ASSERT_EQ(loaded.index, next);
                if (next == 7) {
                    ASSERT_TRUE(loaded.trouble);
                    EXPECT_EQ(loaded.trouble->where, files[7].string());
                    EXPECT_FALSE(loaded.square);
                } else {
                    ASSERT_TRUE(loaded.square);
                    EXPECT_EQ(loaded.square->rgb[3 * (8 * 4 + 4)], next * 10);
                    EXPECT_EQ(loaded.square->rgb[0], 255) << "padded with white";
                }
                ++next;
            }
        EXPECT_EQ(next, files.size());
    }
}

TEST(SquareLoader, CanBeLeftInTheMiddle) {
    const support::TempFolder folder;
    const auto file = folder.path() / "a.png";
    io::write_png(file, grey(9));
    SquareLoader loader(std::vector<base::Path>(50, file), 8, 2, 3);
    EXPECT_EQ(loader.next(2).size(), 2U);
    SquareLoader none({}, 8, 2, 3);
    EXPECT_TRUE(none.next(1).empty());
}

}  // namespace lorikeet::tag
