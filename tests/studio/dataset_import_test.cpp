#include "studio/dataset_import.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "studio/import_sources.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

using support::Packed;
using support::write_archive;

namespace {

using Files = std::map<std::string, std::string>;

ImportOutcome import(const std::vector<base::Path>& sources, const base::Path& set,
                     ImportRequest request = {}) {
    const base::Cancel cancel;
    request.sources = sources;
    request.folder = set;
    return import_dataset(request, cancel);
}

base::ErrorCode trouble_of(const std::vector<base::Path>& sources, const base::Path& set,
                           const ImportRequest& request = {}) {
    try {
        import(sources, set, request);
    } catch (const base::Error& error) {
        EXPECT_FALSE(error.hint().empty()) << error.what();
        return error.code();
    }
    return base::ErrorCode::Internal;
}

const Files kBirds{{"10_blue bird/1.png", small_image(1)},
                   {"10_blue bird/1.txt", "a bird"},
                   {"10_blue bird/it's \"2\" \U0001F426.png", small_image(2)},
                   {"3_\u9ce5/a.png", small_image(3)},
                   {"3_\u9ce5/a.caption", "\u9ce5"}};

std::vector<Packed> packed(const Files& files) {
    std::vector<Packed> all;
    for (const auto& [name, bytes] : files) all.push_back({name, bytes});
    return all;
}

}  // namespace

TEST(DatasetImport, EverySourceArrivesWithItsFoldersAndPairs) {
    const support::TempFolder temp;
    write_files(temp.path() / "birds", kBirds);
    std::vector<base::Path> sources{temp.path() / "birds"};
    for (const auto* name : {"b.zip", "b.7z", "b.tar", "b.tar.gz", "b.tar.xz", "b.tar.zst"}) {
        write_archive(temp.path() / name, packed(kBirds));
        sources.push_back(temp.path() / name);
    }
    auto expected = kBirds;  // a quotation mark is not for every file system
    expected["10_blue bird/it's _2_ \U0001F426.png"] = kBirds.at("10_blue bird/it's \"2\" \U0001F426.png");
    expected.erase("10_blue bird/it's \"2\" \U0001F426.png");
    for (const auto& source : sources) {
        const auto set = temp.path() / ("set of " + source.filename().string());
        const auto outcome = import({source}, set);
        EXPECT_EQ(files_of(set), expected) << source;
        EXPECT_EQ(outcome.images, 3);
        EXPECT_EQ(outcome.captions, 2);
        EXPECT_EQ(outcome.renamed.size(), 1u);
        EXPECT_EQ(outcome.subsets, (std::vector<FoundSubset>{{"10_blue bird", 10, "blue bird", 2, 1},
                                                             {"3_\u9ce5", 3, "\u9ce5", 1, 1}}));
        const auto again = import({source}, set);
        EXPECT_TRUE(again.taken.empty());
        EXPECT_EQ(again.already_there.size(), 5u);
        EXPECT_EQ(files_of(set), expected);
    }
}

TEST(DatasetImport, AFolderThatIsASubsetStaysOne) {
    const support::TempFolder temp;
    write_files(temp.path() / "10_bird", {{"a.png", small_image(1)}});
    import({temp.path() / "10_bird"}, temp.path() / "set");
    EXPECT_TRUE(files_of(temp.path() / "set").contains("10_bird/a.png"));
}

TEST(DatasetImport, CollisionsAreRenamedAsPairs) {
    const support::TempFolder temp;
    write_files(temp.path() / "set", {{"1.png", small_image(1)}, {"1.txt", "first"}});
    write_files(temp.path() / "more", {{"1.png", small_image(2)}, {"1.txt", "second"}});
    const auto outcome = import({temp.path() / "more"}, temp.path() / "set");
    EXPECT_EQ(files_of(temp.path() / "set"), (Files{{"1.png", small_image(1)},
                                                    {"1.txt", "first"},
                                                    {"1_2.png", small_image(2)},
                                                    {"1_2.txt", "second"}}));
    EXPECT_EQ(outcome.renamed.size(), 2u);
}

TEST(DatasetImport, NothingClimbsOutOfTheFolder) {
    const support::TempFolder temp;
    write_archive(temp.path() / "evil.zip", {{"../out.png", small_image(1)},
                                             {"/tmp/lorikeet-out.png", small_image(2)},
                                             {"..\\out.png", small_image(3)},
                                             {"link", "", "/etc"},
                                             {"link/passwd.png", small_image(4)},
                                             {"good.png", small_image(5)}});
    const auto outcome = import({temp.path() / "evil.zip"}, temp.path() / "set");
    EXPECT_EQ(files_of(temp.path() / "set"),
              (Files{{"good.png", small_image(5)}, {"link/passwd.png", small_image(4)}}));
    EXPECT_EQ(outcome.left_out.size(), 4u);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(temp.path()), {}), 2);
    EXPECT_FALSE(base::is_there("/tmp/lorikeet-out.png"));
}

TEST(DatasetImport, WhatCannotBeDoneLeavesAllAsItWas) {
    const support::TempFolder temp;
    const auto set = temp.path() / "set";
    write_archive(temp.path() / "cut.tar.gz", packed(kBirds));
    base::write_whole(temp.path() / "cut.tar.gz", base::read_text(temp.path() / "cut.tar.gz").substr(0, 400));
    EXPECT_EQ(trouble_of({temp.path() / "cut.tar.gz"}, set), base::ErrorCode::Corrupt);
    write_archive(temp.path() / "secret.zip", packed(kBirds), {.password = "key"});
    EXPECT_EQ(trouble_of({temp.path() / "secret.zip"}, set), base::ErrorCode::Unsupported);
    write_archive(temp.path() / "bomb.zip", {{"a.txt", std::string(5'000'000, ' ')}});
    ImportRequest strict;
    strict.limits.free_bytes = 1'000'000;
    EXPECT_EQ(trouble_of({temp.path() / "bomb.zip"}, set, strict), base::ErrorCode::Unsupported);
    EXPECT_EQ(trouble_of({temp.path() / "gone"}, set), base::ErrorCode::NotFound);
    EXPECT_EQ(trouble_of({}, set), base::ErrorCode::InvalidInput);
    strict.encoding = "no-such-thing";
    EXPECT_EQ(trouble_of({temp.path() / "bomb.zip"}, set, strict), base::ErrorCode::InvalidInput);
    EXPECT_FALSE(base::is_there(set));
    std::filesystem::create_directory(set);
    EXPECT_EQ(trouble_of({set}, set), base::ErrorCode::InvalidInput);
    EXPECT_TRUE(files_of(set).empty());
}

TEST(DatasetImport, AStopKeepsWholePairsAndNothingElse) {
    const support::TempFolder temp;
    std::vector<Packed> entries;
    for (int i = 0; i < 40; ++i) {
        const auto name = std::to_string(100 + i);
        entries.push_back({name + ".png", small_image(i)});
        if (i % 2 == 0) entries.push_back({name + ".txt", "bird " + name});
    }
    write_archive(temp.path() / "b.tar", entries);
    base::Cancel cancel;
    ImportRequest request;
    request.sources = {temp.path() / "b.tar"};
    request.folder = temp.path() / "set";
    const auto outcome =
        import_dataset(request, cancel, [&](const ImportProgress&) { cancel.request_stop(); });
    EXPECT_TRUE(outcome.stopped);
    for (const auto& [place, bytes] : files_of(request.folder)) {
        const auto stem = place.substr(0, 3);
        EXPECT_TRUE(base::is_file(request.folder / (stem + ".txt")) &&
                    base::is_file(request.folder / (stem + ".png")))
            << place;
    }
}

TEST(DatasetImport, WhatSystemsLeaveIsCounted) {
    const support::TempFolder temp;
    write_archive(temp.path() / "mac.zip", {{"a/1.png", small_image(1)},
                                            {"__MACOSX/a/._1.png", "x"},
                                            {"__MACOSX/a/._2.png", "x"},
                                            {"a/.DS_Store", "x"}});
    const auto outcome = import({temp.path() / "mac.zip"}, temp.path() / "set");
    EXPECT_TRUE(outcome.left_out.empty());
    ASSERT_EQ(outcome.passed_over.size(), 2u);
    EXPECT_EQ(outcome.passed_over[1].what, "__MACOSX");
    EXPECT_EQ(outcome.passed_over[1].count, 2);
}

TEST(DatasetImport, ATextFileListsFiles) {
    const support::TempFolder temp;
    write_files(temp.path(), {{"x/10_a/1.png", small_image(1)},
                              {"x/10_a/1.txt", "a bird"},
                              {"y.png", small_image(2)},
                              {"z.png", small_image(3)},
                              {"list.txt", "x/10_a/1.png\ny.png\n"}});
    import({temp.path() / "list.txt"}, temp.path() / "set");
    EXPECT_EQ(
        files_of(temp.path() / "set"),
        (Files{{"x/10_a/1.png", small_image(1)}, {"x/10_a/1.txt", "a bird"}, {"y.png", small_image(2)}}));
}

}  // namespace lorikeet::studio
