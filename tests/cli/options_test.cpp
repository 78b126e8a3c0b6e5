#include "cli/options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <gtest/gtest.h>

#include "settings/toml.hpp"

namespace lorikeet::cli {

namespace {

struct Parsed {
    std::string file;
    std::vector<settings::Assignment> chosen;
};

Parsed parse(std::vector<std::string> words) {
    Parsed parsed;
    CLI::App app;
    app.add_option("file", parsed.file);
    add_setting_options(app, parsed.chosen);
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    app.parse(words);
    return parsed;
}

}  // namespace

TEST(Options, EverySettingIsAnOption) {
    CLI::App app;
    std::vector<settings::Assignment> chosen;
    add_setting_options(app, chosen);
    const settings::Job job;
    for (const auto& leaf : settings::leaves(settings::schema<settings::Job>(), &job))
        EXPECT_NE(app.get_option_no_throw("--" + leaf.path), nullptr) << leaf.path;
}

TEST(Options, WhatIsSaidWinsOverTheFile) {
    const auto parsed = parse({"--optim.lr", "1e-3", "job.toml", "--data.resolution=512,768", "--set",
                               "data.subsets.0.repeats=4", "--set", "adapter.rank=8", "--sample.size", ""});
    EXPECT_EQ(parsed.file, "job.toml");
    const auto reading =
        settings::read_job("[optim]\nlr = 1e-4\n[adapter]\nrank = 4\n[[data.subsets]]\nfolder = \"a\"\n",
                           "job.toml", parsed.chosen);
    EXPECT_EQ(base::to_text(reading.problems), "");
    EXPECT_EQ(reading.job.optim.lr, 1e-3);
    EXPECT_EQ(reading.job.adapter.rank, 8);
    EXPECT_EQ(reading.job.data.resolution, (std::vector<std::int64_t>{512, 768}));
    EXPECT_EQ(reading.job.data.subsets.at(0).repeats, 4);
}

TEST(Options, SetTakesOneWordAndLeavesTheFileAlone) {
    const auto parsed = parse({"--set", "adapter.rank=8", "job.toml"});
    EXPECT_EQ(parsed.file, "job.toml");
    ASSERT_EQ(parsed.chosen.size(), 1U);
    EXPECT_EQ(parsed.chosen[0].path, "adapter.rank");
    EXPECT_EQ(parsed.chosen[0].text, "8");
}

TEST(Options, TheLastOfSeveralWins) {
    const auto parsed = parse({"--optim.lr", "1", "--optim.lr", "2"});
    ASSERT_EQ(parsed.chosen.size(), 1U);
    EXPECT_EQ(parsed.chosen[0].text, "2");
}

TEST(Options, SetWithoutAnEqualsSignIsRefused) {
    EXPECT_THROW(parse({"--set", "adapter.rank"}), CLI::ValidationError);
    EXPECT_THROW(parse({"--set", "=8"}), CLI::ValidationError);
}

TEST(Options, AValueMayHoldEqualsSignsAndBlanks) {
    const auto parsed = parse({"--set", "output.comment=a = b"});
    EXPECT_EQ(parsed.chosen.at(0).text, "a = b");
}

}  // namespace lorikeet::cli
