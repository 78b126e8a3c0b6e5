#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "support/command_line.hpp"
#include "support/small_job.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

namespace {

namespace fs = std::filesystem;

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

// An entry that is cut off: every clean removes it.
base::Path write_broken_entry(const base::Path& images) {
    const auto key = base::sha256("broken");
    const auto folder = images / ".lorikeet-cache" / key.substr(0, 2);
    fs::create_directories(folder);
    base::write_whole(folder / (key + ".safetensors"), "cut off");
    return folder / (key + ".safetensors");
}

}  // namespace

TEST(CacheCommands, ListAndCleanSayWhatThereIsAndWhatGoes) {
    const support::SmallJob small;
    const auto images = small.folder() / "pictures";
    EXPECT_TRUE(says(said_to({"cache", "list", images.string()}).out, "There is no cache in"));
    const auto entry = write_broken_entry(images);
    const auto listed = said_to({"cache", "list", images.string()});
    EXPECT_EQ(listed.code, 0) << listed.err;
    EXPECT_TRUE(says(listed.out, "damaged") && says(listed.out, "1 entry")) << listed.out;
    const auto asked = said_to({"cache", "clean", images.string(), "--unused"});
    EXPECT_TRUE(says(asked.out, "1 entry would go and free") && says(asked.out, "--apply")) << asked.out;
    EXPECT_TRUE(fs::exists(entry));
    const auto done = said_to({"cache", "clean", images.string(), "--unused", "--apply"});
    EXPECT_EQ(done.code, 0) << done.err;
    EXPECT_TRUE(says(done.out, "Removed 1 entry")) << done.out;
    EXPECT_FALSE(fs::exists(entry));
    EXPECT_TRUE(
        says(said_to({"cache", "clean", images.string(), "--all"}).out, "There is nothing to remove."));
}

TEST(CacheCommands, SpeakJson) {
    const support::SmallJob small;
    const auto images = small.folder() / "pictures";
    write_broken_entry(images);
    EXPECT_EQ(nlohmann::json::parse(said_to({"cache", "list", images.string(), "--json"}).out)["entries"], 1);
    const auto asked = said_to({"cache", "clean", images.string(), "--all", "--json"});
    EXPECT_EQ(nlohmann::json::parse(asked.out)["bytes"], 7);
    const auto done = said_to({"cache", "clean", images.string(), "--all", "--json", "--apply"});
    EXPECT_EQ(nlohmann::json::parse(done.out)["entries"], 1);
    const auto nothing = said_to({"cache", "clean", images.string(), "--all", "--json", "--apply"});
    EXPECT_EQ(nlohmann::json::parse(nothing.out)["entries"], 0) << nothing.out;
}

TEST(CacheCommands, WhatIsNotUnderstoodIsSaidAndNothingGoes) {
    const support::SmallJob small;
    const auto images = small.folder() / "pictures";
    const auto entry = write_broken_entry(images);
    const auto nothing = said_to({"cache", "clean", images.string(), "--apply"});
    EXPECT_EQ(nothing.code, 2);
    EXPECT_TRUE(says(nothing.err, "--older-than 30d")) << nothing.err;
    for (const auto* time : {"30", "d", "-1d", "30 years"})
        EXPECT_EQ(said_to({"cache", "clean", images.string(), "--older-than", time, "--apply"}).code, 2)
            << time;
    EXPECT_EQ(said_to({"cache", "list", (images / "nowhere").string()}).code, 2);
    EXPECT_TRUE(fs::exists(entry));
}

}  // namespace lorikeet::cli
