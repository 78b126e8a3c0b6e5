#include "data/entry_store.hpp"

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
