#include "base/held_file.hpp"

#include <array>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::base {

namespace fs = std::filesystem;

TEST(HeldFile, IsReadWhateverBecameOfItsName) {
    const support::TempFolder folder;
    const auto path = folder.path() / "a";
    write_whole(path, "content");
    const HeldFile held(path);
    EXPECT_EQ(held.readable(), path);
    fs::rename(path, folder.path() / "b");
    EXPECT_EQ(read_text(held.readable()), "content");
    fs::remove(folder.path() / "b");
    EXPECT_EQ(read_text(held.readable()), "content");
    write_whole(path, "another");  // a new file under the old name
    EXPECT_EQ(read_text(held.readable()), "content");
    std::array<std::byte, 16> bytes{};
    EXPECT_EQ(held.read(4, bytes), 3U);
    EXPECT_EQ(held.read(7, bytes), 0U);
}

TEST(HeldFile, WrittenOverInPlaceIsToldInsteadOfRead) {
    const support::TempFolder folder;
    const auto path = folder.path() / "a";
    write_whole(path, "content");
    const HeldFile held(path);
    fs::resize_file(path, 3);
    EXPECT_FALSE(held.is_unchanged());
    EXPECT_THROW(held.readable(), Error);
}

TEST(HeldFile, AFileThatIsNotThereIsNotFound) {
    try {
        const HeldFile held("/nowhere/at/all");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
}

}  // namespace lorikeet::base
