#include "io/archive.hpp"

#include <map>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/archives.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::io {

using support::Packed;
using support::write_archive;

namespace {

struct Unpacked {
    std::map<std::string, std::string> files;
    std::map<std::string, EntryKind> kinds;
};

Unpacked unpack(const base::Path& path, const ArchiveLimits& limits = {}) {
    const base::Cancel cancel;
    ArchiveReader reader(path, limits, cancel);
    Unpacked all;
    while (const auto entry = reader.next()) {
        all.kinds[entry->name] = entry->kind;
        if (entry->kind != EntryKind::File) continue;
        auto& bytes = all.files[entry->name];
        for (auto piece = reader.read(); !piece.empty(); piece = reader.read())
            bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    }
    return all;
}

base::Error error_of(const base::Path& path, const ArchiveLimits& limits = {}) {
    try {
        unpack(path, limits);
    } catch (const base::Error& error) {
        return error;
    }
    return {base::ErrorCode::Internal, "nothing was thrown"};
}

std::string noise(std::size_t bytes) {
    std::string text(bytes, '\0');
    std::uint32_t state = 1;
    for (auto& c : text) c = static_cast<char>((state = state * 1664525U + 1013904223U) >> 24U);
    return text;
}

}  // namespace

TEST(Archive, EveryKindGivesWhatWasPutIn) {
    const support::TempFolder folder;
    const std::vector<Packed> entries{{"10_bird/", ""},
                                      {"10_bird/a.png", noise(200'000)},
                                      {"10_bird/a.txt", "a bird"},
                                      {"gr\u00fcn/\u9ce5 \U0001F426.png", "x"}};
    for (const auto* name : {"a.zip", "a.7z", "a.tar", "a.tar.gz", "a.tar.xz", "a.tar.zst"}) {
        const auto path = folder.path() / name;
        write_archive(path, entries);
        EXPECT_TRUE(is_archive(path)) << name;
        const auto all = unpack(path);
        ASSERT_EQ(all.files.size(), 3u) << name;
        for (const auto& entry : entries)
            EXPECT_TRUE(entry.bytes.empty() || all.files.at(entry.name) == entry.bytes)
                << name << ' ' << entry.name;
    }
}

TEST(Archive, WhatIsNotReadIsPassedOver) {
    const support::TempFolder folder;
    for (const auto* name : {"a.zip", "a.7z", "a.tar.xz"}) {
        write_archive(folder.path() / name, {{"a", noise(300'000)}, {"b", "second"}});
        const base::Cancel cancel;
        ArchiveReader reader(folder.path() / name, {}, cancel);
        ASSERT_TRUE(reader.next());
        ASSERT_EQ(reader.next()->name, "b") << name;
        EXPECT_EQ(reader.read().size(), 6u) << name;
        EXPECT_FALSE(reader.next());
    }
}

TEST(Archive, LinksAreToldAndHaveNoBytes) {
    const support::TempFolder folder;
    for (const auto* name : {"a.zip", "a.tar"}) {
        write_archive(folder.path() / name, {{"a.png", "x"}, {"evil.png", "", "/etc/passwd"}});
        const auto all = unpack(folder.path() / name);
        EXPECT_EQ(all.kinds.at("evil.png"), EntryKind::Link) << name;
        EXPECT_FALSE(all.files.contains("evil.png")) << name;
    }
    write_archive(folder.path() / "hard.tar", {{"a.png", "x"}, {"b.png", "", "=a.png"}});
    EXPECT_EQ(unpack(folder.path() / "hard.tar").kinds.at("b.png"), EntryKind::Link);
}

TEST(Archive, ABombIsRefusedByItsRatio) {
    const support::TempFolder folder;
    ArchiveLimits limits;
    limits.free_bytes = 200'000;
    for (const auto* name : {"a.zip", "a.7z", "a.tar.gz", "a.tar.xz", "a.tar.zst"}) {
        write_archive(folder.path() / name, {{"a.png", std::string(2'000'000, '\0')}});
        const auto error = error_of(folder.path() / name, limits);
        EXPECT_EQ(error.code(), base::ErrorCode::Unsupported) << name;
        EXPECT_NE(std::string(error.what()).find("200 times"), std::string::npos) << error.what();
        EXPECT_NE(error.hint().find("most-ratio"), std::string::npos) << error.hint();
        EXPECT_EQ(unpack(folder.path() / name).files.at("a.png").size(), 2'000'000u) << name;
    }
}

TEST(Archive, ABombIsRefusedAlsoWhereItsFilesAreNotWanted) {
    const support::TempFolder folder;
    ArchiveLimits limits;
    limits.free_bytes = 200'000;
    write_archive(folder.path() / "a.tar.gz", {{"a", std::string(2'000'000, '\0')}, {"b", "x"}});
    const base::Cancel cancel;
    ArchiveReader reader(folder.path() / "a.tar.gz", limits, cancel);
    ASSERT_TRUE(reader.next());
    EXPECT_THROW(reader.next(), base::Error);
}

TEST(Archive, ABombIsRefusedByItsNumbers) {
    const support::TempFolder folder;
    std::vector<Packed> many;
    for (int i = 0; i < 50; ++i) many.push_back({std::to_string(i), noise(1000)});
    write_archive(folder.path() / "a.zip", many);
    ArchiveLimits few;
    few.most_entries = 49;
    EXPECT_NE(error_of(folder.path() / "a.zip", few).hint().find("most-files"), std::string::npos);
    ArchiveLimits small;
    small.most_bytes = 40'000;
    EXPECT_NE(error_of(folder.path() / "a.zip", small).hint().find("most-bytes"), std::string::npos);
    ArchiveLimits tiny;
    tiny.most_file_bytes = 999;
    EXPECT_NE(error_of(folder.path() / "a.zip", tiny).hint().find("most-file-bytes"), std::string::npos);
    few.most_entries = 50, few.most_bytes = 50'000, few.most_file_bytes = 1000;
    EXPECT_EQ(unpack(folder.path() / "a.zip", few).files.size(), 50u);
}

TEST(Archive, OneThatIsCutOffIsDamaged) {
    const support::TempFolder folder;
    for (const auto* name : {"a.zip", "a.7z", "a.tar", "a.tar.gz", "a.tar.xz", "a.tar.zst"}) {
        const auto path = folder.path() / name;
        write_archive(path, {{"a.png", noise(100'000)}, {"b.png", noise(100'000)}});
        const auto whole = base::read_text(path);
        base::write_whole(path, whole.substr(0, whole.size() * 3 / 4));
        const auto error = error_of(path);
        EXPECT_EQ(error.code(), base::ErrorCode::Corrupt) << name << ": " << error.what();
    }
}

// Cut off between two entries, all that libarchive sees is an end.
TEST(Archive, ATarThatEndsWithoutItsMarkMayBeCutOff) {
    const support::TempFolder folder;
    const auto path = folder.path() / "a.tar";
    const auto is_cut_off = [&](const base::Path& file) {
        const base::Cancel cancel;
        ArchiveReader reader(file, {}, cancel);
        std::size_t entries = 0;
        while (reader.next()) ++entries;
        return std::pair(entries, reader.may_be_cut_off());
    };
    const std::string black(3 * 512, '\0');  // which looks like the mark
    for (const auto& last : {noise(512), noise(700), black, std::string("x")}) {
        write_archive(path, {{"a.png", noise(1000)}, {"sub/", ""}, {"b.png", last}});
        const auto whole = base::read_text(path);
        EXPECT_EQ(is_cut_off(path), (std::pair{std::size_t{3}, false})) << last.size();
        const auto blocks = (last.size() + 511) / 512;
        const auto end = whole.find("b.png") + (blocks + 1) * 512;
        ASSERT_EQ(whole.substr(end), std::string(whole.size() - end, '\0'));
        base::write_whole(path, whole.substr(0, end));
        EXPECT_EQ(is_cut_off(path), (std::pair{std::size_t{3}, true})) << last.size();
        base::write_whole(path, whole.substr(0, whole.find("b.png")));
        EXPECT_EQ(is_cut_off(path), (std::pair{std::size_t{2}, true})) << last.size();
        base::write_whole(path, whole.substr(0, end + 512));
        EXPECT_EQ(is_cut_off(path), (std::pair{std::size_t{3}, false})) << "one block will do";
        base::write_whole(path, whole + "and more behind it");
        EXPECT_EQ(is_cut_off(path), (std::pair{std::size_t{3}, false}));
    }
    for (const auto* name : {"a.zip", "a.7z", "a.tar.gz", "a.tar.xz", "a.tar.zst"}) {
        write_archive(folder.path() / name, {{"a.png", "x"}});
        EXPECT_FALSE(is_cut_off(folder.path() / name).second) << name;
    }
}

TEST(Archive, ADamagedEntryDoesNotEndAZip) {
    const support::TempFolder folder;
    const auto path = folder.path() / "a.zip";
    write_archive(path, {{"a.png", noise(100'000)}, {"b.png", "second"}});
    auto bytes = base::read_text(path);
    bytes[50'000] = static_cast<char>(bytes[50'000] + 1);
    base::write_whole(path, bytes);
    const base::Cancel cancel;
    ArchiveReader reader(path, {}, cancel);
    ASSERT_TRUE(reader.next());
    EXPECT_THROW(while (!reader.read().empty()) continue, base::Error);
    ASSERT_EQ(reader.next()->name, "b.png");
    EXPECT_EQ(reader.read().size(), 6u);
}

TEST(Archive, AnEncryptedOneIsCalledSo) {
    const support::TempFolder folder;
    write_archive(folder.path() / "a.zip", {{"a.png", "secret"}}, {.password = "key"});
    const auto error = error_of(folder.path() / "a.zip");
    EXPECT_EQ(error.code(), base::ErrorCode::Unsupported);
    EXPECT_NE(std::string(error.what()).find("encrypted"), std::string::npos) << error.what();
}

TEST(Archive, BytesOfChanceAreNotCalledEncrypted) {
    const support::TempFolder folder;
    for (unsigned i = 0; i < 64; ++i) {
        const auto bytes = noise(3000).substr(i * 31);
        for (const auto* head : {"", "PK\x03\x04", "PK\x05\x06"}) {
            base::write_whole(folder.path() / "a.zip", head + bytes);
            const std::string what = error_of(folder.path() / "a.zip").what();
            EXPECT_EQ(what.find("encrypted"), std::string::npos) << head << i << ": " << what;
        }
    }
}

TEST(Archive, WhatIsNoneIsCalledSo) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "a.zip", "This is a page that says the file was not found.");
    EXPECT_FALSE(is_archive(folder.path() / "a.zip"));
    EXPECT_EQ(error_of(folder.path() / "a.zip").code(), base::ErrorCode::Unsupported);
    base::write_whole(folder.path() / "a.tar", std::string(257, 'x') + "ustar" + std::string(1000, 'x'));
    EXPECT_EQ(error_of(folder.path() / "a.tar").code(), base::ErrorCode::Corrupt);
    base::write_whole(folder.path() / "a.rar", std::string("Rar!\x1a\x07\x01\0", 8));
    EXPECT_TRUE(is_archive(folder.path() / "a.rar"));
    EXPECT_NE(std::string(error_of(folder.path() / "a.rar").what()).find("RAR"), std::string::npos);
    EXPECT_EQ(error_of(folder.path() / "gone.zip").code(), base::ErrorCode::NotFound);
}

TEST(Archive, NamesThatAreNotUtf8ComeAsTheyAre) {
    const support::TempFolder folder;
    const std::string name = "\x92\xB9.png";  // a bird in Shift-JIS
    write_archive(folder.path() / "a.zip", {{name, "x"}}, {.names_are_utf8 = false});
    EXPECT_TRUE(unpack(folder.path() / "a.zip").files.contains(name));
}

TEST(Archive, AStopIsSeen) {
    const support::TempFolder folder;
    write_archive(folder.path() / "a.zip", {{"a.png", "x"}});
    base::Cancel cancel;
    ArchiveReader reader(folder.path() / "a.zip", {}, cancel);
    cancel.request_stop();
    EXPECT_THROW(reader.next(), base::Error);
}

}  // namespace lorikeet::io
