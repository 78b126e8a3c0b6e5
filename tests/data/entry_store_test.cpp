#include "data/entry_store.hpp"

#include <chrono>
#include <fstream>
#include <limits>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::data {

namespace {

const std::string kKey = base::sha256("a caption");

}  // namespace

TEST(EntryStore, GivesBackWhatItKeptInEveryType) {
    const support::TempFolder folder;
    const EntryStore store(folder.path());
    EXPECT_FALSE(store.has(kKey));
    const auto context = at::randn({1, 3, 4}).to(at::kBFloat16);
    store.keep(kKey, {{"context", context}, {"pooled", at::ones({2})}});
    const auto entry = store.find(kKey);
    ASSERT_TRUE(entry);
    EXPECT_EQ(entry->size(), 2U);
    EXPECT_EQ(entry->at("context").scalar_type(), at::kBFloat16);
    EXPECT_TRUE(at::equal(entry->at("context"), context));
}

TEST(EntryStore, ADamagedEntryCountsAsMissingAndIsWrittenOver) {
    const support::TempFolder folder;
    const EntryStore store(folder.path());
    store.keep(kKey, {{"context", at::ones({64})}});
    {
        std::fstream file(store.file_of(kKey), std::ios::in | std::ios::out | std::ios::binary);
        file.seekp(-1, std::ios::end);
        file.put('x');
    }
    EXPECT_FALSE(store.has(kKey));
    store.keep(kKey, {{"context", at::ones({64})}});
    EXPECT_TRUE(store.has(kKey));
}

TEST(EntryStore, AnEntryThatIsNotFiniteCountsAsMissing) {
    const support::TempFolder folder;
    const EntryStore store(folder.path());
    for (const auto type : {at::kFloat, at::kBFloat16}) {
        auto latent = at::ones({64}, type);
        store.keep(kKey, {{"mean", latent}});
        EXPECT_TRUE(store.has(kKey));
        latent[63] = std::numeric_limits<float>::quiet_NaN();
        store.keep(kKey, {{"mean", latent}});
        EXPECT_FALSE(store.has(kKey));
    }
}

TEST(EntryStore, TellsWhatIsMissingFromWhatIsDamagedAndWhatWasUsed) {
    namespace fs = std::filesystem;
    const support::TempFolder folder;
    const EntryStore store(folder.path());
    EXPECT_EQ(store.look_up(kKey), EntryState::Missing);
    store.keep(kKey, {{"mean", at::ones({4})}}, {CacheEntryKind::Latents, "vae.safetensors", {}, {}, {}});
    const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(1000);
    fs::last_write_time(store.file_of(kKey), long_ago);
    EXPECT_TRUE(store.has(kKey));
    EXPECT_EQ(fs::last_write_time(store.file_of(kKey)), long_ago);
    EXPECT_EQ(store.look_up(kKey), EntryState::Sound);
    EXPECT_GT(fs::last_write_time(store.file_of(kKey)), long_ago + std::chrono::hours(999));
    fs::resize_file(store.file_of(kKey), 50);
    EXPECT_EQ(store.look_up(kKey), EntryState::Damaged);
}

TEST(EntryStore, AnEntryUnderAnothersNameIsNotServed) {
    const support::TempFolder folder;
    const EntryStore store(folder.path());
    store.keep(kKey, {{"context", at::ones({4})}});
    const auto other = base::sha256("another caption");
    std::filesystem::create_directories(store.file_of(other).parent_path());
    std::filesystem::copy(store.file_of(kKey), store.file_of(other));
    EXPECT_FALSE(store.has(other));
}

}  // namespace lorikeet::data
