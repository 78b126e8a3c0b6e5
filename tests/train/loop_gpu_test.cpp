// Whole runs on a GPU: what holds on the processor holds there, though numbers arrive a step late.
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/gpu.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"
#include "tensor/weights.hpp"
#include "train/loop.hpp"

namespace lorikeet::train {
namespace {

settings::Job gpu_job(const support::SmallJob& small) {
    auto job = small.job();
    job.train.device = settings::DeviceChoice::Cuda;
    job.train.steps = 12;
    job.optim.schedule.shape = settings::ScheduleShape::Constant;
    return job;
}

Outcome run(const settings::Job& job, support::RunListener& listener) {
    const auto place = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    return train(job, place, Start::Fresh, listener, listener.cancel);
}

}  // namespace

TEST(LoopGpu, TellsEveryStepInItsTurnAndKeepsWhatTheProcessorKeeps) {
    LORIKEET_NEEDS_GPU();
    const support::SmallJob small;
    auto job = gpu_job(small);
    job.output.state_every_steps = 5;
    job.sample.prompts = {{"a bird", "", 1}};
    job.sample.steps = 2;
    job.sample.every_steps = 4;
    support::RunListener listener;
    const auto outcome = run(job, listener);
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    EXPECT_TRUE(std::filesystem::exists(outcome.lora));
    const auto metrics = listener.of("metrics");
    ASSERT_EQ(metrics.size(), 12U);
    for (std::size_t i = 0; i < metrics.size(); ++i)
        EXPECT_EQ(metrics[i].number("step"), static_cast<double>(i + 1));
    EXPECT_GT(metrics.back().number("gpu_memory_bytes"), 0);
    EXPECT_EQ(listener.of("sample").size(), 3U);
    EXPECT_EQ(listener.of("state").size(), 3U);
    EXPECT_TRUE(listener.of("warning").empty()) << listener.of("warning").front().text("text");
}

TEST(LoopGpu, LearnsWhatTheProcessorLearns) {
    LORIKEET_NEEDS_GPU();
    const support::SmallJob small;
    auto job = gpu_job(small);
    job.train.precision = settings::Precision::Float32;
    job.optim.lr = 1e-3;
    support::RunListener on_gpu, on_cpu;
    run(job, on_gpu);
    job.train.device = settings::DeviceChoice::Cpu;
    job.output.name = "cpu";
    run(job, on_cpu);
    const auto ours = on_gpu.of("metrics"), wanted = on_cpu.of("metrics");
    ASSERT_EQ(ours.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i)
        EXPECT_NEAR(ours[i].number("loss") / wanted[i].number("loss"), 1, 1e-3) << i;
}

TEST(LoopGpu, ALossThatIsNotANumberIsNamedWithItsStepAndNothingIsSaved) {
    LORIKEET_NEEDS_GPU();
    const support::SmallJob small;
    auto job = gpu_job(small);
    job.optim.lr = 10;
    job.optim.max_grad_norm = 0;
    job.noise.offset = 1e30;
    support::RunListener listener;
    try {
        run(job, listener);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NotFinite);
        EXPECT_NE(std::string(error.what()).find("at step 1, with image"), std::string::npos) << error.what();
    }
    EXPECT_TRUE(listener.of("metrics").empty());
    EXPECT_TRUE(listener.of("state").empty());
}

TEST(LoopGpu, GoesOnWhereItWasStopped) {
    LORIKEET_NEEDS_GPU();
    const support::SmallJob small;
    auto job = gpu_job(small);
    support::RunListener first([&](const base::Event& event) {
        if (support::is_step(event, 6)) first.cancel.request_stop();
    });
    const auto stopped = run(job, first);
    EXPECT_EQ(stopped.end, Outcome::End::Stopped);
    EXPECT_GE(stopped.step, 6);
    EXPECT_EQ(first.of("metrics").back().number("step"), static_cast<double>(stopped.step));
    support::RunListener second;
    const auto outcome = train(job, RunDir::at(base::Path(job.output.folder) / job.output.name),
                               Start::Resume, second, second.cancel);
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    EXPECT_EQ(second.of("metrics").front().number("step"), static_cast<double>(stopped.step + 1));
}

}  // namespace lorikeet::train
