#include "widgets/project_cards.hpp"

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(ProjectCards, ShowFirstImagesAndTellWhatIsAskedFor) {
    support::TempFolder folder;
    io::write_png(folder.path() / "a.png", io::Image{4, 4, std::vector<std::uint8_t>(48, 90)});
    Room room;
    SharedStyles styles(room.registry);
    ProjectCards cards(styles);
    ProjectCard bird{{"bird", folder.path() / "bird", "", true}, {}};
    bird.progress.images = 1;
    bird.progress.dataset = folder.path();
    bird.progress.first_images = {"a.png"};
    cards.show({bird});
    const auto card = cards.state().at("cards")[0];
    EXPECT_EQ(card.at("facts"), "1 image");
    EXPECT_EQ(card.at("open"), true);
    cards.take_message({{"kind", "want"}, {"ids", card.at("images")}}, {});
    EXPECT_TRUE(room.loop.run_until([&] {
        const auto said = room.channel.of(cards.id(), "message");
        return !said.empty() && said.front().parts.size() == 1;
    }));
    std::string told;
    cards.on_rename = [&](const studio::Project& project, const std::string& name) {
        told = project.name + " to " + name;
    };
    cards.take_message({{"kind", "rename"}, {"id", card.at("id")}, {"name", "owl"}}, {});
    EXPECT_EQ(told, "bird to owl");
    bool done = false;
    cards.ask(folder.path() / "bird", "Delete it?", "Delete", [&] { done = true; });
    EXPECT_EQ(cards.state().at("ask").at("id"), card.at("id"));
    cards.take_message({{"kind", "keep"}}, {});
    cards.take_message({{"kind", "yes"}}, {});
    EXPECT_FALSE(done);
    cards.ask(folder.path() / "bird", "Delete it?", "Delete", [&] { done = true; });
    cards.take_message({{"kind", "yes"}}, {});
    EXPECT_TRUE(done);
}

}  // namespace lorikeet::widgets
