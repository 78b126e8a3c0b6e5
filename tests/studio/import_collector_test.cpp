#include "studio/import_collector.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "studio/import_sources.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct Collecting {
    support::TempFolder temp;
    base::Cancel cancel;
    ImportRequest request;
    ImportStaging staging{temp.path() / "set"};

    Collected operator()(const std::vector<base::Path>& sources) {
        request.sources = sources;
        request.folder = staging.dataset();
        return collect(request, staging, cancel, {});
    }
};

std::string reason_for(const Collected& found, const std::string& from) {
    for (const auto& file : found.left_out)
        if (file.from == from) return file.why;
    return "";
}

}  // namespace

TEST(ImportCollector, EachFileThatIsNotTakenHasItsReason) {
    Collecting collecting;
    const auto photos = collecting.temp.path() / "photos";
    write_files(photos, {{"a.png", small_image(1)},
                         {"notes.pdf", "%PDF"},
                         {"no.png", "<html>"},
                         {"empty.jpg", ""},
                         {"cut.png", small_image(1).substr(0, 20)},
                         {"more.zip", "PK"},
                         {"unnamed", small_image(2)}});
    std::filesystem::create_symlink(photos / "a.png", photos / "link.png");
    std::filesystem::create_directory_symlink("/", photos / "all");
    const auto found = collecting({photos});
    ASSERT_EQ(found.files.size(), 2u);
    EXPECT_EQ(found.files[0].place, "a.png");
    EXPECT_EQ(found.files[1].place, "unnamed");
    EXPECT_EQ(found.left_out.size(), 7u);
    EXPECT_EQ(reason_for(found, "photos/notes.pdf"), "neither an image nor a caption");
    EXPECT_EQ(reason_for(found, "photos/no.png").find("no image by what it holds"), 0u);
    EXPECT_EQ(reason_for(found, "photos/empty.jpg"), "empty");
    EXPECT_EQ(reason_for(found, "photos/link.png"), "a link, which is not followed");
    EXPECT_EQ(reason_for(found, "photos/all"), "a link, which is not followed");
    EXPECT_NE(reason_for(found, "photos/more.zip").find("archive"), std::string::npos);
    EXPECT_EQ(reason_for(found, "photos/cut.png").find("/"), std::string::npos)
        << "no path of the staging folder";
}

TEST(ImportCollector, ATarThatMayBeCutOffIsTakenAndToldSo) {
    Collecting collecting;
    const auto tar = collecting.temp.path() / "birds.tar";
    support::write_archive(tar, {{"a.png", small_image(1)}, {"b.png", small_image(2)}});
    const auto whole = base::read_text(tar);
    base::write_whole(tar, whole.substr(0, whole.find("b.png")));
    const auto found = collecting({tar});
    EXPECT_EQ(found.files.size(), 1U);
    ASSERT_EQ(found.notes.size(), 1U);
    EXPECT_EQ(
        found.notes[0],
        "birds.tar has no mark of its end, so it may be cut off: 1 file is in it. Compare its size with "
        "that of the original.");
}

TEST(ImportCollector, ALargeFileIsLeftOut) {
    Collecting collecting;
    write_files(collecting.temp.path() / "photos",
                {{"a.png", small_image(1)}, {"b.txt", std::string(2000, 'x')}});
    support::write_archive(collecting.temp.path() / "b.tar.gz",
                           {{"a.png", small_image(2)}, {"b.txt", std::string(2000, 'x')}});
    collecting.request.limits.most_file_bytes = 1000;
    const auto found = collecting({collecting.temp.path() / "photos", collecting.temp.path() / "b.tar.gz"});
    EXPECT_EQ(found.files.size(), 2u);
    EXPECT_EQ(reason_for(found, "photos/b.txt"), "larger than 1 kB");
    EXPECT_EQ(reason_for(found, "b.tar.gz: b.txt"), "larger than 1 kB");
}

TEST(ImportCollector, NamesOfOtherEncodingsAreReadAndTold) {
    Collecting collecting;
    const auto zip = collecting.temp.path() / "a.zip";
    support::write_archive(zip, {{"\x95\x5C/\x92\xB9.png", small_image(1)}, {"\x92\xB9.doc", "x"}},
                           {.names_are_utf8 = false});
    const auto found = collecting({zip});
    ASSERT_EQ(found.files.size(), 1u);
    EXPECT_EQ(found.files[0].place, "\u8868/\u9ce5.png");
    EXPECT_EQ(found.left_out[0].from, "a.zip: \u9ce5.doc");
    ASSERT_EQ(found.notes.size(), 1u);
    EXPECT_NE(found.notes[0].find("Shift-JIS"), std::string::npos);
}

TEST(ImportCollector, AStopEndsIt) {
    Collecting collecting;
    write_files(collecting.temp.path() / "photos", {{"a.png", small_image(1)}});
    collecting.cancel.request_stop();
    const auto found = collecting({collecting.temp.path() / "photos"});
    EXPECT_TRUE(found.stopped);
    EXPECT_TRUE(found.files.empty());
}

}  // namespace lorikeet::studio
