#include "cli/train_view.hpp"

#include <sstream>

#include "cli/train_events.hpp"

namespace lorikeet::cli {
namespace {

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

}  // namespace lorikeet::cli
