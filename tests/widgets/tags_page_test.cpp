#include "widgets/tags_page.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "io/image.hpp"
#include "support/tiny_tagger.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

struct WithTagsPage : TestPageContext {
    WithTagsPage() : images(folder.path() / "pictures") {
        ::setenv("HF_HOME", (folder.path() / "hf").c_str(), 1);
        std::filesystem::create_directories(images);
        for (const auto* name : {"a.png", "b.png", "c.png"})
            io::write_png(images / name, io::Image{20, 12, std::vector<std::uint8_t>(720, 90)});
        base::write_whole(images / "c.txt", "mine");
    }
    ~WithTagsPage() { ::unsetenv("HF_HOME"); }
    void put_tagger() const { support::write_tagger(folder.path() / "taggers" / "tiny", "tag_vit"); }
    bool says(const Page& page, const std::string& words) {
        return loop.run_until([&] { return page.status().find(words) != std::string::npos; });
    }
    base::Path images;
};

}  // namespace

TEST(TagsPage, WithoutATaggerItSaysWhatIsMissing) {
    WithTagsPage room;
    TagsPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "Still to fill in: the folder of a tagger.")) << page.status();
    page.main().press();
    EXPECT_TRUE(room.says(page, "Still to fill in"));
    page.form().type("model", (room.folder.path() / "nothing").string());
    page.main().press();
    EXPECT_TRUE(room.loop.run_until([&] { return page.mood() == Mood::Wrong || page.mood() == Mood::Look; }));
    EXPECT_FALSE(base::is_there(room.images / "a.txt"));
}

TEST(TagsPage, PreviewsTagsWritesAndTakesBack) {
    WithTagsPage room;
    room.put_tagger();
    TagsPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "3 images, 2 without a caption.")) << page.status();
    EXPECT_EQ(page.form().text("model"), (room.folder.path() / "taggers" / "tiny").string())
        << "the one that is here";
    page.form().type("threshold", "0");
    EXPECT_TRUE(room.loop.run_until([&] { return !page.preview().state().at("rows").empty(); }));
    page.main().press();
    EXPECT_TRUE(room.says(page, "2 captions would be written. Nothing is changed yet.")) << page.status();
    EXPECT_FALSE(base::is_there(room.images / "a.txt"));
    EXPECT_EQ(page.changes().state().at("doing"), "Write 2 captions");
    page.changes().take_message({{"kind", "make"}, {"plan", page.changes().state().at("plan")}}, {});
    EXPECT_TRUE(room.says(page, "3 images, none without a caption.")) << page.status();
    EXPECT_EQ(base::read_text(room.images / "a.txt"), page.preview().state().at("caption"));
    EXPECT_EQ(base::read_text(room.images / "c.txt"), "mine");
    click(control<Button>(room.registry, "Undo: 2 images tagged"));
    EXPECT_TRUE(room.says(page, "3 images, 2 without a caption.")) << page.status();
    EXPECT_FALSE(base::is_there(room.images / "a.txt"));
}

// They may lie anywhere on the disk: a caption that was changed is no reason to look for them again.
TEST(TagsPage, LooksForTaggersWhenItIsShownAndNotAfterEachChange) {
    WithTagsPage room;
    TagsPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "Still to fill in: the folder of a tagger.")) << page.status();
    room.put_tagger();
    std::filesystem::copy_file(room.images / "a.png", room.images / "d.png");
    room.context->tell_dataset();
    EXPECT_TRUE(room.loop.run_until([&] { return page.preview().state().at("count") == 4; }));
    EXPECT_EQ(page.form().text("model"), "");
    page.shown();
    room.context->tell_dataset();  // takes the place of that look, and looks for them all the same
    EXPECT_TRUE(room.loop.run_until([&] { return !page.form().text("model").empty(); }));
}

TEST(TagsPage, TheThresholdOfTheLineIsTheSetting) {
    WithTagsPage room;
    room.put_tagger();
    TagsPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "3 images"));
    page.preview().take_message({{"kind", "threshold"}, {"value", 0.62}}, {});
    EXPECT_EQ(page.form().text("threshold"), "0.62");
    EXPECT_EQ(page.preview().state().at("threshold"), 0.62);
    page.preview().take_message({{"kind", "step"}, {"by", 1}}, {});
    EXPECT_EQ(page.preview().state().at("label"), "b.png");
    page.preview().take_message({{"kind", "step"}, {"by", 9}}, {});
    EXPECT_EQ(page.preview().state().at("label"), "c.png");
    page.form().type("threshold", "many");
    page.main().press();
    EXPECT_TRUE(room.says(page, "1 field needs a look: Threshold.")) << page.status();
}

TEST(TagsPage, AnotherSettingTakesThePlanAway) {
    WithTagsPage room;
    room.put_tagger();
    TagsPage page(*room.context);
    page.shown();
    EXPECT_TRUE(room.says(page, "3 images"));
    page.form().type("threshold", "0");
    page.main().press();
    EXPECT_TRUE(room.says(page, "would be written"));
    page.form().type("exclude", "tag 4");
    EXPECT_TRUE(page.changes().state().at("rows").empty());
    page.changes().take_message({{"kind", "make"}, {"plan", page.changes().state().at("plan")}}, {});
    EXPECT_FALSE(base::is_there(room.images / "a.txt"));
}

}  // namespace lorikeet::widgets
