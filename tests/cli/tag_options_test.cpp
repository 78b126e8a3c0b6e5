#include <gtest/gtest.h>

#include "base/text.hpp"
#include "cli/app.hpp"
#include "settings/field.hpp"
#include "settings/tagging.hpp"

namespace lorikeet::cli {

TEST(TagOptions, EverySettingIsAnOption) {
    const auto help = help_text("tag");
    for (const auto& field : settings::schema<settings::Tagging>().fields) {
        const auto words = base::replace_all(std::string(field.key), "_", "-");
        const auto option = words == "recursive" ? "--no-recursive" : "--" + words;
        EXPECT_NE(help.find(option), std::string::npos) << option;
    }
    EXPECT_NE(help.find("skip|append|overwrite"), std::string::npos);
}

}  // namespace lorikeet::cli
