#include "data/feature_cache.hpp"

#include <fstream>
#include <set>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::data {
namespace {

CachedLatents moments() {
    return {at::arange(24).to(at::kFloat).reshape({2, 3, 4}), at::full({2, 3, 4}, 0.25F)};
}

// Not as base::write_whole does it: hundreds of these need not reach the disk.
void write(const base::Path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

}  // namespace

TEST(FeatureCache, GivesBackWhatWasKept) {
    const support::TempFolder folder;
    const FeatureCache cache(folder.path(), "vae");
    const auto key = cache.key("picture", crop_to({64, 64}, {64, 48}), Mirrored::No);
    EXPECT_FALSE(cache.has(key));
    cache.keep(key, moments());
    const auto found = cache.find(key);
    ASSERT_TRUE(found.has_value());
    EXPECT_TRUE(at::equal(found->mean, moments().mean));
    EXPECT_TRUE(at::equal(found->std, moments().std));
}

TEST(FeatureCache, WhateverDiffersHasAnotherKey) {
    const FeatureCache cache("x", "vae"), other("x", "another vae");
    auto resized = crop_to({64, 64}, {64, 48});  // as without upscaling: to the same size by another way
    resized.resized = {72, 72};
    const std::set<std::string> keys{
        cache.key("picture", crop_to({64, 64}, {64, 48}), Mirrored::No),
        cache.key("picture", resized, Mirrored::No),
        cache.key("picture", crop_to({64, 64}, {64, 48}), Mirrored::No, "profile 1"),
        cache.key("edited", crop_to({64, 64}, {64, 48}), Mirrored::No),
        cache.key("picture", crop_to({64, 64}, {48, 64}), Mirrored::No),
        cache.key("picture", crop_to({64, 64}, {64, 48}), Mirrored::Yes),
        other.key("picture", crop_to({64, 64}, {64, 48}), Mirrored::No)};
    EXPECT_EQ(keys.size(), 7U);
}

TEST(FeatureCache, AnEntryDamagedAnywhereIsAMiss) {
    const support::TempFolder folder;
    const FeatureCache cache(folder.path(), "vae");
    const auto key = cache.key("picture", crop_to({64, 64}, {64, 48}), Mirrored::No);
    cache.keep(key, moments());
    const auto file = cache.file_of(key);
    const auto whole = base::read_text(file);
    for (std::size_t at = 0; at < whole.size(); at += 7) {
        auto broken = whole;
        broken[at] = static_cast<char>(broken[at] ^ 0x10);
        write(file, broken);
        const auto found = cache.find(key);
        const bool right = !found ||
                           (at::equal(found->mean, moments().mean) && at::equal(found->std, moments().std));
        EXPECT_TRUE(right) << at;
        write(file, whole.substr(0, at));
        EXPECT_FALSE(cache.has(key)) << at;
    }
    cache.keep(key, moments());
    EXPECT_TRUE(cache.has(key));
}

TEST(FeatureCache, AnEntryUnderAnothersNameIsAMiss) {
    const support::TempFolder folder;
    const FeatureCache cache(folder.path(), "vae");
    const auto right = cache.key("picture", crop_to({64, 64}, {64, 48}), Mirrored::No),
               wrong = cache.key("other", crop_to({64, 64}, {64, 48}), Mirrored::No);
    cache.keep(right, moments());
    std::filesystem::create_directories(cache.file_of(wrong).parent_path());
    std::filesystem::copy_file(cache.file_of(right), cache.file_of(wrong));
    EXPECT_FALSE(cache.has(wrong));
}

TEST(FeatureCache, AFolderThatCannotBeWrittenIsSaid) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "file", "x");
    const FeatureCache cache(folder.path() / "file", "vae");
    try {
        cache.keep(cache.key("picture", crop_to({64, 64}, {64, 48}), Mirrored::No), moments());
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::InvalidInput);
        EXPECT_NE(error.hint().find("data.cache_folder"), std::string::npos);
    }
}

}  // namespace lorikeet::data
