#include "settings/page.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "settings/toml.hpp"
#include "support/places.hpp"

namespace lorikeet::settings {

TEST(Page, TheDocumentIsUpToDate) {
    const base::Path file = support::root() / "docs" / "settings.md";
    EXPECT_TRUE(base::read_text(file) == reference_page())
        << "docs/settings.md is stale. Renew it: lorikeet settings > docs/settings.md";
}

TEST(Page, NamesEverySetting) {
    const auto page = reference_page();
    Job job;
    job.data.subsets.resize(1);
    job.sample.prompts.resize(1);
    for (const auto& leaf : leaves(schema<Job>(), &job)) {
        EXPECT_NE(page.find("| `" + std::string(leaf.field->key) + "` |"), std::string::npos) << leaf.path;
        EXPECT_NE(page.find(base::replace_all(std::string(leaf.field->what), "|", "\\|")), std::string::npos)
            << leaf.path;
    }
}

TEST(Page, TheExampleIsAJobOfDefaults) {
    const auto reading = read_job(example_job(), "example");
    EXPECT_EQ(base::to_text(reading.problems), "");
    Job expected;
    expected.data.subsets.resize(1);
    expected.data.subsets[0].folder = "pictures";
    EXPECT_TRUE(difference(expected, reading.job).empty());
}

TEST(Presets, EachIsAJob) {
    int count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(support::root() / "presets")) {
        if (entry.path().extension() != ".toml") continue;
        const auto reading = read_job_file(entry.path());
        EXPECT_EQ(base::to_text(reading.problems), "");
        EXPECT_EQ(reading.job.output.name.find("my-lora"), std::string::npos) << entry.path();
        ++count;
    }
    EXPECT_GE(count, 3);
}

}  // namespace lorikeet::settings
