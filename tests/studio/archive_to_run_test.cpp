// From an archive to a run and back: what is imported, looked at, planned and trained is the same, and an undo brings back the
// very bytes.
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "studio/dataset_report.hpp"
#include "studio/dataset_unpack.hpp"
#include "studio/import_sources.hpp"
#include "studio/train_desk.hpp"
#include "studio/undo_journal.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"

namespace lorikeet::studio {

namespace {

std::string striped_png(std::int64_t width, int seed) {
    io::Image image{width, 72, {}};
    for (std::int64_t i = 0; i < width * 72 * 3; ++i)
        image.rgb.push_back(static_cast<std::uint8_t>(i * (seed + 3) % 253));
    return io::encode_png(image);
}

}  // namespace

TEST(ArchiveToRun, MixedFoldersAreImportedLookedAtTrainedAndTakenBack) {
    const support::SmallJob small;
    const auto set = small.folder() / "set";
    std::filesystem::create_directories(set);
    base::write_whole(set / "mine.png", striped_png(72, 9));
    std::vector<support::Packed> packed;
    for (int i = 0; i < 3; ++i) {
        const auto name = std::to_string(i);
        packed.push_back({"birds/2_red bird/" + name + ".png", striped_png(40 + 24 * i, i)});
        packed.push_back({"birds/2_red bird/" + name + ".txt", "a red bird, number " + name});
        packed.push_back({"birds/1_\u9ce5/" + name + ".png", striped_png(96, i + 20)});
        packed.push_back({"reg/" + name + ".png", striped_png(80, i + 40)});
    }
    packed.push_back({"birds/lost.txt", "of no image"});
    support::write_archive(set / "birds.zip", packed);
    const auto before = files_of(set);

    const auto came = unpack_in_dataset(set, "birds.zip", {".txt"}, {});
    EXPECT_EQ(came.images, 9);
    EXPECT_EQ(came.captions, 3);
    ASSERT_EQ(came.left_out.size(), 1U);
    EXPECT_EQ(came.subsets.size(), 4U);  // with the image that was there

    auto job = small.job();
    job.sample.at_end = false;
    job.train.epochs = 2;
    job.data.subsets.clear();
    for (const auto& found : came.subsets) {
        auto& subset = job.data.subsets.emplace_back();
        subset.folder = (set / found.folder).string();
        subset.repeats = found.repeats;
        subset.class_words = found.words;
        subset.regularisation = found.folder == "reg";
    }
    const auto report = report_on(job, {});
    EXPECT_TRUE(report.errors.empty()) << base::to_text(report.errors);
    ASSERT_EQ(report.images.size(), 10U);
    EXPECT_GT(report.sizes.size(), 1U) << "several buckets";
    // 3 twice, 3 once, 1 by itself, and as many of regularisation.
    EXPECT_EQ(report.showings_per_epoch, 2 * (6 + 3 + 1));

    const auto planned = plan(job, Existing::Refuse, base::Cancel());
    ASSERT_TRUE(planned.problems.empty()) << base::to_text(planned.problems);
    EXPECT_EQ(planned.length.images_per_epoch, report.showings_per_epoch);
    EXPECT_EQ(planned.length.training.total_steps, 2 * report.batches_per_epoch);
    support::RunListener listener;
    train(job, Existing::Refuse, listener, listener.cancel);
    EXPECT_EQ(std::ssize(listener.of("metrics")), planned.length.training.total_steps);

    EXPECT_TRUE(UndoJournal(set).undo_last()->not_done.empty());
    for (const auto& [name, bytes] : before) EXPECT_EQ(base::read_text(set / name), bytes) << name;
    EXPECT_EQ(find_subsets(set, std::vector<std::string>{".txt"}).size(), 1U) << "mine.png alone";
}

}  // namespace lorikeet::studio
