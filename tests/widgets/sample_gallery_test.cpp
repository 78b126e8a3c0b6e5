#include "widgets/sample_gallery.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/image.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

using namespace std::chrono_literals;

namespace {

struct WithGallery : Room {
    WithGallery() { controls = gallery.take_controls(); }
    NewSample sample(int step) const {
        const auto file = folder.path() / fmt::format("{:06}.png", step);
        io::write_png(file, io::Image{2, 2, std::vector<std::uint8_t>(12)});
        return {{file, "a bird", step}, small_sample(file)};
    }
    std::string first_words() const {
        const auto& parts = dynamic_cast<const Box&>(*controls.at(1)).children();
        return dynamic_cast<Html&>(*dynamic_cast<const Box&>(*parts.front()).children().back()).html();
    }
    void wait_for(std::size_t shown) {
        for (int i = 0; i < 500 && gallery.shown() != shown; ++i) {
            loop.advance(10ms);
            std::this_thread::sleep_for(10ms);
        }
    }
    support::TempFolder folder;
    SharedStyles styles{registry};
    SampleGallery gallery{styles};
    Children controls;
};

}  // namespace

TEST(SampleGallery, TheNewestAreShownAndAllTheOthersAreOnePressAway) {
    WithGallery room;
    for (int step = 1; step <= 15; ++step) room.gallery.add({room.sample(step)});
    EXPECT_EQ(room.gallery.shown(), 8U);
    EXPECT_TRUE(room.gallery.earlier_button().shown());
    EXPECT_EQ(room.gallery.earlier_button().label(), "Show all 15 samples");
    click(room.gallery.earlier_button());
    room.wait_for(15);
    ASSERT_EQ(room.gallery.shown(), 15U);
    EXPECT_NE(room.first_words().find("Step 1 "), std::string::npos) << room.first_words();
    EXPECT_FALSE(room.gallery.earlier_button().shown());
    room.gallery.add({room.sample(16)});
    EXPECT_EQ(room.gallery.shown(), 16U) << "who wants to see all does not lose one";
}

TEST(SampleGallery, OfManyThatComeTogetherNoneIsForgotten) {
    WithGallery room;
    std::vector<NewSample> many;
    for (int step = 1; step <= 100; ++step) many.push_back(room.sample(step));
    room.gallery.add(many);
    EXPECT_EQ(room.gallery.known(), 100U);
    EXPECT_EQ(room.gallery.shown(), 8U);
    EXPECT_EQ(room.gallery.earlier_button().label(), "Show 40 earlier samples of 92");
    for (const auto shown : {48U, 88U, 100U}) {
        click(room.gallery.earlier_button());
        room.wait_for(shown);
        ASSERT_EQ(room.gallery.shown(), shown);
    }
    room.gallery.clear();
    EXPECT_EQ(room.gallery.shown(), 0U);
    EXPECT_FALSE(room.gallery.earlier_button().shown());
}

}  // namespace lorikeet::widgets
