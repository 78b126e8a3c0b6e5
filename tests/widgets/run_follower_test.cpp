#include "widgets/run_follower.hpp"

#include <optional>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/run_folder.hpp"
#include "train/run_dir.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {
namespace {

using support::RunFolder;

struct WithFollower {
    // What the next look finds. The clock is turned once; no look is under way before.
    RunSnapshot next() {
        loop.advance(std::chrono::milliseconds(500));
        return came();
    }
    RunSnapshot came() {
        EXPECT_TRUE(loop.run_until([&] { return found.has_value(); }));
        auto snapshot = found.value_or(RunSnapshot{});
        found.reset();
        return snapshot;
    }
    RunSnapshot followed(const base::Path& folder) {
        follower.follow(folder);
        return came();
    }

    support::HandLoop loop;
    std::optional<RunSnapshot> found;
    RunFollower follower{loop, "", [this](const RunSnapshot& snapshot) { found = snapshot; }};
};

}  // namespace

TEST(RunFollower, TellsWhatIsThereAndThenWhatIsNew) {
    const RunFolder run;
    run.step(1, 0.5);
    run.step(2, 0.4);
    WithFollower room;
    auto snapshot = room.followed(run.path());
    ASSERT_EQ(snapshot.points.size(), 2U);
    EXPECT_FALSE(snapshot.again);
    EXPECT_EQ(snapshot.status.step, 2);
    EXPECT_EQ(snapshot.state, studio::RunState::CutOff);
    run.step(3, 0.3);
    run.say(R"({"time":5,"kind":"warning","text":"one image left out"})");
    snapshot = room.next();
    ASSERT_EQ(snapshot.points.size(), 1U);
    EXPECT_EQ(snapshot.points[0].loss, 0.3);
    EXPECT_EQ(snapshot.warnings, std::vector<std::string>{"one image left out"});
    snapshot = room.next();
    EXPECT_TRUE(snapshot.points.empty());
    EXPECT_TRUE(snapshot.warnings.empty());
    EXPECT_EQ(snapshot.status.step, 3) << "how it stands is told each time";
}

TEST(RunFollower, ARunThatBeganAgainIsToldFromItsFirstStep) {
    const RunFolder run;
    for (int step = 1; step <= 5; ++step) run.step(step, 1);
    WithFollower room;
    EXPECT_EQ(room.followed(run.path()).points.size(), 5U);
    std::filesystem::remove(run.path() / "events.jsonl");
    run.step(1, 3);
    RunSnapshot snapshot;
    std::size_t points = 0;
    bool again = false;
    for (int i = 0; i < 3; ++i) {
        snapshot = room.next();
        again = again || snapshot.again;
        points += snapshot.points.size();
    }
    EXPECT_TRUE(again);
    EXPECT_EQ(points, 1U);
}

// Hundreds of samples of a long run would be hundreds of files to read and send.
TEST(RunFollower, OnlyTheNewestSamplesComeAsImages) {
    const RunFolder run;
    std::filesystem::create_directories(run.path() / "samples");
    for (int i = 0; i < 10; ++i) {
        io::write_png(run.path() / "samples" / fmt::format("{}.png", i),
                      io::Image{2, 2, std::vector<std::uint8_t>(12)});
        run.say(fmt::format(
            R"({{"time":1,"kind":"sample","file":"samples/{}.png","prompt":"a bird","step":{}}})", i, i));
    }
    WithFollower room;
    const auto samples = room.followed(run.path()).samples;
    ASSERT_EQ(samples.size(), 10U);
    for (std::size_t i = 0; i < samples.size(); ++i) {
        EXPECT_EQ(samples[i].sample.step, static_cast<std::int64_t>(i));
        EXPECT_EQ(samples[i].png.empty(), i < 10 - static_cast<std::size_t>(kNewestSamples)) << i;
    }
    EXPECT_EQ(small_sample(run.path() / "samples" / "absent.png"), "") << "no reason to stop following";
}

TEST(RunFollower, TellsALivingRunItsResultAndItsLog) {
    const RunFolder run;
    run.say(R"({"time":1,"kind":"session","start":"fresh","pid":1})");
    run.say(R"({"time":61,"kind":"checkpoint","file":"checkpoints/bird-000005.safetensors","step":5})");
    base::write_whole(run.path() / "log.txt", "first\nlast\n");
    WithFollower room;
    auto snapshot = room.followed(run.path());
    EXPECT_EQ(snapshot.state, studio::RunState::CutOff);
    EXPECT_EQ(snapshot.worked_s, 60) << "to its last word";
    EXPECT_EQ(snapshot.result, (run.path() / "checkpoints/bird-000005.safetensors").string());
    EXPECT_EQ(snapshot.log, (std::vector<std::string>{"first", "last"}));
    const auto lock = train::RunDir::open(run.path()).lock();
    snapshot = room.next();
    EXPECT_EQ(snapshot.state, studio::RunState::Running);
    EXPECT_GT(snapshot.worked_s, 1e6) << "to this moment";
}

TEST(RunFollower, NothingIsToldOfARunThatWasLeft) {
    const RunFolder left, other;
    left.step(1, 1);
    other.step(1, 1);
    other.step(2, 1);
    WithFollower room;
    room.follower.follow(left.path());
    room.follower.follow(other.path());  // the look at the first may be done already
    EXPECT_EQ(room.came().points.size(), 2U);
    EXPECT_EQ(room.follower.folder(), other.path());
    room.follower.leave();
    EXPECT_TRUE(room.follower.folder().empty());
    other.step(3, 1);
    room.loop.advance(std::chrono::seconds(3));
    room.follower.look();
    EXPECT_FALSE(room.loop.run_until([&] { return room.found.has_value(); }, std::chrono::milliseconds(50)));
}

TEST(RunFollower, AFolderThatIsNoneIsToldAsTrouble) {
    const RunFolder run;
    WithFollower room;
    EXPECT_NE(room.followed(run.path() / "absent").trouble.find("There is no folder"), std::string::npos);
}

}  // namespace lorikeet::widgets
