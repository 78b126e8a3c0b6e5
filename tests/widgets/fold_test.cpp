#include "widgets/fold.hpp"

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(Fold, IsAButtonThatTheKeyboardReaches) {
    Room room;
    SharedStyles styles(room.registry);
    Fold fold(styles, "Log", Children{});
    EXPECT_FALSE(fold.is_open());
    click(control<Button>(room.registry, "Log"));
    EXPECT_TRUE(fold.is_open());
    EXPECT_EQ(control<Button>(room.registry, "Log").state().at("icon"), "caret-down");
}

TEST(Fold, HidesWhatIsInsideUntilItIsOpened) {
    Room room;
    SharedStyles styles(room.registry);
    Children inside;
    put<Html>(inside, styles, "words");
    Fold fold(styles, "Log", std::move(inside));
    ASSERT_EQ(fold.inside().children().size(), 1U);
    EXPECT_FALSE(fold.inside().shown());
    fold.open(Shown::Yes);
    EXPECT_TRUE(fold.inside().shown());
    EXPECT_TRUE(fold.is_open());
    fold.open(Shown::No);
    EXPECT_FALSE(fold.inside().shown());
}

// A page keeps what a person opened; what it opened itself is no choice of theirs.
TEST(Fold, TellsOfThePersonAlone) {
    Room room;
    SharedStyles styles(room.registry);
    Fold fold(styles, "Log", Children{});
    std::vector<bool> heard;
    fold.on_toggle = [&] { heard.push_back(fold.is_open()); };
    fold.open(Shown::Yes);
    EXPECT_TRUE(heard.empty());
    click(control<Button>(room.registry, "Log"));
    click(control<Button>(room.registry, "Log"));
    EXPECT_EQ(heard, (std::vector<bool>{false, true}));
}

TEST(Fold, ItsSignHasWordsAndItsTitleMayChangeWhileItIsOpen) {
    Room room;
    SharedStyles styles(room.registry);
    Fold fold(styles, "Noise", Children{});
    const auto tooltip = [&](std::string_view title) {
        return control<Button>(room.registry, title).state().at("tooltip").get<std::string>();
    };
    EXPECT_EQ(tooltip("Noise"), "Show what is inside");
    fold.open(Shown::Yes);
    fold.set_title("Noise - 1 to look at");
    EXPECT_TRUE(fold.is_open());
    EXPECT_EQ(tooltip("Noise - 1 to look at"), "Fold this away");
    EXPECT_EQ(find_control<Button>(room.registry, "Noise"), nullptr);
}

}  // namespace lorikeet::widgets
