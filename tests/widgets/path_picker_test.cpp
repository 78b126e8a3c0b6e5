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
        return room.loop.run_until([&] { return picker.state().at("entries").size() == count; });
    };
    picker.take_message({{"kind", "open"}}, {});
    EXPECT_TRUE(lists(2));
    EXPECT_EQ(picker.state().at("open"), true);
    picker.take_message({{"kind", "into"}, {"name", "../.."}}, {});
    picker.take_message({{"kind", "into"}, {"name", "birds"}}, {});
    EXPECT_TRUE(lists(1));
    picker.take_message({{"kind", "up"}}, {});
    EXPECT_TRUE(lists(2));
    picker.take_message({{"kind", "into"}, {"name", "birds"}}, {});
    EXPECT_TRUE(lists(1));
    picker.take_message({{"kind", "choose"}, {"name", ""}}, {});
    EXPECT_EQ(told, "birds");
    EXPECT_EQ(picker.state().at("open"), false);
    for (const auto& nonsense :
         {nlohmann::json(), nlohmann::json({{"kind", 3}}), nlohmann::json({{"kind", "into"}, {"name", 3}})})
        picker.take_message(nonsense, {});
}

}  // namespace lorikeet::widgets
