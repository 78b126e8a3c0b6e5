#include "base/log.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::base {

TEST(Log, AFileTakesEveryLineEvenWhenTheTerminalIsQuiet) {
    const support::TempFolder folder;
    const auto file = folder.path() / "log.txt";
    add_log_file(file);
    set_log_level(LogLevel::Quiet);
    log_info("a quiet line {with braces}");
    set_log_level(LogLevel::Normal);
    const auto text = read_text(file);
    EXPECT_NE(text.find("  a quiet line {with braces}\n"), std::string::npos) << text;
}

}  // namespace lorikeet::base
