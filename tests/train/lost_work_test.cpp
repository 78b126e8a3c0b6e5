// Runs from which something is taken away: what they have done is never lost.
#include <chrono>
#include <csignal>
#include <functional>
#include <new>
#include <optional>

#include <c10/util/Exception.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/error.hpp"
#include "support/run_listener.hpp"
#include "support/small_disk.hpp"
#include "support/small_job.hpp"
#include "tensor/weights.hpp"
#include "train/loop.hpp"

namespace lorikeet::train {
namespace {

namespace fs = std::filesystem;
using support::RunListener, support::is_step;

std::string weights_of(const base::Path& lora) {
    tensor::NamedTensors tensors;
    const tensor::WeightFile file(lora);
    for (const auto& entry : file.entries()) tensors[entry.name] = file.get(entry.name);
    return tensor::payload_sha256(tensors);
}

class LostWork : public ::testing::Test {
  protected:
    LostWork() {
        job_ = small_.job();
        job_.train.steps = 6;
        const auto checkpoint = small_.folder() / "model.safetensors";
        fs::copy_file(job_.model.checkpoint, checkpoint);
        job_.model.checkpoint = checkpoint.string();
    }
    RunDir fresh(const std::string& name) const {
        return RunDir::create(job_.output.folder, name, RunDir::Existing::Refuse);
    }
    Outcome go(const RunDir& run, RunListener& listener, Start start = Start::Fresh) const {
        return train(job_, run, start, listener, listener.cancel);
    }
    // The error it ends with.
    base::Error failure(const RunDir& run, RunListener& listener, Start start = Start::Fresh) const {
        try {
            go(run, listener, start);
        } catch (const base::Error& error) {
            return error;
        }
        return {base::ErrorCode::Internal, "nothing was thrown"};
    }
    std::string whole() const {
        RunListener listener;
        return weights_of(go(fresh("whole"), listener).lora);
    }
    std::string resumed(const RunDir& run) const {
        RunListener listener;
        return weights_of(go(run, listener, Start::Resume).lora);
    }

    support::SmallJob small_;
    settings::Job job_;
};

}  // namespace

TEST_F(LostWork, ACheckpointThatIsTakenAwayCostsNothing) {
    const auto wanted = whole();
    job_.sample.prompts = {{"a bird", "", 1}};
    job_.sample.steps = 1;
    for (const bool replaced : {false, true}) {
        const base::Path checkpoint = job_.model.checkpoint;
        const auto saved = base::read_text(checkpoint);
        const auto run = fresh(replaced ? "replaced" : "removed");
        RunListener listener([&](const base::Event& event) {
            if (!is_step(event, 1)) return;
            fs::remove(checkpoint);
            if (replaced) base::write_whole(checkpoint, "something else");
        });
        const auto outcome = go(run, listener);
        EXPECT_EQ(outcome.end, Outcome::End::Finished);
        EXPECT_EQ(weights_of(outcome.lora), wanted);
        EXPECT_EQ(io::SafetensorsFile(outcome.lora).metadata().at("ss_new_sd_model_hash"),
                  base::sha256(saved));
        EXPECT_EQ(listener.of("sample").size(), 1U) << listener.said();
        base::write_whole(checkpoint, saved);
    }
}

TEST_F(LostWork, ACheckpointThatIsWrittenOverCostsItsHashAlone) {
    RunListener listener([&](const base::Event& event) {
        if (!is_step(event, 1)) return;
        fs::last_write_time(job_.model.checkpoint, fs::file_time_type::clock::now() + std::chrono::hours(1));
    });
    const auto outcome = go(fresh("over"), listener);
    EXPECT_FALSE(io::SafetensorsFile(outcome.lora).metadata().contains("ss_new_sd_model_hash"));
    EXPECT_NE(listener.said().find("without the checkpoint's SHA-256"), std::string::npos) << listener.said();
}

TEST_F(LostWork, CachesAndCaptionsThatAreTakenAwayCostNothing) {
    job_.adapter.train_text = false;
    const auto wanted = whole();
    RunListener listener([&](const base::Event& event) {
        if (!is_step(event, 1)) return;
        fs::remove_all(job_.data.cache_folder);
        for (const auto& entry : fs::directory_iterator(small_.folder() / "pictures"))
            if (entry.path().extension() == ".txt") fs::remove(entry.path());
    });
    EXPECT_EQ(weights_of(go(fresh("taken"), listener).lora), wanted);
}

TEST_F(LostWork, WhereNoImageIsLeftWhatIsDoneIsSaved) {
    const auto wanted = whole();
    const auto run = fresh("taken");
    const auto images = small_.folder() / "pictures";
    RunListener listener([&](const base::Event& event) {
        if (!is_step(event, 2)) return;
        fs::remove_all(job_.data.cache_folder);
        fs::rename(images, small_.folder() / "away");
    });
    EXPECT_EQ(failure(run, listener).code(), base::ErrorCode::NotFound);
    const auto end = listener.of("end").back();
    EXPECT_EQ(end.text("reason"), "failed");
    EXPECT_GE(end.number("step"), 2);
    EXPECT_EQ(listener.of("checkpoint").size(), 1U);
    fs::rename(small_.folder() / "away", images);
    EXPECT_EQ(resumed(run), wanted);
}

TEST_F(LostWork, ExceptionsOfOthersLeaveAnEndAndAState) {
    const auto wanted = whole();
    const std::vector<std::function<void()>> throws{
        [] { throw std::bad_alloc(); }, [] { TORCH_CHECK(false, "shapes differ"); },
        [] { throw fs::filesystem_error("gone", std::make_error_code(std::errc::io_error)); },
        [] { throw std::runtime_error("odd"); }, [] { throw 7; }};
    for (std::size_t i = 0; i < throws.size(); ++i) {
        const auto run = fresh("thrown" + std::to_string(i));
        RunListener listener([&](const base::Event& event) {
            if (is_step(event, 3)) throws[i]();
        });
        failure(run, listener);
        ASSERT_EQ(listener.of("end").size(), 1U);
        EXPECT_EQ(listener.of("end")[0].text("reason"), "failed");
        EXPECT_EQ(listener.of("end")[0].number("step"), 3);
        EXPECT_EQ(listener.of("state").back().number("step"), 3);
        EXPECT_EQ(resumed(run), wanted);
    }
}

TEST_F(LostWork, NoExceptionInASampleEndsARunNorTheNextResume) {
    const auto wanted = whole();
    job_.sample.prompts = {{"a bird", "", 1}};
    job_.sample.steps = 1;
    job_.sample.every_steps = 1;
    const auto run = fresh("sampled");
    const auto no_samples = [&](RunListener& listener, std::int64_t stop_at) {
        return [&listener, stop_at](const base::Event& event) {
            if (is_step(event, stop_at)) listener.cancel.request_stop();
            if (event.kind == "progress" && event.text("what") == "a bird") throw std::runtime_error("odd");
        };
    };
    RunListener first([&](const base::Event& event) { no_samples(first, 3)(event); });
    EXPECT_EQ(go(run, first).end, Outcome::End::Stopped);
    RunListener second([&](const base::Event& event) { no_samples(second, 0)(event); });
    const auto outcome = go(run, second, Start::Resume);
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    EXPECT_EQ(weights_of(outcome.lora), wanted);
    EXPECT_NE(second.said().find("No sample of \"a bird\": odd"), std::string::npos) << second.said();
}

TEST_F(LostWork, AStopLeavesALoraOfItsStep) {
    const auto run = fresh("stopped");
    RunListener listener([&](const base::Event& event) {
        if (is_step(event, 3)) listener.cancel.request_stop();
    });
    EXPECT_EQ(go(run, listener).end, Outcome::End::Stopped);
    ASSERT_EQ(listener.of("checkpoint").size(), 1U);
    EXPECT_EQ(listener.of("checkpoint")[0].number("step"), 3);
    EXPECT_FALSE(weights_of(listener.of("checkpoint")[0].text("file")).empty());
}

TEST_F(LostWork, AStopSaysThatItsLoraCouldNotBeSaved) {
    const auto run = fresh("stopped-without");
    RunListener listener([&](const base::Event& event) {
        if (!is_step(event, 3)) return;
        fs::remove_all(run.checkpoints());
        base::write_whole(run.checkpoints(), "a file in the way");
        listener.cancel.request_stop();
    });
    EXPECT_EQ(go(run, listener).end, Outcome::End::Stopped);
    EXPECT_EQ(listener.of("end")[0].text("unsaved"), "its LoRA");
    EXPECT_NE(listener.said().find("The LoRA of step 3 could not be saved"), std::string::npos);
    EXPECT_EQ(listener.of("state").back().number("step"), 3);
}

TEST_F(LostWork, ADiskThatIsFullOnTheWayIsSaidAndTrainingGoesOn) {
    const auto wanted = whole();
    job_.output.state_every_steps = 1;
    const auto run = fresh("full");
    std::optional<support::SmallDisk> full;
    RunListener listener([&](const base::Event& event) {
        if (is_step(event, 2)) full.emplace(rlim_t{30'000});
        if (is_step(event, 5)) full.reset();
    });
    const auto outcome = go(run, listener);
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    EXPECT_EQ(weights_of(outcome.lora), wanted);
    EXPECT_NE(listener.said().find("The state of step 2 could not be saved"), std::string::npos)
        << listener.said();
    EXPECT_NE(listener.said().find("could be saved now"), std::string::npos) << listener.said();
    std::vector<double> steps;
    for (const auto& state : listener.of("state")) steps.push_back(state.number("step"));
    EXPECT_EQ(steps, (std::vector<double>{1, 5, 6}));
}

TEST_F(LostWork, AFinishedLoraGoesElsewhereWhenItsFolderDoesNotTakeIt) {
    const auto wanted = whole();
    const auto run = fresh("full");
    RunListener listener([&](const base::Event& event) {
        if (!is_step(event, 3)) return;
        fs::remove_all(run.checkpoints());
        base::write_whole(run.checkpoints(), "in the way");
    });
    const auto error = failure(run, listener);
    const auto rescued = fs::canonical(run.path()) / "bird.safetensors";
    ASSERT_TRUE(fs::exists(rescued)) << error.what();
    EXPECT_EQ(weights_of(rescued), wanted);
    EXPECT_NE(std::string(error.what()).find(rescued.string()), std::string::npos) << error.what();
    EXPECT_EQ(base::exit_code(error.code()), 2);
    fs::remove(run.checkpoints());
    EXPECT_EQ(resumed(run), wanted) << "the run writes it again";
}

TEST_F(LostWork, WhereNoFolderTakesTheLoraItIsTriedAgain) {
    const auto wanted = whole();
    const auto run = fresh("nowhere");
    std::optional<support::SmallDisk> full;
    RunListener listener([&](const base::Event& event) {
        if (is_step(event, 6)) full.emplace(rlim_t{20'000});
        if (event.kind == "warning" && event.text("text").find("No folder") == 0) full.reset();
    });
    const auto outcome = go(run, listener);
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    EXPECT_EQ(weights_of(outcome.lora), wanted);
}

TEST_F(LostWork, SamplesWithoutAPromptAreOfTheFirstCaption) {
    job_.sample.prompts.clear();
    const auto run = fresh("asked");
    RunListener listener([&](const base::Event& event) {
        if (is_step(event, 2)) run.ask(Request::Sample);
    });
    EXPECT_EQ(go(run, listener).end, Outcome::End::Finished);
    ASSERT_EQ(listener.of("sample").size(), 2U) << "the one that was asked for, and that of the end";
    for (const auto& sample : listener.of("sample"))
        EXPECT_NE(sample.text("prompt").find("bird"), std::string::npos);
}

TEST_F(LostWork, AFolderThatIsDeletedIsARunAgainAtItsNextSave) {
    const auto run = fresh("deleted");
    RunListener listener([&](const base::Event& event) {
        if (!is_step(event, 2)) return;
        std::filesystem::remove_all(run.path() / "state");
        std::filesystem::remove(run.job_file());
        run.ask(Request::Stop);
    });
    EXPECT_EQ(go(run, listener).end, Outcome::End::Stopped);
    EXPECT_TRUE(std::filesystem::exists(run.job_file()));
    RunListener second;
    EXPECT_EQ(go(RunDir::open(run.path()), second, Start::Resume).end, Outcome::End::Finished);
}

TEST_F(LostWork, AStopOfAnEarlierSessionStopsNoResume) {
    const auto run = fresh("stopped");
    RunListener first([&](const base::Event& event) {
        if (is_step(event, 2)) run.ask(Request::Stop);
        if (event.kind == "end") run.ask(Request::Stop);  // pressed again, too late
    });
    EXPECT_EQ(go(run, first).end, Outcome::End::Stopped);
    RunListener second;
    EXPECT_EQ(go(run, second, Start::Resume).end, Outcome::End::Finished);
    ASSERT_EQ(second.of("request").size(), 1U);
    EXPECT_EQ(second.of("request")[0].text("answer"), "dropped");
}

TEST_F(LostWork, RequestsAreHeardBeforeTheFirstStep) {
    const auto run = fresh("early");
    RunListener listener([&](const base::Event& event) {
        if (event.kind == "phase" && event.text("name") == "caching") run.ask(Request::Save);
    });
    EXPECT_EQ(go(run, listener).end, Outcome::End::Finished);
    ASSERT_EQ(listener.of("request").size(), 2U);
    EXPECT_EQ(listener.of("request")[0].text("answer"), "heard");
    EXPECT_EQ(listener.of("request")[1].text("answer"), "done");
    EXPECT_EQ(listener.of("checkpoint")[0].number("step"), 1);
    const auto asked = fresh("asked");
    RunListener stopped([&](const base::Event& event) {
        if (event.kind == "phase" && event.text("name") == "loading") {
            asked.ask(Request::Stop);
            ::usleep(400'000);  // a model takes longer
        }
    });
    EXPECT_EQ(go(asked, stopped).end, Outcome::End::Stopped);
    EXPECT_TRUE(stopped.of("metrics").empty());
}

TEST_F(LostWork, MovedInputsAreResumedBitForBitAndRecorded) {
    const auto wanted = whole();
    const auto run = fresh("moved");
    RunListener first([&](const base::Event& event) {
        if (is_step(event, 3)) first.cancel.request_stop();
    });
    go(run, first);
    fs::rename(small_.folder() / "pictures", small_.folder() / "elsewhere");
    fs::rename(job_.model.checkpoint, small_.folder() / "renamed.safetensors");
    RunListener lost;
    const auto error = failure(run, lost, Start::Resume);
    EXPECT_NE(error.hint().find("--set model.checkpoint=FILE --set data.subsets.0.folder=FOLDER"),
              std::string::npos)
        << error.hint();
    job_.data.subsets[0].folder = (small_.folder() / "elsewhere").string();
    job_.model.checkpoint = (small_.folder() / "renamed.safetensors").string();
    RunListener second;
    EXPECT_EQ(weights_of(go(run, second, Start::Resume).lora), wanted);
    EXPECT_NE(second.said().find("From here on model.checkpoint is"), std::string::npos) << second.said();
    EXPECT_NE(base::read_text(run.job_file()).find("renamed.safetensors"), std::string::npos);
}

TEST_F(LostWork, OtherInputsAreRefusedByNameOrAcceptedAndRecorded) {
    const auto run = fresh("changed");
    RunListener first([&](const base::Event& event) {
        if (is_step(event, 3)) first.cancel.request_stop();
    });
    go(run, first);
    const auto images = small_.folder() / "pictures";
    auto image = io::read_image(images / "image1.png");
    image.rgb[0] ^= 1U;
    io::write_png(images / "image1.png", image);  // of the same size
    base::write_whole(images / "image2.txt", "a fish");
    RunListener refused;
    const std::string cause = failure(run, refused, Start::Resume).what();
    EXPECT_NE(cause.find("image1.png is another image"), std::string::npos) << cause;
    EXPECT_NE(cause.find("the caption of image2.png was \"a bird, number 2\" and is \"a fish\""),
              std::string::npos)
        << cause;
    RunListener accepted;
    const auto outcome = go(run, accepted, Start::ResumeAsItIs);
    EXPECT_EQ(outcome.end, Outcome::End::Finished);
    EXPECT_EQ(accepted.of("accepted").size(), 1U);
    const auto recorded = io::SafetensorsFile(outcome.lora).metadata().at("lorikeet.accepted_changes");
    EXPECT_NE(recorded.find("step 3: image1.png is another image"), std::string::npos) << recorded;
}

TEST_F(LostWork, AnAlphaThatIsNoFloatIsResumedBitForBit) {
    job_.adapter.alpha = 0.1;
    const auto wanted = whole();
    const auto run = fresh("alpha");
    RunListener first([&](const base::Event& event) {
        if (is_step(event, 3)) first.cancel.request_stop();
    });
    go(run, first);
    EXPECT_EQ(resumed(run), wanted);
}

}  // namespace lorikeet::train
