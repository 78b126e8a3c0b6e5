// What a loader serves, and whether it is the same.
#pragma once

#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "data/loader.hpp"
#include "data/support.hpp"

namespace lorikeet::data {

inline const base::Cancel kGoOnLoading;

inline bool same(const Batch& a, const Batch& b) {
    const bool same_masks = a.masks.defined() == b.masks.defined() &&
                            (!a.masks.defined() || at::equal(a.masks, b.masks));
    return same_masks && at::equal(a.latents.mean, b.latents.mean) &&
           at::equal(a.latents.std, b.latents.std) && at::equal(a.sizes, b.sizes) &&
           a.captions == b.captions && a.images == b.images && a.mirrored == b.mirrored &&
           a.epoch == b.epoch && a.index == b.index;
}

inline std::vector<Batch> batches_of(Loader& loader, std::int64_t epochs) {
    std::vector<Batch> batches;
    for (std::int64_t epoch = 0; epoch < epochs; ++epoch)
        for (std::int64_t i = 0; i < loader.batches_per_epoch(); ++i)
            batches.push_back(loader.batch(epoch, i));
    return batches;
}

inline void expect_same(const std::vector<Batch>& a, const std::vector<Batch>& b, std::uint64_t seed) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_TRUE(same(a[i], b[i])) << "seed " << seed << ", batch " << i;
}

inline std::vector<Batch> served(const std::vector<DatasetImage>& images, const settings::Data& data,
                                 std::uint64_t seed, std::int64_t epochs = 1) {
    FakeVae vae;
    Loader loader(images, data, seed, vae.encoder());
    loader.fill_cache({}, kGoOnLoading);
    return batches_of(loader, epochs);
}

}  // namespace lorikeet::data
