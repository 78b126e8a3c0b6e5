#include "widgets/path_picker.hpp"

#include <gtest/gtest.h>

#include "support/working_folder.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(PathPicker, GoesUpAndInAndTypesWhatIsChosen) {
    support::TempFolder folder;
    const support::WorkingFolder here(folder.path());
    std::filesystem::create_directories(folder.path() / "birds" / "red");
    std::filesystem::create_directories(folder.path() / "cats");
    Room room;
    SharedStyles styles(room.registry);
    auto field = std::make_unique<Text>(styles, ControlText{"Folder", {}, {}});
    auto& text = *field;
    std::string told;
    text.on_change = [&] { told = text.value(); };
    const auto row = with_picker(styles, std::move(field), studio::PathKind::Folder, "Folder");
    auto& picker = dynamic_cast<PathPicker&>(*row->children().back());
    const auto lists = [&](std::size_t count) {
        return room.loop.run_until(
            [&] { return picker.list() != nullptr && picker.list()->state().at("entries").size() == count; });
    };
    const auto ask = [&](const nlohmann::json& message) {
        room.registry.find(picker.list()->id())->take_message(message, {});
        room.loop.run();
    };
    click(picker.button());
    ASSERT_TRUE(lists(2));
    for (const auto& nonsense :
         {nlohmann::json(), nlohmann::json({{"kind", 3}}), nlohmann::json({{"kind", "into"}, {"name", 3}})})
        ask(nonsense);
    ask({{"kind", "into"}, {"name", "../.."}});
    ask({{"kind", "into"}, {"name", "birds"}});
    ASSERT_TRUE(lists(1));
    ask({{"kind", "up"}});
    ASSERT_TRUE(lists(2));
    ask({{"kind", "close"}});
    EXPECT_EQ(picker.list(), nullptr);
    click(picker.button());
    ASSERT_TRUE(lists(2));
    ask({{"kind", "into"}, {"name", "birds"}});
    ASSERT_TRUE(lists(1));
    ask({{"kind", "choose"}, {"name", ""}});
    EXPECT_EQ(told, "birds");
    EXPECT_EQ(picker.list(), nullptr);
}

}  // namespace lorikeet::widgets
