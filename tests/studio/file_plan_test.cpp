#include "studio/file_plan.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "io/image.hpp"
#include "studio/clean_plan.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

struct WithTwoImages {
    WithTwoImages() {
        for (const auto* name : {"a.png", "b.png"})
            io::write_png(at / name, {30, 60, std::vector<std::uint8_t>(30 * 60 * 3, 77)});
    }
    FilePlan turned() const {
        FilePlan plan;
        plan.what = "turned";
        for (const auto* name : {"a.png", "b.png"}) {
            plan.lines.push_back({name, name, {}, {}});
            plan.edits.push_back({name, name, {"png", 95, {}, 0, 0, io::Turn::Right, false}});
        }
        return plan;
    }
    std::int64_t width(const std::string& name) const { return io::peek_image(at / name).width_px; }
    support::TempFolder folder;
    base::Path at = folder.path();
};

}  // namespace

TEST(FilePlan, IsOneChangeThatUndoTakesBack) {
    const WithTwoImages room;
    const auto before = base::sha256_file(room.at / "a.png");
    std::size_t most = 0;
    const auto outcome = carry_out(room.at, room.turned(), {}, [&](auto done, auto of) {
        most = std::max(most, done);
        EXPECT_EQ(of, 2U);
    });
    EXPECT_EQ(outcome.what, "2 images turned");
    EXPECT_EQ(outcome.done, 2U);
    EXPECT_EQ(most, 2U);
    EXPECT_EQ(room.width("b.png"), 60);
    EXPECT_EQ(UndoJournal(room.at).last(), "2 images turned");
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(base::sha256_file(room.at / "a.png"), before);
    EXPECT_FALSE(UndoJournal(room.at).last().has_value());
}

// New files wait in it until all of them are made.
TEST(FilePlan, NobodyEmptiesTheTrashMeanwhile) {
    const WithTwoImages room;
    bool refused = false;
    const auto outcome = carry_out(room.at, room.turned(), {}, [&](auto done, auto) {
        if (done == 1) try {
                empty_trash(room.at);
            } catch (const base::Error& error) {
                refused = error.code() == base::ErrorCode::Conflict;
            }
    });
    EXPECT_TRUE(refused);
    EXPECT_EQ(outcome.done, 2U);
}

TEST(FilePlan, AStopKeepsWhatIsFinished) {
    const WithTwoImages room;
    base::Cancel cancel;
    cancel.request_stop();
    EXPECT_EQ(carry_out(room.at, room.turned(), cancel).what, "0 images turned");
    EXPECT_EQ(room.width("a.png"), 30);
    EXPECT_FALSE(UndoJournal(room.at).last().has_value());
}

TEST(FilePlan, AnImageThatDoesNotDecodeIsToldAndStays) {
    const WithTwoImages room;
    auto bytes = base::read_text(room.at / "a.png");
    bytes.resize(bytes.size() - 40);
    base::write_whole(room.at / "a.png", bytes);
    const auto outcome = carry_out(room.at, room.turned(), {});
    EXPECT_EQ(outcome.what, "1 image turned");
    ASSERT_EQ(outcome.not_done.size(), 1U);
    EXPECT_EQ(outcome.not_done[0].where, "a.png");
    EXPECT_EQ(base::read_text(room.at / "a.png"), bytes);
    EXPECT_EQ(room.width("b.png"), 60);
}

// The place of a new file was taken after the plan was made: nothing is written over, and nothing is lost.
TEST(FilePlan, APlaceThatWasTakenMeanwhileStaysAsItIs) {
    const WithTwoImages room;
    auto plan = room.turned();
    plan.edits[0].to = "new.png";
    base::write_whole(room.at / "new.png", "mine");
    const auto outcome = carry_out(room.at, plan, {});
    ASSERT_EQ(outcome.not_done.size(), 1U);
    EXPECT_EQ(outcome.not_done[0].where, "a.png");
    EXPECT_EQ(outcome.what, "1 image turned");
    EXPECT_EQ(room.width("a.png"), 30) << "the old one stays where nothing could take its place";
    EXPECT_EQ(base::read_text(room.at / "new.png"), "mine");
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.width("a.png"), 30);
    EXPECT_EQ(base::read_text(room.at / "new.png"), "mine");
}

}  // namespace lorikeet::studio
