#include "studio/import_staging.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

base::Path staged_with(ImportStaging& staging, std::string bytes) {
    return staging
        .write([&, given = false]() mutable -> std::span<const std::byte> {
            if (given) return {};
            given = true;
            return std::as_bytes(std::span(bytes.data(), bytes.size()));
        })
        .file;
}

}  // namespace

TEST(ImportStaging, PutsFilesInTheirPlacesAndGoes) {
    const support::TempFolder temp;
    const auto set = temp.path() / "new" / "set";
    {
        ImportStaging staging(set);
        const std::vector<TakenFile> files{{"a", "10_a/a.txt", true, staged_with(staging, "words")},
                                           {"b", "b.png", false, staged_with(staging, "bytes")}};
        staging.publish(files);
    }
    EXPECT_EQ(base::read_text(set / "10_a" / "a.txt"), "words");
    EXPECT_EQ(base::read_text(set / "b.png"), "bytes");
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(set), {}), 2);
}

TEST(ImportStaging, NothingStaysWhereNothingWasPut) {
    const support::TempFolder temp;
    {
        ImportStaging staging(temp.path() / "new" / "set");
        staged_with(staging, "bytes");
        EXPECT_THROW(staging.write([]() -> std::span<const std::byte> {
            throw base::Error(base::ErrorCode::Interrupted, "stop");
        }),
                     base::Error);
        EXPECT_EQ(std::distance(std::filesystem::directory_iterator(staging.folder()), {}),
                  2);  // the lock and one file
    }
    EXPECT_FALSE(base::is_there(temp.path() / "new"));
}

TEST(ImportStaging, AllOrNothingAndNeverOverAFile) {
    const support::TempFolder temp;
    base::write_whole(temp.path() / "b.png", "old");
    ImportStaging staging(temp.path());
    const std::vector<TakenFile> files{{"a", "sub/a.png", false, staged_with(staging, "a")},
                                       {"b", "b.png", false, staged_with(staging, "new")}};
    EXPECT_THROW(staging.publish(files), base::Error);
    EXPECT_EQ(base::read_text(temp.path() / "b.png"), "old");
    EXPECT_FALSE(base::is_there(temp.path() / "sub"));
    EXPECT_EQ(base::read_text(files[0].file), "a");
}

TEST(ImportStaging, OneAtATime) {
    const support::TempFolder temp;
    const ImportStaging first(temp.path());
    EXPECT_THROW(ImportStaging second(temp.path()), base::Error);
    EXPECT_TRUE(base::is_folder(first.folder()));
}

TEST(ImportStaging, KnowsWhatLiesThere) {
    const support::TempFolder temp;
    for (const auto* place : {"b.png", "sub/a.png", ".lorikeet-cache/x", ".hidden"}) {
        std::filesystem::create_directories((temp.path() / place).parent_path());
        base::write_whole(temp.path() / place, "1234");
    }
    const ImportStaging staging(temp.path());
    const auto existing = staging.existing();
    ASSERT_EQ(existing.size(), 2u);
    EXPECT_EQ(existing[0].place, "b.png");
    EXPECT_EQ(existing[1].place, "sub/a.png");
    EXPECT_EQ(existing[1].bytes, 4u);
}

}  // namespace lorikeet::studio
