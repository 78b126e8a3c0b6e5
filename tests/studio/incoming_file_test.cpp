#include "studio/incoming_file.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

std::size_t files_in(const base::Path& folder) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        count += entry.is_regular_file();
    return count;
}

}  // namespace

TEST(IncomingFile, GetsItsNameWhenItIsWholeAndRight) {
    support::TempFolder folder;
    const auto place = folder.path() / "inside" / "a.png";
    IncomingFile file(place, 10);
    file.add(0, "01234");
    EXPECT_FALSE(base::is_there(place));
    file.add(0, "01234");  // it came twice
    file.add(7, "789");    // one before it got lost
    EXPECT_EQ(file.there(), 5U);
    file.add(5, "56789");
    file.finish(base::sha256("0123456789"));
    EXPECT_EQ(base::read_text(place), "0123456789");
    EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(IncomingFile, GoesOnAfterACut) {
    support::TempFolder folder;
    const auto place = folder.path() / "a.png";
    { IncomingFile(place, 10).add(0, "0123"); }
    {
        IncomingFile file(place, 10);
        EXPECT_EQ(file.there(), 4U);
        EXPECT_EQ(file.sha256_so_far(), base::sha256("0123"));
        EXPECT_THROW(IncomingFile(place, 10), base::Error) << "one at a time";
        file.add(4, "456789");
        file.finish(base::sha256("0123456789"));
    }
    EXPECT_EQ(base::read_text(place), "0123456789");
    IncomingFile other(place, 3);
    EXPECT_EQ(other.there(), 0U) << "of another size is another file";
    other.drop();
    EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(IncomingFile, WhatArrivesWrongIsNeverKept) {
    support::TempFolder folder;
    const auto place = folder.path() / "a.png";
    IncomingFile file(place, 4);
    file.add(0, "01x3");
    EXPECT_THROW(file.finish(base::sha256("0123")), base::Error);
    EXPECT_FALSE(base::is_there(place));
    EXPECT_EQ(file.there(), 0U);
    file.add(0, "0123");
    base::write_whole(place, "meanwhile");
    EXPECT_THROW(file.finish(base::sha256("0123")), base::Error) << "never over another file";
    EXPECT_EQ(base::read_text(place), "meanwhile");
}

}  // namespace lorikeet::studio
