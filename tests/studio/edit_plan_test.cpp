#include "studio/edit_plan.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "io/image.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

io::Image striped(std::int64_t width, std::int64_t height) {
    io::Image image{width, height, {}};
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t i = 0; i < width * 3; ++i)
            image.rgb.push_back(static_cast<std::uint8_t>(y * 255 / height));
    return image;
}

struct WithOddImages {
    WithOddImages() {
        io::write_png(at / "tall.png", striped(30, 60));
        base::write_whole(at / "tall.txt", "a tall one");
        io::write_png(at / "square.png", striped(40, 40));
        base::write_whole(at / "broken.png", "\x89PNG\r\n\x1a\n and no more");
    }
    FilePlan plan(const EditRequest& request, const std::vector<std::string>& chosen = {}) const {
        return plan_edit(at, list_dataset(at, {".txt"}, {}), chosen, request, {});
    }
    io::ImageFacts facts(const std::string& name) const { return io::peek_image(at / name); }
    support::TempFolder folder;
    base::Path at = folder.path();
};

EditRequest to_square() {
    EditRequest request;
    request.across = request.down = 1;
    return request;
}

}  // namespace

TEST(EditPlan, CropsToAShapeAndUndoBringsBackTheVeryBytes) {
    const WithOddImages room;
    const auto before = base::sha256_file(room.at / "tall.png");
    auto request = to_square();
    request.keep = CropFrom::Bottom;
    const auto plan = room.plan(request);
    ASSERT_EQ(plan.lines.size(), 1U);
    EXPECT_EQ(plan.lines[0].note, "30 x 60 -> 30 x 30");
    ASSERT_EQ(plan.left_out.size(), 1U);
    EXPECT_EQ(plan.left_out[0].where, "broken.png");
    EXPECT_EQ(plan.notes.at(0), "1 image is 1:1 already and stays as it is.");
    EXPECT_EQ(carry_out(room.at, plan, {}).what, "1 image cropped");
    EXPECT_EQ(room.facts("tall.png").height_px, 30);
    EXPECT_GT(io::read_image(room.at / "tall.png").rgb[0], 120) << "its lower half";
    EXPECT_TRUE(UndoJournal(room.at).undo_last()->not_done.empty());
    EXPECT_EQ(base::sha256_file(room.at / "tall.png"), before);
}

TEST(EditPlan, SaysWhatNoLongerFitsTheImage) {
    const WithOddImages room;
    io::write_png(room.at / "face_30_30_20_20.png", striped(50, 100));
    base::write_whole(room.at / "tall_0030x0060_sd.npz", "latents");
    const auto plan = room.plan(to_square());
    ASSERT_EQ(plan.notes.size(), 3U);
    EXPECT_EQ(plan.notes[1], "The face that 1 image tells of in the name lies elsewhere afterwards.");
    EXPECT_EQ(plan.notes[2],
              "Beside 1 image lie latents that another trainer kept (.npz); they are of the old image. Clean "
              "up: caches.");
    carry_out(room.at, plan, {});
    EXPECT_TRUE(room.plan(to_square()).lines.empty()) << "twice is once";
}

TEST(EditPlan, AMaskGetsTheShapeThatItsImageGets) {
    const WithOddImages room;
    std::filesystem::create_directories(room.at / "masks");
    io::write_png(room.at / "masks/tall.png", striped(30, 60));
    carry_out(room.at, room.plan(to_square(), {"tall.png"}), {});
    EXPECT_EQ(room.facts("masks/tall.png").height_px, 30);
    EditRequest request;
    request.format = "jpeg";
    EXPECT_EQ(room.plan(request, {"tall.png"}).lines.size(), 1U) << "of another format it fits as well";
    EXPECT_TRUE(UndoJournal(room.at).undo_last()->not_done.empty());
    EXPECT_EQ(room.facts("masks/tall.png").height_px, 60);
}

TEST(EditPlan, ConvertsAndNeverOverAnotherFile) {
    const WithOddImages room;
    EditRequest request;
    request.format = "jpeg";
    base::write_whole(room.at / "square.jpg", "mine");
    const auto plan = room.plan(request, {"tall.png", "square.png"});
    ASSERT_EQ(plan.lines.size(), 1U);
    EXPECT_EQ(plan.left_out.at(0).what, "square.jpg is there already.");
    carry_out(room.at, plan, {});
    EXPECT_EQ(room.facts("tall.jpg").format, "jpeg");
    EXPECT_FALSE(base::is_there(room.at / "tall.png"));
    EXPECT_EQ(base::read_text(room.at / "tall.txt"), "a tall one") << "still its caption";
    EXPECT_EQ(base::read_text(room.at / "square.jpg"), "mine");
}

TEST(EditPlan, MakesSmallerAndTurns) {
    const WithOddImages room;
    EditRequest request;
    request.longest_px = 45;
    const auto plan = room.plan(request);
    ASSERT_EQ(plan.lines.size(), 1U) << "nothing is enlarged";
    carry_out(room.at, plan, {});
    EXPECT_EQ(room.facts("tall.png").width_px, 23);
    EXPECT_EQ(room.facts("tall.png").height_px, 45);
    EditRequest turn;
    turn.turn = Turn::Left;
    const auto turned = room.plan(turn, {"tall.png"});
    EXPECT_EQ(turned.lines.at(0).note, "23 x 45 -> 45 x 23");
    carry_out(room.at, turned, {});
    EXPECT_EQ(room.facts("tall.png").width_px, 45);
    EXPECT_THROW(room.plan({}), base::Error) << "nothing is asked";
}

}  // namespace lorikeet::studio
