// Whatever is done to the files of a dataset, in any sequence: taken back step by step, each time by a program that has just
// been started, every file has its very bytes again.
#include <functional>
#include <map>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "io/image.hpp"
#include "io/image_edit.hpp"
#include "studio/caption_plan.hpp"
#include "studio/clean_plan.hpp"
#include "studio/dataset_trash.hpp"
#include "studio/edit_plan.hpp"
#include "studio/journal_file.hpp"
#include "studio/rename_plan.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

constexpr int kCases = 20;
constexpr int kChangesEach = 6;

using FilesNow = std::map<std::string, std::string>;

class AnyDataset {
  public:
    explicit AnyDataset(unsigned seed) : draw_(seed) {
        const auto image = [&](const std::string& name, std::int64_t width, std::int64_t height) {
            io::Image pixels{width, height, {}};
            for (std::int64_t i = 0; i < width * height * 3; ++i)
                pixels.rgb.push_back(static_cast<std::uint8_t>(draw_() % 256));
            std::filesystem::create_directories((at_ / name).parent_path());
            io::write_png(at_ / name, pixels);
        };
        image("a.png", 24, 12);
        image("b 2.png", 9, 20);
        image("b 10.png", 16, 16);
        image("masks/a.png", 24, 12);
        image("sub/\u00fc_5_5_4_4.png", 20, 15);
        write("a.txt", "1girl, solo");
        write("a_0024x0012_sd.npz", "latents");
        write("b 2.caption",
              "\xEF\xBB\xBF"
              "solo\r\n");
        write("sub/\u00fc_5_5_4_4.txt", "");
        write("lost.txt", "of nobody");
        write("notes.md", "read me");
        const io::ImageEdit as_jpeg{"jpeg", 90, {}, 0, 0, io::Turn::None, false};
        const base::MappedFile png(at_ / "b 10.png");
        write("a.jpg", io::edit_image(png.bytes(), "b 10.png", as_jpeg));
    }

    FilesNow files() const {
        FilesNow all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(at_)) {
            const auto name = entry.path().lexically_relative(at_).generic_string();
            if (entry.is_regular_file() && !name.starts_with(kTrashFolder))
                all[name] = base::read_text(entry.path());
        }
        return all;
    }
    std::size_t steps() const { return journal_changes(at_).size(); }
    std::optional<ChangeOutcome> take_back() const { return UndoJournal(at_).undo_last(); }

    // The name of what was tried.
    std::string change_something() {
        const std::vector<std::pair<std::string, std::function<void()>>> kinds{
            {"rename", [&] { rename(); }},
            {"convert", [&] { edit([&](auto& as) {
                                  as.format = one_of({"png", "jpeg", "webp"});
                              }); }},
            {"resize", [&] { edit([&](auto& as) { as.longest_px = 6 + below(14); }); }},
            {"crop", [&] { edit([&](auto& as) { as.across = 1 + below(3), as.down = 1 + below(3); }); }},
            {"rotate", [&] { edit([&](auto& as) { as.turn = below(2) ? Turn::Left : Turn::Half; }); }},
            {"mirror", [&] { edit([&](auto& as) { as.mirror = true; }); }},
            {"clean",
             [&] {
                 carry_out(at_,
                           plan_clean(at_, listing(),
                                      {one_of({"orphans", "empty", "caches", "others", "captions"})}),
                           {});
             }},
            {"delete", [&] { move_to_trash(at_, listing(), some_images()); }},
            {"delete captions", [&] { move_captions_to_trash(at_, listing(), some_images()); }},
            {"captions", [&] { change_captions(); }}};
        const auto& [name, change] = kinds[draw_() % kinds.size()];
        change();
        return name;
    }

  private:
    void write(const std::string& name, const std::string& bytes) { base::write_whole(at_ / name, bytes); }
    DatasetListing listing() const { return list_dataset(at_, {".txt", ".caption"}, {}); }
    std::string one_of(const std::vector<std::string>& all) { return all[draw_() % all.size()]; }
    // None: all are meant.
    std::vector<std::string> some_images() {
        std::vector<std::string> names;
        for (const auto& image : listing().images)
            if (draw_() % 3 == 0) names.push_back(image.name);
        return names;
    }
    void rename() {
        carry_out(at_,
                  plan_rename(at_, listing(), some_images(),
                              one_of({"{number}", "b {number}", "{clean}", "x", "a"})),
                  {});
    }
    std::int64_t below(unsigned end) { return static_cast<std::int64_t>(draw_() % end); }
    void edit(const std::function<void(EditRequest&)>& ask) {
        EditRequest request;
        ask(request);
        carry_out(at_, plan_edit(at_, listing(), some_images(), request, {}), {});
    }
    void change_captions() {
        CaptionEdit edit;
        edit.action = CaptionAction::Trigger;
        edit.tags = {"ohwx" + std::to_string(draw_() % 3)};
        carry_out(at_, plan_captions(at_, listing(), {}, edit, ".txt", {}));
    }

    support::TempFolder folder_;
    base::Path at_ = folder_.path();
    std::mt19937 draw_;
};

}  // namespace

TEST(UndoOfAnyChange, BringsBackTheVeryBytesStepByStep) {
    std::map<std::string, int> made;
    for (unsigned seed = 0; seed < kCases; ++seed) {
        AnyDataset room(seed);
        std::vector<FilesNow> before;
        std::vector<std::string> done;
        for (int i = 0; i < kChangesEach; ++i) {
            auto state = room.files();
            const auto steps = room.steps();
            const auto name = room.change_something();
            if (room.steps() == steps) {
                ASSERT_EQ(room.files(), state) << "seed " << seed << ", " << name << " without a step";
                continue;
            }
            ++made[name];
            done.push_back(name);
            before.push_back(std::move(state));
        }
        while (!before.empty()) {
            const auto outcome = room.take_back();
            ASSERT_TRUE(outcome && outcome->not_done.empty()) << "seed " << seed << ", " << done.back();
            ASSERT_TRUE(room.files() == before.back()) << "seed " << seed << ", " << done.back();
            before.pop_back();
            done.pop_back();
        }
        EXPECT_FALSE(room.take_back().has_value()) << "seed " << seed;
    }
    EXPECT_EQ(made.size(), 10U) << "every kind of change was made";
}

}  // namespace lorikeet::studio
