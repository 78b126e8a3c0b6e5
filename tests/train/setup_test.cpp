#include "train/setup.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

using support::RunListener;

struct SetupPlace {
    support::SmallJob small;
    settings::Job job = small.job();
    RunDir run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
};

}  // namespace

TEST(Setup, HasAllThatAStepNeeds) {
    SetupPlace place;
    RunListener listener;
    Session session(place.run, SessionStart::Fresh, listener, listener.cancel);
    Keeper keeper(place.job, place.run, session);
    const auto setup = set_up(place.job, SessionStart::Fresh, session, keeper);
    EXPECT_EQ(setup.pictures.size(), 5U);
    EXPECT_EQ(setup.horizon.batches_per_epoch, 3);
    EXPECT_EQ(setup.loader->batch(0, 0).pictures.size(), 2U);
}

TEST(Setup, OfAResumedRunSaysHowToNameWhatWasMoved) {
    SetupPlace place;
    std::filesystem::rename(place.small.folder() / "pictures", place.small.folder() / "moved");
    RunListener listener;
    Session session(place.run, SessionStart::Resume, listener, listener.cancel);
    Keeper keeper(place.job, place.run, session);
    try {
        set_up(place.job, SessionStart::Resume, session, keeper);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_NE(error.hint().find("--set data.subsets.0.folder="), std::string::npos) << error.hint();
    }
}

TEST(Setup, StopsBetweenAnyTwoPicturesWhenItIsAskedTo) {
    SetupPlace place;
    for (const std::string phase : {"reading pictures", "loading", "caching", "encoding"}) {
        place.job.adapter.train_text = false;
        RunListener listener([&](const base::Event& event) {
            if (event.kind == "phase" && event.text("name") == phase) listener.cancel.request_stop();
        });
        Session session(place.run, SessionStart::Fresh, listener, listener.cancel);
        Keeper keeper(place.job, place.run, session);
        try {
            set_up(place.job, SessionStart::Fresh, session, keeper);
            FAIL() << "nothing was thrown in " << phase;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::Interrupted) << error.what();
        }
    }
}

}  // namespace lorikeet::train
