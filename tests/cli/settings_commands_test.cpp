#include <algorithm>

#include <gtest/gtest.h>

#include "cli/commands.hpp"
#include "settings/page.hpp"
#include "support/command_line.hpp"

namespace lorikeet::cli {

using support::said_to;

TEST(SettingsCommands, ThePageIsThatOfTheSettings) {
    EXPECT_EQ(said_to({"settings"}).out, settings::reference_page());
    EXPECT_EQ(said_to({"settings", "--example"}).out, settings::example_job());
}

TEST(SettingsCommands, EverySettingHasAPathAlsoInsideLists) {
    const auto paths = setting_paths();
    for (const auto* path : {"optim.lr", "data.subsets.0.folder", "sample.prompts.0.text"})
        EXPECT_NE(std::find(paths.begin(), paths.end(), path), paths.end()) << path;
}

}  // namespace lorikeet::cli
