#include "studio/clean_plan.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

using Names = std::vector<std::string>;

struct WithRemains {
    WithRemains() {
        for (const auto* name :
             {"a.png", "a.txt", "lost.txt", "a_sd.npz", "notes.pdf", "sub/b.png", "sub/b.txt"}) {
            std::filesystem::create_directories((at / name).parent_path());
            base::write_whole(at / name, name);
        }
        base::write_whole(at / "sub/b.txt", "\xEF\xBB\xBF \n");
    }
    DatasetListing listing() const { return list_dataset(at, {".txt"}, {}); }
    Names unused(std::string_view kind) const { return unused_files(at, listing(), kind); }
    support::TempFolder folder;
    base::Path at = folder.path();
};

}  // namespace

TEST(CleanPlan, EachKindHasItsFiles) {
    const WithRemains room;
    EXPECT_EQ(room.unused("orphans"), Names{"lost.txt"});
    EXPECT_EQ(room.unused("empty"), Names{"sub/b.txt"});
    EXPECT_EQ(room.unused("caches"), Names{"a_sd.npz"});
    EXPECT_EQ(room.unused("others"), Names{"notes.pdf"});
    EXPECT_EQ(room.unused("captions").size(), 3U);
    EXPECT_THROW(room.unused("orphan"), base::Error);
}

TEST(CleanPlan, GoesToTheTrashAndComesBackUntilThatIsEmptied) {
    const WithRemains room;
    const auto clean = [&](const Names& kinds) {
        return carry_out(room.at, plan_clean(room.at, room.listing(), kinds), {});
    };
    EXPECT_EQ(clean({"orphans", "caches", "orphans"}).what, "2 files moved to the trash");
    EXPECT_FALSE(base::is_there(room.at / "lost.txt"));
    EXPECT_EQ(trash_bytes(room.at), std::string("lost.txt"
                                                "a_sd.npz")
                                        .size());
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(base::read_text(room.at / "lost.txt"), "lost.txt");
    EXPECT_EQ(trash_bytes(room.at), 0U);
    clean({"others"});
    EXPECT_EQ(empty_trash(room.at), std::string("notes.pdf").size());
    EXPECT_FALSE(UndoJournal(room.at).undo_last().has_value());
    EXPECT_FALSE(base::is_there(room.at / "notes.pdf"));
    EXPECT_TRUE(base::is_there(room.at / "a.png"));
}

}  // namespace lorikeet::studio
