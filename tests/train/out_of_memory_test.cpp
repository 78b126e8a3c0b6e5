// Whole runs on a machine with too little memory: ATen's allocator refuses what goes above a limit.
#include <functional>

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/small_job.hpp"
#include "support/tensor_memory.hpp"
#include "tensor/weights.hpp"
#include "train/loop.hpp"

namespace lorikeet::train {

using support::SmallJob, support::TensorMemory;

namespace {

// Hears a run, and does something behind a certain step.
class MemoryListener : public base::EventSink {
  public:
    explicit MemoryListener(std::function<void(std::int64_t step)> behind = {})
        : behind_(std::move(behind)) {}
    void take(const base::Event& event) override {
        if (event.kind == "warning") warnings.push_back(event.text("text"));
        if (event.kind == "end") end = event.text("reason");
        if (event.kind != "metrics") return;
        losses.push_back(event.number("loss"));
        recompute = std::get<bool>(*event.find("recompute"));
        parts = static_cast<std::int64_t>(event.number("parts"));
        if (behind_) behind_(static_cast<std::int64_t>(event.number("step")));
    }
    std::vector<std::string> warnings;
    std::vector<double> losses;
    std::string end;
    bool recompute = false;
    std::int64_t parts = 0;
    base::Cancel cancel;

  private:
    std::function<void(std::int64_t)> behind_;
};

class OutOfMemory : public ::testing::Test {
  protected:
    OutOfMemory() {
        job_ = small_.job();
        job_.train.steps = 6;
        job_.train.recompute = settings::Recompute::Off;
        job_.output.state_every_steps = 0;
    }
    ~OutOfMemory() override { memory_.lift_limit(); }

    RunDir fresh(const std::string& name) const {
        return RunDir::create(job_.output.folder, name, RunDir::Existing::Refuse);
    }
    Outcome go(const RunDir& run, MemoryListener& listener, Start start = Start::Fresh) const {
        return train(job_, run, start, listener, listener.cancel);
    }
    // Nine tenths of what steps take beyond what stays between them, in a run that has enough.
    std::size_t too_little(const settings::Job& job, const std::string& name) const {
        std::size_t idle = 0, most = 0;
        MemoryListener listener([&](std::int64_t step) {
            if (step == 2) memory_.forget_peak();
            if (step == 5) idle = memory_.now(), most = memory_.peak();
        });
        train(job, fresh(name), Start::Fresh, listener, listener.cancel);
        return idle + (most - idle) / 10 * 9;
    }
    MemoryListener limited_after_two(std::size_t bytes, std::function<void()> refuse) {
        return MemoryListener([this, bytes, refuse](std::int64_t step) {
            if (step == 2) memory_.limit(bytes, refuse);
            if (step == 5) memory_.lift_limit();
        });
    }

    TensorMemory& memory_ = TensorMemory::instance();
    SmallJob small_;
    settings::Job job_;
};

void refuse_as_the_processor() {
    TORCH_CHECK(false, "DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.");
}
void refuse_as_a_gpu() { TORCH_CHECK_WITH(OutOfMemoryError, false, "CUDA out of memory."); }

}  // namespace

TEST_F(OutOfMemory, AStepThatDoesNotFitIsRepeatedWithRecomputeAndTheRunGoesOnWithIt) {
    MemoryListener plain;
    go(fresh("plain"), plain);
    const auto bytes = too_little(job_, "measured");
    int kind = 0;
    for (const auto& refuse : std::vector<std::function<void()>>{[] { throw std::bad_alloc(); },
                                                                 refuse_as_the_processor, refuse_as_a_gpu}) {
        auto listener = limited_after_two(bytes, refuse);
        const auto outcome = go(fresh("limited" + std::to_string(++kind)), listener);
        EXPECT_EQ(outcome.step, 6);
        EXPECT_EQ(listener.losses,
                  plain.losses);  // the step was repeated, not left out, and bit for bit the same
        EXPECT_TRUE(listener.recompute);
        EXPECT_EQ(listener.parts, 1);
        ASSERT_EQ(listener.warnings.size(), 1U);
        EXPECT_NE(listener.warnings[0].find("recompute on"), std::string::npos) << listener.warnings[0];
    }
}

TEST_F(OutOfMemory, WhereRecomputeIsNotEnoughBatchesAreParted) {
    auto with = job_;
    with.train.recompute = settings::Recompute::On;
    MemoryListener plain;
    train(with, fresh("plain"), Start::Fresh, plain, plain.cancel);
    const auto bytes = too_little(with, "measured");
    auto listener = limited_after_two(bytes, [] { throw std::bad_alloc(); });
    EXPECT_EQ(go(fresh("limited"), listener).step, 6);
    EXPECT_EQ(listener.parts, 2);
    ASSERT_EQ(listener.losses.size(), plain.losses.size());
    for (std::size_t i = 0; i < plain.losses.size(); ++i)
        EXPECT_NEAR(listener.losses[i], plain.losses[i], 1e-3 * plain.losses[i]) << "step " << i + 1;
}

TEST_F(OutOfMemory, AResumedRunGoesOnWithWhatHelped) {
    auto with = job_;
    with.train.recompute = settings::Recompute::On;
    const auto bytes = too_little(with, "measured");
    // Five images in twos: step 3 has one image, which goes on with recompute alone; step 4 has two again, and is parted.
    const auto run_to_the_end = [&](const std::string& name, std::int64_t stop_at) {
        const auto run = fresh(name);
        MemoryListener first([&](std::int64_t step) {
            if (step == 2) memory_.limit(bytes);
            if (step == 4) memory_.lift_limit();
            if (step == stop_at) first.cancel.request_stop();
        });
        auto outcome = go(run, first);
        MemoryListener second;
        if (outcome.end == Outcome::End::Stopped) outcome = go(run, second, Start::Resume);
        EXPECT_EQ(stop_at > 0 ? second.parts : 2, 2);
        const tensor::WeightFile file(outcome.lora);
        tensor::NamedTensors tensors;
        for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name);
        return tensor::payload_sha256(tensors);
    };
    EXPECT_EQ(run_to_the_end("stopped", 4), run_to_the_end("straight", 0));
}

TEST_F(OutOfMemory, WhenNothingHelpsTheRunStopsWithItsStateSaved) {
    const auto run = fresh("hopeless");
    MemoryListener listener([&](std::int64_t step) {
        if (step == 2) memory_.limit(memory_.now() + 100'000);
    });
    try {
        go(run, listener);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NoSpace) << error.what();
        EXPECT_FALSE(error.hint().empty());
    }
    EXPECT_EQ(listener.end, "failed");
    memory_.lift_limit();
    MemoryListener second;
    EXPECT_EQ(go(run, second, Start::Resume).step, 6);
    EXPECT_EQ(second.losses.size(), 4U);
}

}  // namespace lorikeet::train
