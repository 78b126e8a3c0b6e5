#include "studio/tag_desk.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "io/image.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_tagger.hpp"

namespace lorikeet::studio {

namespace {

using settings::ExistingCaption;

// Three images, of which one has a caption, one is damaged and one lies in a folder inside; and a tagger.
struct WithTagger {
    WithTagger() {
        support::write_tagger(folder.path() / "tagger", "tag_vit");
        std::filesystem::create_directories(at / "sub");
        for (int i = 0; i < 3; ++i) {
            io::Image image{20, 14, std::vector<std::uint8_t>(840)};
            for (std::size_t k = 0; k < image.rgb.size(); ++k)
                image.rgb[k] = static_cast<std::uint8_t>(k * 7 + static_cast<std::size_t>(i) * 60);
            io::write_png(at / names[static_cast<std::size_t>(i)], image);
        }
        base::write_whole(at / "a.txt", "mine, tag 4\r\n");
        base::write_whole(at / "damaged.png", "no image");
        request.folder = at;
        request.tagging.model = (folder.path() / "tagger").string();
        request.tagging.threshold = 0;  // every tag
        request.tagging.precision = settings::TagPrecision::Float32;
        request.tagging.device = settings::DeviceChoice::Cpu;
    }
    TagPlan plan(const base::Cancel& cancel = {}) {
        progress.clear();
        return plan_tags(
            request, list_dataset(at, {".txt", ".caption"}, {}),
            [&](const ImageProgress& each) { progress.push_back(each); }, cancel);
    }
    std::string text(const std::string& name) const {
        return base::is_file(at / name) ? base::read_text(at / name) : "-";
    }

    const std::vector<std::string> names{"a.png", "b.png", "sub/c.png"};
    support::TempFolder folder;
    base::Path at = folder.path() / "images";
    TagRequest request;
    std::vector<ImageProgress> progress;
};

constexpr const char* kAllTags = "tag 4, tag 5, tag 6, tag 7, nami (one piece)";

}  // namespace

TEST(TagDesk, ShowsFirstThenWritesAndTakesBack) {
    WithTagger room;
    const auto plan = room.plan();
    EXPECT_EQ(plan.tagger, "ViT, 16 px, 9 tags; the processor, float32");
    EXPECT_EQ(plan.images, 4U);
    EXPECT_EQ(plan.looked_at, 2U) << "an image with a caption is not looked at";
    EXPECT_EQ(plan.captions.same, 1U);
    ASSERT_EQ(plan.captions.change.texts.size(), 2U);
    EXPECT_EQ(plan.captions.change.texts[1].file, "sub/c.txt");
    EXPECT_EQ(plan.captions.change.texts[1].after, kAllTags);
    ASSERT_EQ(plan.captions.left_out.size(), 1U);
    EXPECT_EQ(plan.captions.left_out[0].where, "damaged.png");
    EXPECT_EQ(plan.tags.front(), (std::pair<std::string, std::size_t>{"nami (one piece)", 2}));
    EXPECT_EQ(room.text("b.txt"), "-");
    EXPECT_TRUE(base::is_file(plan.scores));

    const auto outcome = write_tags(room.request, plan);
    EXPECT_EQ(outcome.done, 2U);
    EXPECT_EQ(room.text("b.txt"), kAllTags);
    EXPECT_FALSE(base::is_there(plan.scores)) << "nobody asked for the scores";
    EXPECT_EQ(UndoJournal(room.at).undo_last()->done, 2U);
    EXPECT_EQ(room.text("b.txt"), "-");
    EXPECT_EQ(room.text("sub/c.txt"), "-");
}

TEST(TagDesk, CountsWhatIsWrittenAloneAndNotesWhatIsNoTag) {
    WithTagger room;
    room.request.images = {"a.png"};
    room.request.tagging.existing = ExistingCaption::Append;
    room.request.tagging.exclude = {"no such tag"};
    const auto plan = room.plan();
    ASSERT_EQ(plan.tags.size(), 4U);
    for (const auto& [tag, images] : plan.tags) EXPECT_NE(tag, "tag 4") << "it was there";
    EXPECT_EQ(plan.notes.back(), "exclude: \"no such tag\" is not a tag of this tagger.");
    write_tags(room.request, plan);
    EXPECT_TRUE(room.plan().tags.empty()) << "nothing is written";
}

TEST(TagDesk, ExcludedTagsAreToldApartFromLowScores) {
    WithTagger room;
    room.request.images = {"b.png"};
    room.request.tagging.exclude = {"*"};
    EXPECT_EQ(room.plan().captions.left_out.at(0).what,
              "All tags that reached their threshold are excluded.");
    room.request.tagging.threshold = 1.1;
    EXPECT_EQ(room.plan().captions.left_out.at(0).what, "No tag reached its threshold.");
}

TEST(TagDesk, ScoresAreSaidToBeKeptWhereTheyServe) {
    WithTagger room;
    EXPECT_FALSE(room.plan().is_kept) << "a threshold of 0 wants those below 0.01 too";
    room.request.tagging.threshold = 0.05;
    const auto plan = room.plan();
    EXPECT_TRUE(plan.is_kept);
    std::filesystem::remove(plan.scores);
    std::filesystem::create_directories(plan.scores / "in the way");
    EXPECT_FALSE(room.plan().is_kept);
}

TEST(TagDesk, KeptScoresServeAnotherThreshold) {
    WithTagger room;
    room.request.tagging.keep_scores = true;
    write_tags(room.request, room.plan());
    room.request.tagging.existing = ExistingCaption::Overwrite;
    EXPECT_EQ(room.plan().known, 0U)
        << "with a threshold of 0 every score matters, and those below 0.01 are not kept";
    room.request.tagging.threshold = 0.05;
    const auto plan = room.plan();
    EXPECT_EQ(plan.known, 3U);
    EXPECT_EQ(plan.looked_at, 0U);
    room.request.tagging.precision = settings::TagPrecision::Bfloat16;
    EXPECT_EQ(room.plan().known, 0U) << "other numbers, other scores";
}

TEST(TagDesk, ExistingCaptionsAreSkippedExtendedOrReplaced) {
    WithTagger room;
    room.request.images = {"a.png"};
    EXPECT_TRUE(room.plan().captions.change.texts.empty());
    room.request.tagging.existing = ExistingCaption::Append;
    EXPECT_EQ(room.plan().captions.change.texts.at(0).after,
              "mine, tag 4, tag 5, tag 6, tag 7, nami (one piece)\r\n");
    room.request.tagging.existing = ExistingCaption::Overwrite;
    EXPECT_EQ(room.plan().captions.change.texts.at(0).after, kAllTags);
    base::write_whole(room.at / "a.txt", "\xEF\xBB\xBF \n");
    room.request.tagging.existing = ExistingCaption::Skip;
    EXPECT_EQ(room.plan().captions.change.texts.at(0).after, kAllTags) << "a blank caption is none";
}

TEST(TagDesk, AppendingTwiceAddsNothing) {
    WithTagger room;
    room.request.tagging.existing = ExistingCaption::Append;
    write_tags(room.request, room.plan());
    const auto again = room.plan();
    EXPECT_TRUE(again.captions.change.texts.empty());
    EXPECT_EQ(again.captions.same, 3U);
}

TEST(TagDesk, TellsHowFarItIsAndKeepsWhatIsDoneAtAStop) {
    WithTagger room;
    room.plan();
    ASSERT_GE(room.progress.size(), 2U);
    EXPECT_EQ(room.progress.front().of, 3U);
    EXPECT_EQ(room.progress.back().done, 3U);
    EXPECT_GT(room.progress.back().per_second, 0);
    EXPECT_EQ(room.progress.back().device, "the processor, float32");

    WithTagger other;
    base::Cancel cancel;
    const auto stop_at_once = [&](const ImageProgress&) { cancel.request_stop(); };
    const auto stopped = plan_tags(other.request, list_dataset(other.at, {".txt"}, {}), stop_at_once, cancel);
    EXPECT_TRUE(stopped.stopped);
    EXPECT_EQ(stopped.looked_at, 1U) << "the image that was at work";
    EXPECT_EQ(write_tags(other.request, stopped).done, 1U);
    EXPECT_EQ(other.text("b.txt"), kAllTags);
    EXPECT_TRUE(base::is_file(stopped.scores)) << "there is more to do";
    const auto before = WithTagger().plan(cancel);
    EXPECT_TRUE(before.stopped && before.looked_at == 0) << "asked for while the tagger was loaded";
}

TEST(TagDesk, WhatCannotBeReadOrKeptEndsNothing) {
    WithTagger room;
    const std::string odd = "caf\xE9.png";
    std::filesystem::copy(room.at / "b.png", room.at / odd);
    std::filesystem::create_directory(room.at / "b.txt");
    const auto plan = room.plan();
    EXPECT_EQ(plan.looked_at, 2U) << "the one of an odd name too";
    EXPECT_EQ(plan.captions.left_out.at(0).what, "b.txt is a folder.");
    write_tags(room.request, plan);
    EXPECT_EQ(room.text("caf\xE9.txt"), kAllTags);
    std::filesystem::create_directories(plan.scores / "in the way");
    std::filesystem::remove(room.at / "caf\xE9.txt");
    const auto unkept = room.plan();
    EXPECT_EQ(unkept.captions.change.texts.size(), 1U);
    EXPECT_EQ(unkept.notes.back().substr(0, 24), "The scores are not kept.");
}

TEST(TagDesk, FoldersInsideAreLeftAloneWhereThatIsWished) {
    WithTagger room;
    room.request.tagging.recursive = false;
    EXPECT_EQ(room.plan().images, 3U);
}

TEST(TagDesk, TwoImagesDoNotShareACaption) {
    WithTagger room;
    std::filesystem::copy_file(room.at / "b.png", room.at / "b.jpg");
    const auto plan = room.plan();
    ASSERT_EQ(plan.captions.left_out.size(), 2U);
    EXPECT_EQ(plan.captions.left_out[0].what, "It would share its caption, b.txt, with b.jpg.");
}

TEST(TagDesk, CaptionsThatCannotBeAreToldAndTheRestGoesOn) {
    WithTagger room;
    room.request.tagging.existing = ExistingCaption::Append;
    std::filesystem::create_directories(room.at / "b.txt");
    base::write_whole(room.at / "a.txt", std::string("\xFFx\0y\0", 5));
    const auto plan = room.plan();
    EXPECT_EQ(plan.captions.change.texts.size(), 1U);
    EXPECT_EQ(plan.captions.left_out.size(), 3U) << "no text, no file, no image";
    room.request.tagging.threshold = 1;
    EXPECT_TRUE(room.plan().captions.change.texts.empty());
    room.request.tagging.threshold = 7;
    EXPECT_THROW(room.plan(), base::Error);
    room.request.tagging.threshold = 0.5;
    room.request.tagging.model = (room.at / "none").string();
    EXPECT_THROW(room.plan(), base::Error);
}

}  // namespace lorikeet::studio
