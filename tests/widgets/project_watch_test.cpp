#include "widgets/project_watch.hpp"

#include <gtest/gtest.h>

#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

TEST(ProjectWatch, CountsWhatIsThereAndWhatComes) {
    TestPageContext room;
    auto& watch = room.context->watch();
    const auto text = [&](std::size_t i) { return watch.state().items.at(i).text; };
    int told = 0;
    watch.listen([&] { ++told; });
    EXPECT_TRUE(room.loop.run_until([&] { return told > 0; }));
    EXPECT_EQ(text(0), "images");
    EXPECT_FALSE(watch.state().is_project);
    EXPECT_EQ(watch.state().place, room.folder.path().filename().string());
    const auto images = room.folder.path() / "pictures";
    std::filesystem::create_directories(images);
    base::write_whole(images / "a.png", "x");
    base::write_whole(images / "a.txt", "a cat");
    base::write_whole(images / "b.png", "x");
    EXPECT_TRUE(room.loop.run_until([&] {
        room.loop.advance(std::chrono::seconds(3));  // another notebook or a terminal may have put them there
        return text(0) == "2 images";
    }));
    EXPECT_EQ(text(1), "1 of 2 captions");
    EXPECT_EQ(watch.state().items.at(1).mark, StripMark::Part);
    room.context->type_recipe("model.checkpoint", "sd.safetensors");
    EXPECT_TRUE(room.loop.run_until([&] { return watch.state().items.at(2).mark == StripMark::Done; }));
    EXPECT_EQ(watch.state().items.at(3).mark, StripMark::Open);
}

}  // namespace lorikeet::widgets
