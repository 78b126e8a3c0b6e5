#include "data/loader.hpp"

#include <map>

#include <gtest/gtest.h>

#include "data/batches.hpp"
#include "data/bucket.hpp"
#include "data/draw_plan.hpp"
#include "data/support.hpp"
#include "data/transform.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {
namespace {

void vary(settings::Data& data, tensor::Draws& draws) {
    data.batch = 1 + static_cast<std::int64_t>(draws.below(4));
    data.cache_latents = draws.below(2) == 0;
    for (auto& subset : data.subsets) {
        subset.repeats = 1 + static_cast<std::int64_t>(draws.below(3));
        subset.flip = draws.below(2) == 0;
        subset.shuffle_tags = draws.below(2) == 0;
        subset.caption_dropout = draws.below(2) == 0 ? 0.3 : 0;
        subset.trigger = draws.below(2) == 0 ? "trig" : "";
    }
}

// Fills the cache and says how often the VAE was asked.
int encodings(const Images& made, const std::string& identity = "fake") {
    FakeVae vae;
    vae.identity = identity;
    Loader loader(scan(made.data, kGoOnLoading).images, made.data, 1, vae.encoder());
    const auto filled = loader.fill_cache({}, kGoOnLoading);
    EXPECT_EQ(filled.encoded, static_cast<std::size_t>(vae.calls));
    return vae.calls;
}

}  // namespace

TEST(Loader, AnyNumberOfWorkersGivesTheSameBatches) {
    Images made(2, 2);
    const auto images = scan(made.data, kGoOnLoading).images;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        tensor::Draws draws(seed);
        vary(made.data, draws);
        made.data.workers = 1;
        const auto one = served(images, made.data, seed);
        made.data.workers = 2 + static_cast<std::int64_t>(draws.below(6));
        expect_same(one, served(images, made.data, seed), seed);
    }
}

// Images of four shapes, mirrored, repeated, in batches of three: one size a batch, whatever reads it.
TEST(Loader, WithBucketsABatchIsOfOneSizeAndTheSameForAnyNumberOfWorkers) {
    Images made(9);
    const std::int64_t widths[] = {40, 64, 24, 33};
    for (int i = 0; i < 9; ++i) io::write_png(made.file(i), image(i, widths[i % 4], 32));
    made.data.buckets = true;
    made.data.resolution = {24};
    made.data.batch = 3;
    made.data.subsets[0].repeats = 2;
    made.data.subsets[0].flip = true;
    const auto images = scan(made.data, kGoOnLoading).images;
    const JobCrops crops(made.data);
    std::set<std::pair<std::int64_t, std::int64_t>> sizes;
    made.data.workers = 1;
    const auto batches = served(images, made.data, 7, 3);
    std::map<std::size_t, int> shown;
    for (const auto& batch : batches)
        for (const auto index : batch.images) {
            const auto size = crops.of({images[index].width_px, images[index].height_px}, 0).size;
            EXPECT_EQ(batch.latents.mean.size(3) * 4, size.width_px);
            EXPECT_EQ(batch.latents.mean.size(2) * 4, size.height_px);
            sizes.emplace(size.width_px, size.height_px);
            ++shown[index];
        }
    EXPECT_GE(sizes.size(), 3U);
    for (const auto& [index, count] : shown) EXPECT_EQ(count, 6) << index;  // twice in each of three epochs
    EXPECT_EQ(shown.size(), 9U);
    for (const std::int64_t workers : {0, 4}) {
        made.data.workers = workers;
        expect_same(batches, served(images, made.data, 7, 3), 7);
    }
}

TEST(Loader, NamesEveryCaptionThatItMayShow) {
    Images made(2, 2);
    for (const bool varies : {true, false}) {
        for (auto& subset : made.data.subsets) {
            subset.shuffle_tags = subset.wildcards = varies;
            subset.tag_dropout = varies ? 0.2 : 0;
            subset.tag_warmup = varies ? 2 : 0;
            subset.caption_dropout = 0.3;
            subset.caption_dropout_epochs = 3;
            subset.prefix = "a {red|blue} thing,";
        }
        const auto images = scan(made.data, kGoOnLoading).images;
        FakeVae vae;
        Loader loader(images, made.data, 5, vae.encoder());
        const auto named = captions_shown(images, made.data, 5, 3, 1000).value();
        for (const auto& batch : batches_of(loader, 3))
            for (const auto& caption : batch.captions) EXPECT_TRUE(named.contains(caption)) << caption;
        EXPECT_LE(named.size(), 3 * static_cast<std::size_t>(loader.draws_per_epoch()) + 1);
        EXPECT_FALSE(captions_shown(images, made.data, 5, 3, named.size() - 1));
    }
}

TEST(Loader, EveryImageAppearsAsOftenAsItsSubsetRepeatsIt) {
    Images made(3, 2);
    const auto images = scan(made.data, kGoOnLoading).images;
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        tensor::Draws draws(seed);
        vary(made.data, draws);
        std::map<std::size_t, std::int64_t> shown;
        for (const auto& batch : served(images, made.data, seed)) {
            EXPECT_LE(static_cast<std::int64_t>(batch.images.size()), made.data.batch);
            EXPECT_EQ(batch.latents.mean.size(0), static_cast<std::int64_t>(batch.captions.size()));
            for (const auto image : batch.images) ++shown[image];
        }
        for (std::size_t p = 0; p < images.size(); ++p)
            EXPECT_EQ(shown[p], made.data.subsets[images[p].subset].repeats) << "seed " << seed;
    }
}

TEST(Loader, WithAndWithoutTheCacheLatentsAreTheSame) {
    Images made(4);
    made.data.subsets[0].flip = true;
    const auto images = scan(made.data, kGoOnLoading).images;
    const auto cached = served(images, made.data, 5, 3);
    made.data.cache_latents = false;
    expect_same(cached, served(images, made.data, 5, 3), 5);
}

TEST(Loader, AnyPlaceCanBeAskedInAnySequence) {
    Images made(5);
    made.data.batch = 2;
    FakeVae vae;
    Loader loader(scan(made.data, kGoOnLoading).images, made.data, 3, vae.encoder());
    loader.fill_cache({}, kGoOnLoading);
    const auto straight = batches_of(loader, 2);
    EXPECT_TRUE(same(loader.batch(1, 2), straight[5]));
    EXPECT_TRUE(same(loader.batch(0, 1), straight[1]));
    EXPECT_TRUE(same(loader.batch(1, 0), straight[3]));
}

TEST(Loader, MirroredImagesHaveTheLatentOfTheMirroredPixels) {
    Images made(1);
    made.data.subsets[0].flip = true;
    const auto images = scan(made.data, kGoOnLoading).images;
    at::Tensor plain, mirrored;
    for (const auto& batch : served(images, made.data, 2, 12))
        (batch.mirrored[0] == Mirrored::Yes ? mirrored : plain) = batch.latents.mean;
    ASSERT_TRUE(plain.defined() && mirrored.defined());
    EXPECT_FALSE(at::equal(plain, mirrored));
    EXPECT_TRUE(at::allclose(plain.flip({3}), mirrored, 0, 1e-6));
}

TEST(Loader, TheCacheIsFilledOnceAndSaysHowFarItIs) {
    const Images made(3);
    FakeVae vae;
    Loader loader(scan(made.data, kGoOnLoading).images, made.data, 1, vae.encoder());
    std::vector<std::size_t> told;
    const auto note = [&](std::size_t done, std::size_t total, const base::Path&) {
        told.push_back(done);
        EXPECT_EQ(total, 3U);
    };
    EXPECT_EQ(loader.fill_cache(note, kGoOnLoading).encoded, 3U);
    EXPECT_EQ(told, (std::vector<std::size_t>{1, 2, 3}));
    EXPECT_EQ(loader.fill_cache({}, kGoOnLoading).found, 3U);
    loader.batch(0, 0);
    EXPECT_EQ(vae.calls, 3);
}

TEST(Loader, NothingStaleIsServed) {
    Images made(3);
    EXPECT_EQ(encodings(made), 3);
    EXPECT_EQ(encodings(made), 0);
    io::write_png(made.file(1), image(77));
    EXPECT_EQ(encodings(made), 1);  // an edited image
    EXPECT_EQ(encodings(made, "another vae"), 3);
    made.data.resolution = {16, 24};
    EXPECT_EQ(encodings(made), 3);  // another size
    made.data.subsets[0].flip = true;
    EXPECT_EQ(encodings(made), 3);  // the mirrored ones
    made.data.background = {0, 0, 0};
    EXPECT_EQ(encodings(made), 6);
    made.data.background = {255, 255, 255};
    EXPECT_EQ(encodings(made), 0);
    std::filesystem::rename(made.file(0), made.file(9));
    EXPECT_EQ(encodings(made), 0);  // another name, the same bytes
}

// A VAE that goes over to float32 at the third image, as one does that made NaN of it in bfloat16.
TEST(Loader, LatentsAreKeptUnderTheWayTheyWereComputed) {
    const Images made(5);
    const auto images = scan(made.data, kGoOnLoading).images;
    const auto third = images[2].file;
    const auto run = [&](int& calls, Loader::Filled& filled) {
        std::string way = "bfloat16";
        const auto marked = to_pixels(fit(io::read_image(third), crop_to({40, 32}, {16, 16})));
        const Encoder encoder{[&](const at::Tensor& pixels) {
                                  ++calls;
                                  if (at::equal(pixels[0], marked)) way = "float32";
                                  const auto mean = at::avg_pool2d(pixels, {4, 4});
                                  return CachedLatents{mean, mean.abs() + 0.5};
                              },
                              [&] { return way; }};
        Loader loader(images, made.data, 1, encoder);
        filled = loader.fill_cache({}, kGoOnLoading);
        return batches_of(loader, 1);
    };
    int first_calls = 0, second_calls = 0;
    Loader::Filled first, second;
    const auto once = run(first_calls, first), again = run(second_calls, second);
    EXPECT_EQ(first.encoded, 5U);
    EXPECT_EQ(first_calls, 5);  // batches found what was kept
    EXPECT_EQ(second.found, 4U);
    EXPECT_EQ(second_calls, 1);  // the third, which changes the way again
    expect_same(once, again, 0);
    for (std::size_t i = 0; i < 5; ++i) {
        const auto sha = base::sha256_file(images[i].file);
        const auto has = [&](const char* way) {
            const FeatureCache cache(cache_folder(made.data, images[i]), way);
            return cache.has(cache.key(sha, crop_to({40, 32}, {16, 16}), Mirrored::No));
        };
        EXPECT_EQ(has("bfloat16"), i < 2) << i;
        EXPECT_EQ(has("float32"), i >= 2) << i;
    }
}

TEST(Loader, ADamagedCacheFileIsMadeAgain) {
    const Images made(2);
    EXPECT_EQ(encodings(made), 2);
    const auto folder = base::Path(made.data.subsets[0].folder) / ".lorikeet-cache";
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) std::filesystem::resize_file(entry.path(), entry.file_size() - 1);
    EXPECT_EQ(encodings(made), 2);
    EXPECT_EQ(encodings(made), 0);
}

TEST(Loader, AStopKeepsWhatIsDoneForTheNextTime) {
    const Images made(4);
    FakeVae vae;
    base::Cancel cancel;
    Loader loader(scan(made.data, kGoOnLoading).images, made.data, 1, vae.encoder());
    const auto stop_at_two = [&](std::size_t done, std::size_t, const base::Path&) {
        if (done == 2) cancel.request_stop();
    };
    EXPECT_THROW(loader.fill_cache(stop_at_two, cancel), base::Error);
    EXPECT_EQ(encodings(made), 2);
}

TEST(Loader, ALatentThatIsNotFiniteNamesItsImage) {
    const Images made(1);
    const Encode broken = [](const at::Tensor& pixels) {
        return CachedLatents{at::full({1, 4, 4, 4}, NAN), at::ones({1, 4, 4, 4}) * pixels.size(0)};
    };
    Loader loader(scan(made.data, kGoOnLoading).images, made.data, 1, {broken, [] { return "broken"; }});
    try {
        loader.fill_cache({}, kGoOnLoading);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NotFinite);
        EXPECT_NE(std::string(error.what()).find(made.file(0).string()), std::string::npos);
    }
}

TEST(ReadingBytes, AreThoseOfDecodingAtOnceAndOfPixelsThatWait) {
    const Images made(3);
    auto data = made.data;
    data.workers = 1;
    auto images = scan(data, kGoOnLoading).images;
    constexpr std::int64_t kPixels = 16 * 16 * 3 * 4;
    for (std::size_t i = 0; i < 3; ++i) images[i].decoding_bytes = 1000 * static_cast<std::int64_t>(i + 1);
    EXPECT_EQ(reading_bytes(images, data), 5000 + 3 * kPixels);  // one thread, and one that reads ahead
    data.subsets[0].flip = true;
    EXPECT_EQ(reading_bytes(images, data), 5000 + 6 * kPixels);
    EXPECT_EQ(reading_bytes({}, data), 0);
}

TEST(Loader, AnImageThatIsGoneMeanwhileIsNamed) {
    Images made(2);
    made.data.cache_latents = false;
    FakeVae vae;
    Loader loader(scan(made.data, kGoOnLoading).images, made.data, 1, vae.encoder());
    std::filesystem::remove(made.file(0));
    std::filesystem::remove(made.file(1));
    EXPECT_THROW(loader.batch(0, 0), base::Error);
    EXPECT_THROW(Loader({}, made.data, 1, vae.encoder()), base::Error);
}

}  // namespace lorikeet::data
