#include "cli/train_lines.hpp"

#include "cli/train_events.hpp"

namespace lorikeet::cli {

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

// Between two reports the time left goes on falling, down to nothing and not below; a run that stops has none.
TEST(TrainFrame, TheTimeLeftCountsDownByItself) {
    TrainStatus status;
    status.take(phase("training"), 0);
    status.take(metrics(120), 100);
    EXPECT_NE(lines_of(status, kAscii, 110).find("about 35 s left"), std::string::npos)
        << lines_of(status, kAscii, 110);
    EXPECT_NE(lines_of(status, kAscii, 900).find("about 0 s left"), std::string::npos)
        << lines_of(status, kAscii, 900);
    status.stopping = true;
    EXPECT_EQ(lines_of(status, kAscii, 110).find(" left"), std::string::npos);
}

TEST(TrainFrame, FastStepsAreCountedBySecondAndSlowOnesInSeconds) {
    TrainStatus status;
    status.take(phase("training"), 0);
    status.take(metrics(1), 0);
    for (const auto& [seconds, words] :
         {std::pair{0.25, "4.00 it/s"}, {1.0, "1.00 s/it"}, {12.5, "12.50 s/it"}}) {
        status.seconds_per_step = seconds;
        EXPECT_NE(lines_of(status, kAscii, 1).find(words), std::string::npos) << words;
    }
}

TEST(TrainFrame, ABarIsFullOnlyAtTheEndAndHasBlocksWhereTheyAreShown) {
    TrainStatus status;
    status.take(phase("training"), 0);
    status.take(metrics(299), 0);
    EXPECT_NE(lines_of(status, kAscii, 1).find("###.]  99 %  299 of 300 steps"), std::string::npos);
    status.take(metrics(300), 0);
    EXPECT_NE(lines_of(status, kAscii, 1).find("####] 100 %  300 of 300 steps"), std::string::npos);
    const Screen blocks{true, false, true, 72};
    EXPECT_NE(lines_of(status, blocks, 1).find("██ 100 %"), std::string::npos);
}

TEST(TrainLines, ALineOfALogSaysWhatIsKnownSoFar) {
    TrainStatus status;
    status.take(phase("loading"), 5);
    EXPECT_EQ(summary(status, 8), "loading the model, for 3 s");
    status.take(phase("caching", 12), 10);
    status.take(progress(3, "perch.png"), 11);
    EXPECT_EQ(summary(status, 12), "caching images 3/12, perch.png, for 2 s");
    status.take(phase("training"), 20);
    EXPECT_EQ(summary(status, 21).find("step"), std::string::npos) << "no step has been told of";
    status.take(metrics(75), 30);
    EXPECT_TRUE(summary(status, 30).starts_with("step 75/300 (25 %), loss 0.0813, rate 4.61e-04"))
        << summary(status, 30);
}

TEST(TrainLines, NewsAreWhatPeopleWaitFor) {
    using Text = std::string;
    EXPECT_EQ(news_of({"sample", {{"file", Text("a.png")}, {"step", int64_t{50}}}}),
              "sample at step 50: a.png");
    EXPECT_EQ(news_of({"checkpoint", {{"file", Text("b.st")}, {"step", int64_t{60}}}}),
              "saved at step 60: b.st");
    EXPECT_EQ(news_of({"note", {{"text", Text("by the way")}}}), "by the way");
    EXPECT_EQ(news_of(metrics(3)), "");
    EXPECT_EQ(news_of(phase("loading")), "");
    const auto end = [](const char* reason, int64_t step, const char* file) {
        return news_of({"end", {{"reason", Text(reason)}, {"step", step}, {"file", Text(file)}}});
    };
    EXPECT_EQ(end("finished", 1, ""), "Finished after 1 step.");
    EXPECT_EQ(end("stopped", 7, "c.st"), "Stopped after step 7; all is saved. The result: c.st");
    EXPECT_EQ(end("stopped", 0, ""), "Stopped before the first step.");
    EXPECT_EQ(end("failed", 7, ""), "") << "the command says why, once";
}

}  // namespace lorikeet::cli
