#include "train/cache_use.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "data/cache_listing.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "train/loop.hpp"

namespace lorikeet::train {

namespace {

std::set<std::string> kept_keys(const settings::Job& job) {
    std::set<std::string> keys;
    for (const auto& entry : data::list_cache(job.data.cache_folder, base::Cancel())) keys.insert(entry.key);
    return keys;
}

}  // namespace

// Nothing that a training keeps is taken for unused.
TEST(CacheUse, NamesEveryEntryThatATrainingKeeps) {
    const support::SmallJob small;
    auto job = small.job();
    job.data.subsets[0].flip = true;
    job.adapter.train_text = false;
    job.train.epochs = 1;
    job.sample.prompts = {{"a bird", "", 1}};
    support::RunListener listener;
    train(job, RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse), Start::Fresh,
          listener, listener.cancel);
    const auto kept = kept_keys(job);
    EXPECT_GT(kept.size(), 10U);
    const auto wanted = cache_keys_of(job, base::Cancel());
    for (const auto& key : kept) EXPECT_TRUE(wanted.contains(key)) << key;
    job.data.resolution = {128};
    const auto others = cache_keys_of(job, base::Cancel());
    std::size_t latents = 0;
    for (const auto& key : kept) latents += others.contains(key) ? 0 : 1;
    EXPECT_EQ(latents, 10U);  // captions are the same at any size
}

// Also of images that are held out, by a share or in a folder of their own.
TEST(CacheUse, NamesWhatTheValidationKeeps) {
    const support::SmallJob small;
    auto job = small.job();
    const auto own = small.folder() / "own";
    std::filesystem::create_directories(own);
    for (const auto* name : {"image0.png", "image0.txt"})
        std::filesystem::rename(small.folder() / "pictures" / name, own / name);
    job.data.subsets.push_back(job.data.subsets[0]);
    job.data.subsets[1].folder = own.string();
    job.data.subsets[1].validation = true;
    job.data.validation.share = 0.3;
    job.train.epochs = 1;
    support::RunListener listener;
    train(job, RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse), Start::Fresh,
          listener, listener.cancel);
    const auto wanted = cache_keys_of(job, base::Cancel());
    const auto kept = kept_keys(job);
    EXPECT_GE(kept.size(), 5U);
    for (const auto& key : kept) EXPECT_TRUE(wanted.contains(key)) << key;
}

TEST(CacheUse, OfAJobThatCannotBeReadIsSaid) {
    const support::SmallJob small;
    auto job = small.job();
    job.model.checkpoint = "nowhere.safetensors";
    EXPECT_THROW(cache_keys_of(job, base::Cancel()), base::Error);
}

}  // namespace lorikeet::train
