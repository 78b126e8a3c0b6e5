#include "studio/tag_preview.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/image.hpp"
#include "studio/tag_desk.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_tagger.hpp"

namespace lorikeet::studio {

namespace {

struct WithOpenTagger {
    WithOpenTagger() {
        support::write_tagger(folder.path() / "tagger", "tag_vit");
        for (const auto* name : {"a.png", "b.png"})
            io::write_png(folder.path() / name, io::Image{20, 12, std::vector<std::uint8_t>(720, 90)});
        tagging.model = (folder.path() / "tagger").string();
        tagging.precision = settings::TagPrecision::Float32;
        tagging.threshold = 0;
    }
    TagPreview look(const std::string& name = "a.png") {
        const auto listing = list_dataset(folder.path(), {".txt"}, {});
        for (const auto& image : listing.images)
            if (image.name == name) return previewer.look(tagging, folder.path(), image);
        throw std::runtime_error("no such image");
    }
    support::TempFolder folder;
    settings::Tagging tagging;
    TagPreviewer previewer;
};

}  // namespace

TEST(TagPreview, SaysWhatTheDeskWouldWrite) {
    WithOpenTagger room;
    const auto preview = room.look();
    const auto plan = plan_tags({room.folder.path(), {"a.png"}, room.tagging},
                                list_dataset(room.folder.path(), {".txt"}, {}), {}, {});
    EXPECT_EQ(preview.caption, plan.captions.change.texts.at(0).after);
    EXPECT_FALSE(preview.caption.empty());
    EXPECT_EQ(preview.tagger, plan.tagger);
    std::size_t written = 0;
    for (std::size_t i = 0; i < preview.tags.size(); ++i) {
        written += preview.tags[i].written ? 1 : 0;
        if (i == 0) continue;
        EXPECT_LE(preview.tags[i].score, preview.tags[i - 1].score);
    }
    EXPECT_EQ(written, base::split(preview.caption, ", ").size());
}

TEST(TagPreview, AnotherThresholdIsAnotherChoiceOfTheSameScores) {
    WithOpenTagger room;
    const auto all = room.look();
    room.tagging.threshold = all.tags.at(1).score;
    const auto fewer = room.look();
    EXPECT_LT(base::split(fewer.caption, ", ").size(), base::split(all.caption, ", ").size());
    EXPECT_EQ(fewer.tags.at(0).score, all.tags.at(0).score);
    room.tagging.exclude = {"*"};
    EXPECT_EQ(room.look().caption, "");
}

TEST(TagPreview, ATaggerThatIsNotThereIsSaidAndAnotherCanBeOpened) {
    WithOpenTagger room;
    const auto good = room.tagging.model;
    room.tagging.model = (room.folder.path() / "nothing").string();
    EXPECT_THROW(room.look(), base::Error);
    room.tagging.model = good;
    EXPECT_EQ(room.look("b.png").image, "b.png");
    room.previewer.close();
    EXPECT_FALSE(room.look().tags.empty());
}

}  // namespace lorikeet::studio
