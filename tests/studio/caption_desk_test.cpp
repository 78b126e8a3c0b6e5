#include "studio/caption_desk.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "io/image.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_blip.hpp"

namespace lorikeet::studio {

namespace {

using settings::ExistingCaption;

// Three images, of which one has a caption, and one file that is no image; and a captioner.
struct WithCaptioner {
    WithCaptioner() {
        support::write_captioner(folder.path() / "captioner");
        std::filesystem::create_directories(at / "sub");
        std::size_t step = 3;
        for (const auto* name : {"a.png", "b.png", "sub/c.png"}) {
            io::Image image{20, 14, std::vector<std::uint8_t>(840)};
            for (std::size_t k = 0; k < image.rgb.size(); ++k)
                image.rgb[k] = static_cast<std::uint8_t>(k * step);
            io::write_png(at / name, image);
            step += 2;
        }
        base::write_whole(at / "a.txt", "mine, too\r\n");
        base::write_whole(at / "damaged.png", "no image");
        request.folder = at;
        request.captioning.model = (folder.path() / "captioner").string();
        request.captioning.prompt = "a photo of";
        request.captioning.min_length = 7;
        request.captioning.max_length = 12;
        request.captioning.precision = settings::TagPrecision::Float32;
        request.captioning.device = settings::DeviceChoice::Cpu;
    }
    CaptioningPlan plan(const base::Cancel& cancel = {}) const {
        return plan_captioning(request, list_dataset(at, {".txt", ".caption"}, {}), {}, cancel);
    }
    std::string text(const std::string& name) const {
        return base::is_file(at / name) ? base::read_text(at / name) : "-";
    }

    support::TempFolder folder;
    base::Path at = folder.path() / "images";
    CaptioningRequest request;
};

}  // namespace

TEST(CaptionDesk, ShowsFirstThenWritesAndTakesBack) {
    const WithCaptioner room;
    const auto plan = room.plan();
    EXPECT_EQ(plan.captioner, "BLIP, 32 px, 84 words; the processor, float32");
    EXPECT_EQ(plan.images, 4U);
    EXPECT_EQ(plan.looked_at, 2U) << "an image with a caption is not looked at";
    EXPECT_EQ(plan.captions.same, 1U);
    ASSERT_EQ(plan.captions.change.texts.size(), 2U);
    EXPECT_TRUE(plan.captions.change.texts[0].after.value().starts_with("a photo of"));
    ASSERT_EQ(plan.captions.left_out.size(), 1U);
    EXPECT_EQ(plan.captions.left_out[0].where, "damaged.png");
    EXPECT_EQ(room.text("b.txt"), "-");

    const auto again = room.plan();
    EXPECT_EQ(again.known, 2U) << "kept while it is only shown";
    EXPECT_EQ(again.looked_at, 0U);
    EXPECT_EQ(write_captioning(room.request, again).done, 2U);
    EXPECT_EQ(room.text("b.txt"), plan.captions.change.texts[0].after);
    EXPECT_FALSE(base::is_there(plan.kept));
    UndoJournal(room.at).undo_last();
    EXPECT_EQ(room.text("b.txt"), "-");
}

TEST(CaptionDesk, ExistingCaptionsAreExtendedOrReplaced) {
    WithCaptioner room;
    room.request.images = {"a.png"};
    room.request.captioning.existing = ExistingCaption::Overwrite;
    const auto sentence = room.plan().captions.change.texts.at(0).after.value();
    room.request.captioning.existing = ExistingCaption::Append;
    EXPECT_EQ(room.plan().captions.change.texts.at(0).after, "mine, too, " + sentence + "\r\n");
    write_captioning(room.request, room.plan());
    EXPECT_TRUE(room.plan().captions.change.texts.empty()) << "it is there already";

    const auto after = [&](const std::string& before) {
        base::write_whole(room.at / "a.txt", before);
        const auto texts = room.plan().captions.change.texts;
        return texts.empty() ? std::string("as it is") : texts.at(0).after.value();
    };
    EXPECT_EQ(after("\xEF\xBB\xBF\n\nmine\ntoo"), "\xEF\xBB\xBF\n\nmine, " + sentence + "\ntoo")
        << "behind the first line with words, whatever mark and blank lines there are";
    const auto behind = "A bird sits on a mat. " + sentence;
    EXPECT_EQ(after("A bird sits on a mat.\n"), behind + "\n");
    EXPECT_EQ(after(behind), "as it is");
    EXPECT_EQ(after("x, " + sentence + " , y"), "as it is");
    EXPECT_EQ(after(sentence + "alog"), sentence + "alog, " + sentence) << "that is another word";
    EXPECT_EQ(after("not " + sentence), "not " + sentence + ", " + sentence);
}

TEST(CaptionDesk, WhatIsKeptOutlastsOtherSettings) {
    WithCaptioner room;
    const auto first = room.plan();
    EXPECT_EQ(first.looked_at, 2U);
    EXPECT_TRUE(first.is_kept);
    const auto request = room.request;
    room.request.captioning.beams = 3;
    room.request.images = {"b.png"};
    const auto other = room.plan();
    EXPECT_EQ(other.looked_at, 1U);
    EXPECT_NE(other.kept, first.kept);
    room.request = request;
    const auto again = room.plan();
    EXPECT_EQ(again.known, 2U);
    EXPECT_EQ(again.looked_at, 0U);
    write_captioning(room.request, again);
    EXPECT_FALSE(base::is_there(first.kept));
    EXPECT_FALSE(base::is_there(other.kept)) << "of the same captioner";
}

TEST(CaptionDesk, WhatCouldNotBeKeptIsNotSaidToBe) {
    const WithCaptioner room;
    const auto kept = room.plan().kept;
    std::filesystem::remove(kept);
    std::filesystem::create_directories(kept / "in the way");
    const auto plan = room.plan();
    EXPECT_FALSE(plan.is_kept);
    EXPECT_TRUE(plan.notes.at(0).starts_with("The captions are not kept.")) << plan.notes.at(0);
    EXPECT_EQ(plan.looked_at, 2U);
}

TEST(CaptionDesk, ACaptionThatWasCutAndASettingThatDoesNothingAreNoted) {
    WithCaptioner room;
    room.request.captioning.min_length = room.request.captioning.max_length = 6;
    room.request.captioning.length_penalty = 2;
    room.request.captioning.early_stopping = true;
    room.request.captioning.seed = 5;
    for (const std::size_t known : {0U, 2U}) {
        const auto plan = room.plan();
        EXPECT_EQ(plan.known, known);
        EXPECT_EQ(plan.notes,
                  (std::vector<std::string>{"length_penalty does nothing with one beam.",
                                            "early_stopping does nothing with one beam.",
                                            "seed does nothing without top_p: nothing is drawn.",
                                            "2 captions were cut at 6 tokens; raise max_length."}));
    }
}

TEST(CaptionDesk, AStopKeepsWhatIsDone) {
    const WithCaptioner room;
    base::Cancel cancel;
    const auto stopped = plan_captioning(
        room.request, list_dataset(room.at, {".txt"}, {}),
        [&](const ImageProgress& progress) {
            if (progress.done == 1) cancel.request_stop();
        },
        cancel);
    EXPECT_TRUE(stopped.stopped);
    EXPECT_EQ(stopped.looked_at, 1U);
    EXPECT_EQ(write_captioning(room.request, stopped).done, 1U);
    EXPECT_TRUE(base::is_file(stopped.kept)) << "there is more to do";
}

TEST(CaptionDesk, AStopDoesNotWaitForACaptionToEnd) {
    const WithCaptioner room;
    base::Cancel cancel;
    const auto stopped = plan_captioning(
        room.request, list_dataset(room.at, {".txt"}, {}),
        [&](const ImageProgress&) { cancel.request_stop(); }, cancel);
    EXPECT_TRUE(stopped.stopped);
    EXPECT_EQ(stopped.looked_at, 0U);
    EXPECT_TRUE(stopped.captions.change.texts.empty());
}

TEST(CaptionDesk, WhatCannotBeIsTold) {
    WithCaptioner room;
    room.request.captioning.beams = 3;
    room.request.captioning.top_p = 0.9;
    EXPECT_THROW(room.plan(), base::Error);
    room.request.captioning.top_p.reset();
    EXPECT_NO_THROW(room.plan());
    room.request.captioning.model = (room.at / "none").string();
    EXPECT_THROW(room.plan(), base::Error);
}

}  // namespace lorikeet::studio
