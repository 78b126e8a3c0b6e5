#include "studio/cache_desk.hpp"

#include <chrono>
#include <stdexcept>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "data/cache_lock.hpp"
#include "data/entry_store.hpp"
#include "data/loader.hpp"
#include "settings/toml.hpp"
#include "studio/thumbnail.hpp"
#include "support/small_job.hpp"

namespace lorikeet::studio {
namespace {

namespace fs = std::filesystem;

const base::Cancel kGoOnTidying;
constexpr double kDayS = 86400;

// A dataset with a cache: latents of an image that is there and of one that is not, a caption, a damaged entry, a
// thumbnail, and files that are nobody's business.
struct CachePlace {
    support::SmallJob small;
    base::Path images = small.folder() / "pictures";
    base::Path cache = images / data::kCacheFolderName;
    data::EntryStore store{cache};
    std::string there = base::sha256("there"), gone = base::sha256("gone"), text = base::sha256("text"),
                broken = base::sha256("broken");

    CachePlace() {
        const auto image = base::sha256_file(images / "image0.png");
        const auto vae = base::sha256("vae") + " bfloat16";
        store.keep(there, {{"mean", at::ones({8})}, {"std", at::ones({8})}},
                   {data::CacheEntryKind::Latents, "vae.safetensors", vae, image, "64 x 64"});
        store.keep(
            gone, {{"mean", at::ones({8})}, {"std", at::ones({8})}},
            {data::CacheEntryKind::Latents, "vae.safetensors", vae, base::sha256("another"), "64 x 64"});
        store.keep(text, {{"context", at::ones({8})}},
                   {data::CacheEntryKind::Text,
                    "model.safetensors",
                    base::sha256("towers") + " float32 cpu",
                    {},
                    {}});
        store.keep(broken, {{"context", at::ones({8})}});
        fs::resize_file(store.file_of(broken), 12);
        thumbnail(images, "image1.png");
        base::write_whole(cache / "mine.txt", "mine");
        base::write_whole(store.file_of(there).parent_path() / "mine.txt", "mine");
        base::write_whole(cache / kThumbnailFolderName / "mine.jpg", "mine");
    }
    CacheReport look() const { return look_at_caches(small.folder(), kGoOnTidying); }
    Cleaned clean(const CleanChoice& choice) const {
        return clean_caches(choose_to_clean(look(), choice, base::unix_seconds()), kGoOnTidying);
    }
    bool has(const std::string& key) const { return fs::exists(store.file_of(key)); }
    void expect_mine() const {
        EXPECT_TRUE(fs::exists(cache / "mine.txt"));
        EXPECT_TRUE(fs::exists(cache / kThumbnailFolderName / "mine.jpg"));
        EXPECT_TRUE(fs::exists(images / "image0.png"));
        EXPECT_TRUE(fs::exists(images / "image0.txt"));
    }
};

const CacheGroup& group_of(const CacheReport& report, CacheKind kind) {
    for (const auto& group : report.groups)
        if (group.kind == kind) return group;
    throw std::runtime_error("no such group");
}

}  // namespace

TEST(CacheDesk, TellsWhatLiesWhereAndWhatIsWanted) {
    const CachePlace place;
    const auto report = place.look();
    ASSERT_EQ(report.groups.size(), 4U);
    EXPECT_EQ(report.files(), 5U);
    const auto& latents = group_of(report, CacheKind::Latents);
    EXPECT_EQ(latents.folder, place.cache);
    EXPECT_EQ(latents.model, "vae.safetensors");
    EXPECT_EQ(latents.computed, base::sha256("vae").substr(0, 8) + " bfloat16");
    EXPECT_EQ(latents.files.size(), 2U);
    EXPECT_EQ(latents.count(CacheUse::Wanted), 1U);
    EXPECT_EQ(latents.count(CacheUse::Unused), 1U);
    EXPECT_EQ(latents.bytes(), fs::file_size(place.store.file_of(place.there)) +
                                   fs::file_size(place.store.file_of(place.gone)));
    EXPECT_NEAR(latents.used(), base::unix_seconds(), 60);
    EXPECT_EQ(group_of(report, CacheKind::Captions).count(CacheUse::Unknown), 1U);
    EXPECT_EQ(group_of(report, CacheKind::Thumbnails).files.size(), 1U);
    EXPECT_EQ(group_of(report, CacheKind::Broken).files.size(), 1U);
    const auto json = nlohmann::json::parse(json_of(report));
    EXPECT_EQ(json["entries"], 5);
    EXPECT_EQ(json["groups"].size(), 4U);
    EXPECT_TRUE(look_at_caches(place.small.folder() / "pictures" / "..", kGoOnTidying).files() > 0);
    EXPECT_THROW(look_at_caches(place.small.folder() / "nowhere", kGoOnTidying), base::Error);
}

TEST(CacheDesk, RemovesWhatIsUnusedAndBrokenAndNothingElse) {
    const CachePlace place;
    const auto cleaned = place.clean({.unused = true});
    EXPECT_EQ(cleaned.files, 2U);
    EXPECT_GT(cleaned.bytes, 0U);
    EXPECT_TRUE(place.has(place.there) && place.has(place.text));
    EXPECT_FALSE(place.has(place.gone) || place.has(place.broken));
    place.expect_mine();
    EXPECT_EQ(place.clean({.unused = true}).files, 0U);
}

// Others may lead to it by a link.
TEST(CacheDesk, WhereNoImageLiesBesideItNothingIsKnownToBeUnused) {
    const CachePlace place;
    for (const auto& entry : fs::directory_iterator(place.images))
        if (entry.path().extension() == ".png") fs::remove(entry.path());
    EXPECT_EQ(group_of(place.look(), CacheKind::Latents).count(CacheUse::Unknown), 2U);
}

TEST(CacheDesk, RemovesWhatNobodyWantedForLong) {
    const CachePlace place;
    fs::last_write_time(place.store.file_of(place.text),
                        fs::file_time_type::clock::now() - std::chrono::hours(72));
    EXPECT_EQ(place.clean({.unused_for_s = 4 * kDayS}).files, 1U);  // the broken one
    EXPECT_EQ(place.clean({.unused_for_s = 2 * kDayS}).files, 1U);
    EXPECT_FALSE(place.has(place.text));
    EXPECT_TRUE(place.has(place.gone));
    EXPECT_EQ(group_of(place.look(), CacheKind::Thumbnails).files.size(), 1U)
        << "nobody notes when one was shown";
}

TEST(CacheDesk, RemovesAllEntriesAndLeavesTheFilesOfOthers) {
    const CachePlace place;
    EXPECT_EQ(place.clean({.all = true}).files, 5U);
    place.expect_mine();
    EXPECT_EQ(place.look().files(), 0U);
    const CachePlace other;
    fs::remove(other.cache / "mine.txt");
    fs::remove(other.store.file_of(other.there).parent_path() / "mine.txt");
    fs::remove(other.cache / kThumbnailFolderName / "mine.jpg");
    other.clean({.all = true});
    EXPECT_FALSE(fs::exists(other.cache));
    EXPECT_TRUE(fs::exists(other.images / "image0.png"));
}

TEST(CacheDesk, LeavesACacheAloneThatATrainingWorksWith) {
    const CachePlace place;
    const auto chosen = choose_to_clean(place.look(), {.all = true}, base::unix_seconds());
    {
        const auto held = data::CacheLock::try_hold(place.cache);
        EXPECT_EQ(place.look().in_use, std::vector{place.cache});
        EXPECT_EQ(place.clean({.all = true}).files, 0U);
        const auto late = clean_caches(chosen, kGoOnTidying);  // it began behind the question
        EXPECT_EQ(late.files, 0U);
        EXPECT_EQ(late.in_use, std::vector{place.cache});
    }
    EXPECT_TRUE(place.look().in_use.empty());
    EXPECT_EQ(place.clean({.all = true}).files, 5U);
}

TEST(CacheDesk, LinksAreNotFollowed) {
    const CachePlace place;
    const support::TempFolder elsewhere;
    fs::create_directory_symlink(place.images, elsewhere.path() / "link");
    EXPECT_EQ(look_at_caches(elsewhere.path(), kGoOnTidying).files(), 0U);
}

TEST(CacheDesk, OfAJobItIsKnownExactlyWhatIsWanted) {
    const CachePlace place;
    auto job = place.small.job();
    job.data.cache_folder = "";
    const auto file = place.small.folder() / "job.toml";
    base::write_whole(file, settings::write_job(job));
    const auto report = look_at_caches(file, kGoOnTidying);
    EXPECT_EQ(report.trouble, "");
    EXPECT_EQ(group_of(report, CacheKind::Latents).count(CacheUse::Unused), 2U);
    EXPECT_EQ(group_of(report, CacheKind::Captions).count(CacheUse::Unused), 1U);
    job.model.checkpoint = "nowhere.safetensors";
    base::write_whole(file, settings::write_job(job));
    const auto unknown = look_at_caches(file, kGoOnTidying);
    EXPECT_NE(unknown.trouble, "");
    EXPECT_EQ(group_of(unknown, CacheKind::Captions).count(CacheUse::Unknown), 1U);
}

}  // namespace lorikeet::studio
