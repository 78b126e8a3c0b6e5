// What the loader keeps in its cache, and finds there again.
#include <csignal>
#include <set>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "base/error.hpp"
#include "data/cache_listing.hpp"
#include "data/loader.hpp"
#include "data/support.hpp"
#include "support/kohya_files.hpp"

namespace lorikeet::data {
namespace {

const base::Cancel kGoOnCaching;

int encodings_of(const Images& made) {
    FakeVae vae;
    Loader loader(scan(made.data, kGoOnCaching).images, made.data, 1, vae.encoder());
    loader.fill_cache({}, kGoOnCaching);
    return vae.calls;
}

}  // namespace

// Their content is what they are found by.
TEST(LoaderCache, TheCacheIsFoundAgainAfterTheFolderWasMovedOrCopied) {
    namespace fs = std::filesystem;
    Images made(3);
    EXPECT_EQ(encodings_of(made), 3);
    const base::Path before = made.data.subsets[0].folder;
    fs::copy(before, made.folder.path() / "copy", fs::copy_options::recursive);
    made.data.subsets[0].folder = (made.folder.path() / "copy").string();
    EXPECT_EQ(encodings_of(made), 0);
    fs::rename(before, made.folder.path() / "moved");
    made.data.subsets[0].folder = (made.folder.path() / "moved").string();
    EXPECT_EQ(encodings_of(made), 0);
}

TEST(LoaderCache, SaysHowManyEntriesWereDamaged) {
    const Images made(4);
    EXPECT_EQ(encodings_of(made), 4);
    const auto folder = base::Path(made.data.subsets[0].folder) / kCacheFolderName;
    std::vector<base::Path> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) files.push_back(entry.path());
    std::filesystem::resize_file(files.at(0), 20);        // cut off
    std::filesystem::copy_file(files.at(2), files.at(1),  // another's
                               std::filesystem::copy_options::overwrite_existing);
    FakeVae vae;
    Loader loader(scan(made.data, kGoOnCaching).images, made.data, 1, vae.encoder());
    const auto filled = loader.fill_cache({}, kGoOnCaching);
    EXPECT_EQ(filled.damaged, 2U);
    EXPECT_EQ(filled.encoded, 2U);
    EXPECT_EQ(filled.found, 2U);
}

// A limit on the size of files does what a full disk does.
TEST(LoaderCache, AFullDiskKeepsWhatIsFinishedAndLeavesNothingHalf) {
    const Images made(3);
    rlimit before{};
    ::getrlimit(RLIMIT_FSIZE, &before);
    ::signal(SIGXFSZ, SIG_IGN);
    FakeVae vae;
    Loader loader(scan(made.data, kGoOnCaching).images, made.data, 1, vae.encoder());
    const auto fill_the_disk_at_two = [&](std::size_t done, std::size_t, const base::Path&) {
        const rlimit full{100, before.rlim_max};
        if (done == 2) ::setrlimit(RLIMIT_FSIZE, &full);
    };
    auto code = base::ErrorCode::Internal;
    try {
        loader.fill_cache(fill_the_disk_at_two, kGoOnCaching);
    } catch (const base::Error& error) {
        code = error.code();
    }
    ::setrlimit(RLIMIT_FSIZE, &before);
    EXPECT_EQ(code, base::ErrorCode::NoSpace);
    const auto entries = list_cache(base::Path(made.data.subsets[0].folder) / kCacheFolderName, kGoOnCaching);
    EXPECT_EQ(entries.size(), 2U);
    for (const auto& entry : entries) EXPECT_EQ(entry.condition, EntryCondition::Readable);
    EXPECT_EQ(encodings_of(made), 1);
}

TEST(LoaderCache, EntriesTellWhatTheyWereMadeFromAndWhichAreWanted) {
    Images made(2);
    made.data.subsets[0].flip = true;
    const auto images = scan(made.data, kGoOnCaching).images;
    FakeVae vae;
    auto encoder = vae.encoder();
    encoder.name = "vae.safetensors";
    Loader loader(images, made.data, 1, encoder);
    loader.fill_cache({}, kGoOnCaching);
    std::set<std::string> keys;
    for (const auto& entry : list_cache(cache_folder(made.data, images[0]), kGoOnCaching)) {
        keys.insert(entry.key);
        EXPECT_EQ(entry.made_from.kind, CacheEntryKind::Latents);
        EXPECT_EQ(entry.made_from.model, "vae.safetensors");
        EXPECT_EQ(entry.made_from.computed, "fake");
        EXPECT_EQ(entry.made_from.size, "16 x 16");
        EXPECT_TRUE(entry.made_from.image == images[0].sha256 || entry.made_from.image == images[1].sha256);
    }
    EXPECT_EQ(keys.size(), 4U);
    EXPECT_EQ(loader.cache_keys({"fake"}, kGoOnCaching), keys);
    EXPECT_EQ(loader.cache_keys({"fake", "another"}, kGoOnCaching).size(), 8U);
}

// p0 has latents that fit, p1 such of another size, p2 none.
TEST(LoaderCache, LatentsOfSdScriptsAreUsedWhereTheyFitAndToldWhyNot) {
    Images made(3);
    support::write_kohya_latents(made.file(0), {40, 32}, {2, 4, 4}, {0, 1, 16, 13.8});
    support::write_kohya_latents(made.file(1), {40, 32}, {2, 5, 4}, {0, 1, 16, 13.8});
    const auto images = scan(made.data, kGoOnCaching).images;
    const auto fill = [&](FakeVae& vae) {
        auto encoder = vae.encoder();
        encoder.kohya = {"_sd.npz", 2, 4};
        Loader loader(images, made.data, 1, encoder);
        const auto filled = loader.fill_cache({}, kGoOnCaching);
        for (std::int64_t i = 0; i < 3; ++i) {
            const auto batch = loader.batch(0, i);
            if (filled.kohya > 0 && batch.images[0] == 0) {
                EXPECT_TRUE(at::equal(batch.latents.mean.flatten(), at::arange(32).to(at::kFloat)));
                EXPECT_EQ(batch.latents.std.abs().max().item<float>(), 0);
            }
        }
        return filled;
    };
    FakeVae off, on, again;
    EXPECT_EQ(fill(off).kohya, 0U);
    EXPECT_EQ(off.calls, 3);
    std::filesystem::remove_all(cache_folder(made.data, images[0]));
    made.data.kohya_latents = true;
    const auto filled = fill(on);
    EXPECT_EQ(filled.kohya, 1U);
    EXPECT_EQ(on.calls, 2);
    ASSERT_EQ(filled.kohya_refused.size(), 1U);
    EXPECT_EQ(filled.kohya_refused.begin()->first, "of another size");
    EXPECT_EQ(filled.kohya_refused.begin()->second, std::vector<std::string>{"p1.png"});
    EXPECT_EQ(fill(again).found, 3U);
    EXPECT_EQ(again.calls, 0);
}

}  // namespace lorikeet::data
