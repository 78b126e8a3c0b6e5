#include "train/setup.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "data/cache_listing.hpp"
#include "support/kohya_files.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

using support::RunListener;

struct SetupPlace {
    support::SmallJob small;
    settings::Job job = small.job();
    RunDir run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    Setup set_up(Session& session) const {
        RunSaver saver(job, run, session);
        auto setup = begin_setup(job, session, saver);
        for (const auto& phase : setup.phases.in_order) {
            if (phase.phase == Phase::Fit) break;
            session.cancel().throw_if_stopped();
            session.phase(std::string(name_of(phase.phase)));
            train::set_up(setup, phase.phase, job, session, saver);
        }
        return setup;
    }
};

}  // namespace

TEST(Setup, HasAllThatAStepNeeds) {
    SetupPlace place;
    RunListener listener;
    Session session(place.run, SessionStart::Fresh, listener, listener.cancel);
    const auto setup = place.set_up(session);
    EXPECT_EQ(setup.images.size(), 5U);
    EXPECT_EQ(setup.length.batches_per_epoch, 3);
    EXPECT_EQ(setup.loader->batch(0, 0).images.size(), 2U);
}

TEST(Setup, SaysWhatItTookFromACacheAndWhatItCouldNot) {
    namespace fs = std::filesystem;
    SetupPlace place;
    place.job.adapter.train_text = false;
    const auto images = place.small.folder() / "pictures";
    support::write_kohya_latents(images / "image0.png", {80, 72}, {4, 16, 16}, {0, 3, 64, 60.6});
    support::write_kohya_latents(images / "image1.png", {80, 72}, {4, 16, 8}, {0, 3, 64, 60.6});
    place.job.data.kohya_latents = true;
    const auto said_by_a_setup = [&] {
        RunListener listener;
        Session session(place.run, SessionStart::Fresh, listener, listener.cancel);
        const auto setup = place.set_up(session);
        EXPECT_EQ(setup.held_caches.size(), 1U);
        EXPECT_FALSE(data::CacheLock::try_clear(place.job.data.cache_folder));
        return listener.said();
    };
    const auto first = said_by_a_setup();
    EXPECT_NE(first.find("Latents that sd-scripts cached are used for 1 image."), std::string::npos) << first;
    EXPECT_NE(first.find("Latents by sd-scripts of another size are not used (image1.png)"),
              std::string::npos)
        << first;
    EXPECT_EQ(first.find("damaged"), std::string::npos) << first;
    EXPECT_TRUE(data::CacheLock::try_clear(place.job.data.cache_folder));
    for (const auto& entry : data::list_cache(place.job.data.cache_folder, base::Cancel()))
        fs::resize_file(entry.file, entry.bytes - 1);
    const auto second = said_by_a_setup();
    EXPECT_NE(second.find("5 latents in the cache were damaged, and were made again."), std::string::npos)
        << second;
    EXPECT_NE(second.find("captions in the cache were damaged, and were made again."), std::string::npos)
        << second;
}

TEST(Setup, WhatIsNotThereAnyMoreIsNamedByItsSetting) {
    SetupPlace place;
    EXPECT_EQ(where_moved(place.job, place.run), "");
    std::filesystem::rename(place.small.folder() / "pictures", place.small.folder() / "moved");
    place.job.model.vae = "/nowhere/vae.safetensors";
    const auto words = where_moved(place.job, place.run);
    EXPECT_NE(
        words.find(place.run.path().string() + " --set model.vae=FILE --set data.subsets.0.folder=FOLDER."),
        std::string::npos)
        << words;
}

TEST(Setup, StopsBetweenAnyTwoImagesWhenItIsAskedTo) {
    SetupPlace place;
    for (const std::string phase : {"reading images", "loading", "caching", "encoding"}) {
        place.job.adapter.train_text = false;
        RunListener listener([&](const base::Event& event) {
            if (event.kind == "phase" && event.text("name") == phase) listener.cancel.request_stop();
        });
        Session session(place.run, SessionStart::Fresh, listener, listener.cancel);
        try {
            place.set_up(session);
            FAIL() << "nothing was thrown in " << phase;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::Interrupted) << error.what();
        }
    }
}

}  // namespace lorikeet::train
