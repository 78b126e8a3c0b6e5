#include "studio/graphics_card.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(GraphicsCards, NoDriverIsNoTrouble) {
    const support::TempFolder folder;
    Surroundings here;
    here.root = folder.path();
    here.ask_driver = false;
    const auto cards = look_at_card(here);
    EXPECT_TRUE(cards.names.empty());
    EXPECT_EQ(cards.driver, "");
    here.ask_driver = true;  // whatever this machine has: nothing is thrown
    EXPECT_NO_THROW(look_at_card(here));
}

}  // namespace lorikeet::studio
