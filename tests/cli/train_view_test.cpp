#include "cli/train_view.hpp"

#include <sstream>

#include <gtest/gtest.h>

#include "cli/train_lines.hpp"

namespace lorikeet::cli {
namespace {

using base::Event;
using std::int64_t;

Event metrics(int64_t step) {
    return {"metrics",
            {{"step", step},
             {"total_steps", int64_t{300}},
             {"epoch", int64_t{4}},
             {"total_epochs", int64_t{10}},
             {"loss", 0.2},
             {"smoothed_loss", 0.08125},
             {"lr", 4.61e-4},
             {"lr_text", 9.2e-5},
             {"seconds_per_step", 0.25},
             {"eta_seconds", 45.0},
             {"memory_bytes", int64_t{1'100'000'000}}}};
}

Event phase(const char* name, int64_t total = 0) {
    Event event{"phase", {{"name", std::string(name)}}};
    if (total > 0) event.fields.emplace_back("total", total);
    return event;
}

Event progress(int64_t done, const char* what) {
    return {"progress", {{"done", done}, {"total", int64_t{12}}, {"what", std::string(what)}}};
}

std::string lines_of(const TrainStatus& status, const Screen& screen, double now) {
    std::string text;
    for (const auto& line : frame(status, screen, now)) text += line + '\n';
    return text;
}

const Screen kAscii{true, false, false, 72};

// A view whose clock is turned by hand.
template <class View>
struct Watched {
    explicit Watched(Screen screen = kAscii) : view(out, screen, "bird", [this] { return now; }) {}
    double now = 0;
    std::ostringstream out;
    View view;
    std::string said() {
        const std::string text = out.str();
        out.str("");
        return text;
    }
};

}  // namespace

TEST(TrainFrame, ShowsTrainingInFiveLines) {
    TrainStatus status;
    status.run = "bird";
    status.take(phase("training"), 2);
    status.take(metrics(120), 62);
    EXPECT_EQ(lines_of(status, kAscii, 65),
              "/ bird  training                                              1 min 05 s\n"
              "  [##############......................]  40 %  120 of 300 steps\n"
              "  loss 0.0813   rate 4.61e-04   text rate 9.20e-05   epoch 4 of 10\n"
              "  4.00 it/s   about 42 s left   memory 1.10 GB\n"
              "  Ctrl-C finishes this step, saves and stops.\n");
}

TEST(TrainFrame, ShowsCachingWithWhatIsWorkedOn) {
    TrainStatus status;
    status.run = "bird";
    status.take(phase("caching", 12), 1);
    status.take(progress(3, "perch.png"), 4);
    EXPECT_EQ(lines_of(status, kAscii, 4),
              "| bird  caching images                                               4 s\n"
              "  [#########...........................]  25 %  3 of 12  perch.png\n"
              "  Ctrl-C finishes this step, saves and stops.\n");
}

TEST(TrainFrame, MovesEverySecondEvenWhereNothingIsCounted) {
    TrainStatus status;
    status.run = "bird";
    status.take(phase("loading"), 0);
    EXPECT_NE(lines_of(status, kAscii, 1), lines_of(status, kAscii, 2));
    EXPECT_NE(lines_of(status, kAscii, 2).find("loading the model for 2 s"), std::string::npos);
}

TEST(TrainFrame, KeepsWithinItsColumns) {
    TrainStatus status;
    status.run = "a-run-with-a-very-long-name-that-nobody-would-ever-type-twice-in-one-day";
    status.take(phase("training"), 0);
    status.take(metrics(299), 0);
    for (const int width : {20, 40, 80, 200})
        for (const auto& line : frame(status, {true, false, true, width}, 7))
            EXPECT_LE(columns_of(line), width) << line;
}

TEST(TrainFrame, SaysHowToLeaveAtOnceWhileStopping) {
    TrainStatus status;
    status.run = "bird";
    status.stopping = true;
    EXPECT_NE(
        lines_of(status, {true, false, true, 80}, 3).find("press again to leave at once without saving."),
        std::string::npos);
}

TEST(LiveView, DrawsOverItsOwnLinesOnly) {
    Watched<LiveView> watched;
    watched.view.take(phase("loading"));
    const auto first = watched.said();
    EXPECT_EQ(first.find("\x1b["), std::string::npos);  // nothing of ours on the screen yet
    watched.now = 1;
    watched.view.tick();
    EXPECT_EQ(watched.said().find("\r\x1b[3A\x1b[J"), 0u);  // three lines up, and away with them
}

TEST(LiveView, KeepsNewsAboveTheImage) {
    Watched<LiveView> watched;
    watched.view.take(phase("training"));
    watched.said();
    watched.view.take({"sample", {{"file", std::string("a.png")}, {"step", int64_t{50}}}});
    const auto text = watched.said();
    EXPECT_EQ(text.find("\r\x1b[3A\x1b[Jsample at step 50: a.png\n"), 0u);
    EXPECT_GT(text.find("training"), text.find("a.png"));
}

TEST(LiveView, LeavesOnlyTheEndBehind) {
    Watched<LiveView> watched;
    watched.view.take(phase("training"));
    watched.said();
    watched.view.take(
        {"end",
         {{"reason", std::string("finished")}, {"step", int64_t{300}}, {"file", std::string("b.st")}}});
    watched.view.tick();
    EXPECT_EQ(watched.said(), "\r\x1b[3A\x1b[JFinished after 300 steps. The result: b.st\n");
}

TEST(PlainView, SaysFirstStepLastStepAndOneLineInTenSeconds) {
    Watched<PlainView> watched;
    watched.view.take(phase("training"));
    EXPECT_EQ(watched.said(), "training\n");
    watched.view.take(metrics(1));
    EXPECT_EQ(watched.said().find("step 1/300 (0 %), loss 0.0813"), 0u);
    watched.now = 5;
    watched.view.take(metrics(20));
    EXPECT_EQ(watched.said(), "");
    watched.now = 11;
    watched.view.take(metrics(40));
    EXPECT_EQ(watched.said(),
              "step 40/300 (13 %), loss 0.0813, rate 4.61e-04, text rate 9.20e-05, epoch 4 of 10, 4.00 it/s, "
              "about 45 s left, memory 1.10 GB\n");
    watched.now = 12;
    watched.view.take(metrics(300));
    EXPECT_EQ(watched.said().find("step 300/300 (100 %)"), 0u);
}

TEST(PlainView, StaysAliveThroughALongSilence) {
    Watched<PlainView> watched;
    watched.view.take(phase("caching", 12));
    watched.view.take(progress(2, "a.png"));
    watched.said();
    watched.now = 31;
    watched.view.tick();
    EXPECT_EQ(watched.said(), "caching images 2/12, a.png, for 31 s\n");
}

TEST(PlainView, HasNoTerminalCodes) {
    Watched<PlainView> watched({false, false, true, 80});
    watched.view.take(phase("training"));
    watched.view.take(metrics(1));
    watched.view.stopping();
    watched.view.take({"warning", {{"text", std::string("careful")}}});
    EXPECT_EQ(watched.said().find('\x1b'), std::string::npos);
}

TEST(Heartbeat, TellsTheViewThatAStopWasAskedFor) {
    std::ostringstream out;
    PlainView view(out, {}, "bird", [] { return 0.0; });
    {
        const Heartbeat heartbeat(view, [] { return true; });
        std::this_thread::sleep_for(std::chrono::milliseconds(60));
    }
    EXPECT_NE(out.str().find("press Ctrl-C again"), std::string::npos);
}

TEST(TrainLines, TextsOfStrangersAreShownNotObeyed) {
    EXPECT_EQ(news_of({"warning", {{"text", std::string("a\x1b[2J.png is cut off.")}}}),
              "warning: a\\x1b[2J.png is cut off.");
    EXPECT_EQ(news_of({"warning", {{"text", std::string("a\nFinished.png is cut off.")}}}),
              "warning: a\\nFinished.png is cut off.");
    TrainStatus status;
    status.run = "bird";
    status.take(phase("caching", 12), 2);
    status.take(progress(3, "a\x1b]0;x\x07\r.png"), 3);
    const Screen wide{true, false, false, 200};
    for (const auto& text : {lines_of(status, wide, 4), summary(status, 4)}) {
        EXPECT_EQ(text.find_first_of("\x1b\x07\r"), std::string::npos) << text;
        EXPECT_NE(text.find("a\\x1b]0;x\\x07\\r.png"), std::string::npos) << text;
    }
}

}  // namespace lorikeet::cli
