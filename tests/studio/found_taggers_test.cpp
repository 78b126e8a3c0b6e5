#include "studio/found_taggers.hpp"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

void put_tagger(const base::Path& folder) {
    std::filesystem::create_directories(folder);
    base::write_whole(folder / "model.safetensors", "x");
    base::write_whole(folder / "selected_tags.csv", "x");
}

}  // namespace

TEST(FoundTaggers, FindsFoldersWithWeightsAndTagsEachOnce) {
    const support::TempFolder folder;
    const auto& at = folder.path();
    put_tagger(at / "taggers" / "vit");
    put_tagger(at / "models" / "models--SmilingWolf--wd-swinv2-tagger-v3" / "snapshots" / "0a1b");
    put_tagger(at / "models" / "a" / "b" / "c" / "d" / "too-deep");
    std::filesystem::create_directories(at / "models" / "half");
    base::write_whole(at / "models" / "half" / "model.safetensors", "x");
    const auto found =
        find_taggers({at / "taggers", at / "models", at / "taggers", at / "not-there", base::Path()}, {});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].name, "vit");
    EXPECT_EQ(found[0].folder, (at / "taggers" / "vit").string());
    EXPECT_EQ(found[1].name, "wd-swinv2-tagger-v3");
    EXPECT_EQ(find_taggers({at / "taggers" / "vit"}, {}).size(), 1U) << "the folder itself";
}

TEST(FoundTaggers, KnowsWhereTheyUsuallyLie) {
    ::setenv("HF_HOME", "/hf", 1);
    const auto folders = usual_tagger_folders("/project", "/workspace");
    ::unsetenv("HF_HOME");
    EXPECT_EQ(folders, (std::vector<base::Path>{"/project/taggers", "/project/models", "/workspace/taggers",
                                                "/workspace/models", "/hf/hub"}));
}

}  // namespace lorikeet::studio
