#include "studio/upload_receiver.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

using From = UploadReceiver::From;
using Key = UploadReceiver::Key;
const std::string kText = "0123456789";

struct WithReceiver {
    base::Path at(const std::string& name) const { return folder.path() / name; }
    support::TempFolder folder;
    UploadReceiver receiver{UploadPlace{folder.path(), {".txt"}, {}}};
};

}  // namespace

TEST(UploadReceiver, PiecesBecomeAFileHoweverOftenAnAnswerGetsLost) {
    WithReceiver room;
    auto& to = room.receiver;
    EXPECT_EQ(to.begin(Key{"w", 1}, "in/a.png", 10, From::WhatIsThere).offset, 0U);
    EXPECT_EQ(to.add(Key{"w", 1}, 0, "0123"), 4U);
    EXPECT_EQ(to.add(Key{"w", 1}, 0, "0123"), 4U) << "sent again";
    const auto begun = to.begin(Key{"w", 1}, "in/a.png", 10, From::WhatIsThere);
    EXPECT_EQ(begun.offset, 4U);
    EXPECT_EQ(begun.sha256, base::sha256("0123"));
    EXPECT_EQ(to.add(Key{"w", 1}, 4, "456789"), 10U);
    for (int times = 0; times < 2; ++times) to.finish(Key{"w", 1}, "in/a.png", base::sha256(kText));
    EXPECT_THROW(to.finish(Key{"w", 1}, "in/a.png", base::sha256("other")), base::Error);
    EXPECT_EQ(base::read_text(room.at("in/a.png")), kText);
    const auto placed = to.begin(Key{"w", 1}, "in/a.png", 10, From::WhatIsThere);
    EXPECT_TRUE(placed.placed);
    EXPECT_EQ(placed.sha256, base::sha256(kText));
}

TEST(UploadReceiver, AnotherWindowTakesOverWhatWasCutOff) {
    WithReceiver room;
    room.receiver.begin(Key{"old", 1}, "a.png", 10, From::WhatIsThere);
    room.receiver.add(Key{"old", 1}, 0, "0123");
    EXPECT_EQ(room.receiver.begin(Key{"new", 1}, "a.png", 10, From::WhatIsThere).offset, 4U);
    EXPECT_THROW(room.receiver.add(Key{"old", 1}, 4, "4"), base::Error);
    EXPECT_EQ(room.receiver.begin(Key{"new", 1}, "a.png", 10, From::Nothing).offset, 0U)
        << "its content was another one";
}

TEST(UploadReceiver, SmallFilesComeWhole) {
    WithReceiver room;
    for (int times = 0; times < 2; ++times) room.receiver.whole("a.txt", kText, base::sha256(kText));
    EXPECT_EQ(base::read_text(room.at("a.txt")), kText);
    EXPECT_THROW(room.receiver.whole("a.txt", "other", base::sha256("other")), base::Error);
    EXPECT_THROW(room.receiver.whole("b.txt", kText, base::sha256("other")), base::Error);
    EXPECT_THROW(room.receiver.whole("../b.txt", kText, base::sha256(kText)), base::Error);
    EXPECT_EQ(base::read_text(room.at("a.txt")), kText);
    EXPECT_FALSE(base::is_there(room.at("b.txt")));
}

TEST(UploadReceiver, NamesAreHeldUntilTheFilesAreHereOrGivenUp) {
    WithReceiver room;
    const std::vector<OfferedFile> offer{{"a.png", 10, "\x89PNG\r\n\x1a\n", {}}};
    EXPECT_EQ(room.receiver.plan("w", offer)[0].name, "a.png");
    EXPECT_EQ(room.receiver.plan("w", offer)[0].name, "a_2.png");
    room.receiver.let_go("a.png");
    EXPECT_EQ(room.receiver.plan("w", offer)[0].name, "a.png");
    room.receiver.release("w");
    EXPECT_EQ(room.receiver.plan("v", offer)[0].name, "a.png") << "a window that is gone holds nothing";
    room.receiver.begin(Key{"w", 1}, "a.png", 10, From::WhatIsThere);
    room.receiver.drop(Key{"w", 1}, "a.png");
    EXPECT_TRUE(std::filesystem::is_empty(room.folder.path()));
}

}  // namespace lorikeet::studio
