#include "data/cache_listing.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "data/entry_store.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::data {
namespace {

const base::Cancel kGoOnListing;

}  // namespace

TEST(CacheListing, NamesEveryEntryWithWhatItWasMadeFrom) {
    const support::TempFolder folder;
    const EntryStore store(folder.path());
    const MadeFrom latents{CacheEntryKind::Latents, "vae.safetensors", "abc", "def", "64 x 64"};
    const auto one = base::sha256("one"), old = base::sha256("old");
    store.keep(one, {{"mean", at::ones({1})}, {"std", at::ones({1})}}, latents);
    store.keep(old, {{"context", at::ones({4})}});  // as it was written before there were such words
    const auto entries = list_cache(folder.path(), kGoOnListing);
    ASSERT_EQ(entries.size(), 2U);
    for (const auto& entry : entries) {
        EXPECT_EQ(entry.condition, EntryCondition::Readable);
        EXPECT_EQ(entry.file, store.file_of(entry.key));
        EXPECT_EQ(entry.bytes, std::filesystem::file_size(entry.file));
        const bool is_new = entry.key == one;
        EXPECT_EQ(entry.made_from, is_new ? latents : (MadeFrom{CacheEntryKind::Text, {}, {}, {}, {}}));
    }
    EXPECT_TRUE(list_cache(folder.path() / "nowhere", kGoOnListing).empty());
}

TEST(CacheListing, NothingElseIsTakenForAnEntry) {
    namespace fs = std::filesystem;
    const support::TempFolder folder;
    const EntryStore store(folder.path());
    const auto key = base::sha256("one");
    store.keep(key, {{"mean", at::ones({1})}});
    const auto place = store.file_of(key).parent_path();
    base::write_whole(place / "notes.txt", "mine");
    base::write_whole(place / (base::sha256("x") + ".safetensors.bak"), "mine");
    base::write_whole(folder.path() / (key + ".safetensors"), "mine");
    const auto linked = key.substr(0, 2) + std::string(62, '0');
    fs::create_symlink(place / "notes.txt", store.file_of(linked));
    const auto others = key.substr(0, 2) == "aa" ? "bb" : "aa";
    fs::create_directory_symlink(place, folder.path() / others);
    EXPECT_EQ(list_cache(folder.path(), kGoOnListing).size(), 1U);
}

TEST(CacheListing, WhatIsDamagedOrLeftByAKillIsSaid) {
    namespace fs = std::filesystem;
    const support::TempFolder folder;
    const EntryStore store(folder.path());
    const auto key = base::sha256("one"), cut = base::sha256("cut");
    store.keep(key, {{"mean", at::ones({1})}});
    store.keep(cut, {{"mean", at::ones({1})}});
    fs::resize_file(store.file_of(cut), 10);
    const auto writing = base::temporary_of(store.file_of(key), 123),
               left = base::temporary_of(store.file_of(key), 124);
    base::write_whole(writing, "half an entry");
    base::write_whole(left, "half an entry");
    fs::last_write_time(left, fs::file_time_type::clock::now() - std::chrono::hours(1));
    int damaged = 0, leftovers = 0;
    const auto entries = list_cache(folder.path(), kGoOnListing);
    for (const auto& entry : entries) {
        damaged += entry.condition == EntryCondition::Damaged ? 1 : 0;
        leftovers += entry.condition == EntryCondition::Leftover ? 1 : 0;
    }
    EXPECT_EQ(entries.size(), 3U);
    EXPECT_EQ(damaged, 1);
    EXPECT_EQ(leftovers, 1);
}

}  // namespace lorikeet::data
