#include "studio/demo.hpp"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/home.hpp"
#include "io/format.hpp"
#include "io/image.hpp"
#include "settings/check.hpp"
#include "studio/likeness.hpp"
#include "studio/sample_desk.hpp"
#include "studio/train_desk.hpp"
#include "support/temp_folder.hpp"
#include "train/choose.hpp"

namespace lorikeet::studio {

namespace {

class Silence : public base::EventSink {
  public:
    void take(const base::Event&) override {}
};

}  // namespace

TEST(Demo, ItsJobIsInOrderAndTakesWhatComesAlong) {
    const support::TempFolder folder;
    const auto job = demo_job(folder.path());
    const auto problems = settings::check(job);
    EXPECT_TRUE(problems.empty()) << base::to_text(problems);
    EXPECT_EQ(job.model.checkpoint, "tiny");
    ASSERT_EQ(job.data.subsets.size(), 1U);
    EXPECT_EQ(base::Path(job.data.subsets[0].folder), base::try_find_asset("lorikeet"));
}

TEST(Demo, EveryShippedImageHasItsCaptionAndIsAsLargeAsItIsTrainedAt) {
    const support::TempFolder folder;
    const auto job = demo_job(folder.path());
    std::size_t images = 0;
    for (const auto& entry : std::filesystem::directory_iterator(job.data.subsets.at(0).folder)) {
        if (!io::has_image_extension(entry.path())) continue;
        ++images;
        const auto image = io::read_image(entry.path());
        EXPECT_GE(std::min(image.width_px, image.height_px), job.data.resolution.front()) << entry.path();
        const auto caption = base::read_text(base::Path(entry.path()).replace_extension(".txt"));
        EXPECT_NE(caption.find("lorikeet"), std::string::npos) << entry.path();
    }
    EXPECT_GE(images, 10U);
}

TEST(Demo, ItsSettingsAreThoseThatAreChosenForItsImages) {
    const support::TempFolder folder;
    const auto job = demo_job(folder.path());
    auto open = job;
    open.data.resolution.clear();
    open.data.batch.reset();
    open.adapter.rank.reset();
    open.adapter.alpha.reset();
    open.optim.lr.reset();
    open.optim.text_lr.reset();
    open.train.steps.reset();
    const auto changes = settings::difference(job, train::choose(open, base::Cancel()).job);
    EXPECT_TRUE(changes.empty()) << changes.front().path;
}

// Name, model, folder and trigger alone: the first LoRA of a person's life looks like its subject.
TEST(FirstLoraSlow, LooksLikeItsSubject) {
    const support::TempFolder folder;
    settings::Job job;
    job.output.name = "lorikeet";
    job.output.folder = folder.path().string();
    settings::Subset subset;
    subset.folder = base::try_find_asset("lorikeet")->string();
    subset.trigger = "lorikeet";
    job.data.subsets = {subset};
    job.data.cache_folder = (folder.path() / "cache").string();
    Silence silence;
    base::Cancel cancel;
    const auto result = train(job, Existing::Refuse, silence, cancel);
    ASSERT_FALSE(result.stopped);

    std::vector<io::Image> subjects;
    for (const auto& entry : std::filesystem::directory_iterator(subset.folder))
        if (io::has_image_extension(entry.path())) subjects.push_back(io::read_image(entry.path()));
    double before = 0, after = 0;
    for (const auto* ground : {"white", "green", "yellow", "purple"}) {
        SampleRequest request;
        request.prompt = fmt::format("lorikeet, a lorikeet on a {} background", ground);
        request.seed = 7;
        request.loras = {{result.file, 1}};
        request.strengths = {0, 1};
        request.out = folder.path() / "samples" / ground;
        const auto files = sample(request, cancel, silence);
        before += distance_to(io::read_image(files.at(0)), subjects) / 4;
        after += distance_to(io::read_image(files.at(1)), subjects) / 4;
    }
    std::cout << "distance to the subject: " << before << " without the LoRA, " << after << " with it\n";
    EXPECT_LT(after, 0.75 * before);
    EXPECT_LT(after, 0.2);
}

TEST(Demo, WritesNowhereButIntoItsFolder) {
    const support::TempFolder folder;
    const auto job = demo_job(folder.path());
    EXPECT_EQ(job.output.folder, folder.path().string());
    EXPECT_EQ(base::Path(job.data.cache_folder).parent_path(), folder.path());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace lorikeet::studio
