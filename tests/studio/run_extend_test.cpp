#include "studio/run_extend.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/safetensors.hpp"
#include "settings/toml.hpp"
#include "studio/train_desk.hpp"
#include "studio/workspace.hpp"
#include "support/small_job.hpp"
#include "train/run_dir.hpp"

namespace lorikeet::studio {
namespace {

class Nobody : public base::EventSink {
  public:
    void take(const base::Event&) override {}
};

base::Path trained(const settings::Job& job) {
    Nobody sink;
    base::Cancel cancel;
    return train(job, Existing::Refuse, sink, cancel).run_folder;
}

base::Path gone_on(const base::Path& run, const std::vector<settings::Assignment>& changes) {
    Nobody sink;
    base::Cancel cancel;
    return resume(run, sink, cancel, {changes}).file;
}

settings::Job constant(const support::SmallJob& small, std::int64_t steps) {
    auto job = small.job();
    job.train.steps = steps;
    job.optim.schedule.shape = settings::ScheduleShape::Constant;
    job.optim.schedule.warmup = 0;
    return job;
}

}  // namespace

TEST(RunExtend, GoesOnAsIfItHadBeenPlannedSo) {
    const support::SmallJob small;
    auto job = constant(small, 7);
    job.output.name = "whole";
    const auto whole = trained(job);
    const auto run = trained(constant(small, 4));
    const auto lora = gone_on(run, extend(run, {7, {}}));
    EXPECT_EQ(base::read_text(run / "job.toml").find("steps = 4"), std::string::npos);
    EXPECT_EQ(summary_of(run).step, 7);
    EXPECT_TRUE(std::filesystem::exists(run / "checkpoints" / "bird-step00000004.safetensors"))
        << "the LoRA of the first end stays";
    const auto weights = [](const base::Path& path) {
        const io::SafetensorsFile file(path);
        return base::sha256(file.payload());
    };
    EXPECT_EQ(weights(lora), weights(whole / "checkpoints" / "whole.safetensors"));
}

TEST(RunExtend, ARateThatFallsToItsEndIsNotStretched) {
    const support::SmallJob small;
    auto job = constant(small, 3);
    job.optim.schedule.shape = settings::ScheduleShape::Cosine;
    const auto run = trained(job);
    const auto before = base::read_text(run / "job.toml");
    try {
        extend(run, {9, {}});
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
        EXPECT_NE(std::string(error.hint()).find("start_from"), std::string::npos) << error.hint();
    }
    EXPECT_EQ(base::read_text(run / "job.toml"), before);
}

TEST(RunExtend, BackwardsIsNoWay) {
    const support::SmallJob small;
    const auto run = trained(constant(small, 4));
    EXPECT_THROW(extend(run, {4, {}}), base::Error);
    EXPECT_THROW(extend(run, {{}, 1}), base::Error);
    const auto lock = train::RunDir::open(run).lock();
    EXPECT_THROW(extend(run, {9, {}}), base::Error) << "a process works there";
}

TEST(RunExtend, AResumeThatIsRefusedLeavesTheEndAsItWas) {
    const support::SmallJob small;
    const auto job = constant(small, 4);
    const auto run = trained(job);
    const auto before = base::read_text(run / "job.toml");
    const auto changes = extend(run, {7, {}});
    const base::Path folder(job.data.subsets[0].folder);
    std::filesystem::rename(folder, folder.string() + "-moved");
    EXPECT_THROW(gone_on(run, changes), base::Error);
    EXPECT_EQ(base::read_text(run / "job.toml"), before);
    EXPECT_EQ(summary_of(run).step, 4);
}

TEST(RunExtend, EpochsCountWhereTheyAreGiven) {
    const support::SmallJob small;
    const auto run = trained(constant(small, 4));  // 3 steps an epoch
    gone_on(run, extend(run, {{}, 3}));
    const auto reading = settings::read_job_file(run / "job.toml");
    EXPECT_FALSE(reading.job.train.steps);
    EXPECT_EQ(reading.job.train.epochs, 3);
    EXPECT_EQ(summary_of(run).step, 9);
}

}  // namespace lorikeet::studio
