#include "widgets/train_page.hpp"

#include <gtest/gtest.h>

#include "support/small_job.hpp"
#include "train/run_dir.hpp"
#include "widgets/page_context.hpp"
#include "widgets/run_follower.hpp"
#include "widgets/run_panel.hpp"

namespace lorikeet::widgets {

using studio::RunState;
using namespace std::chrono_literals;

namespace {

struct WithTrain : TestPageContext {
    explicit WithTrain(std::int64_t steps = 6) {
        auto job = small.job();
        job.train.steps = steps;
        job.sample.prompts = {{"a bird", "", 1}};
        job.sample.steps = 2;
        use(job);
        page = std::make_unique<TrainPage>(*context);
    }
    void use(const settings::Job& job) const {
        TypedJob typed({"data.subsets"});
        typed.write(job);
        context->take_recipe(typed);
    }
    // Lets the clock of the panel go on until something is so.
    template <class Done>
    bool wait(Done done, std::chrono::seconds longest = 90s) {
        const auto end = std::chrono::steady_clock::now() + longest;
        while (!done()) {
            if (std::chrono::steady_clock::now() > end) return false;
            loop.advance(250ms);
            std::this_thread::sleep_for(20ms);
        }
        return true;
    }
    bool plan_and_start() {
        page->shown();
        if (!wait([&] { return page->mood() == Mood::Ready; })) return false;
        click(page->main());
        return true;
    }
    static void type_into_checkbox(Checkbox& box) { box.take_update({{"value", !box.value()}}, {}); }
    bool ends_as(RunState state) {
        return wait([&] { return !page->panel().is_alive() && page->panel().state() == state; });
    }
    bool says(const std::string& words) const { return all_text(registry).find(words) != std::string::npos; }

    support::SmallJob small;
    std::unique_ptr<TrainPage> page;
};

}  // namespace

TEST(TrainPage, ThePlanIsExactBeforeAnythingBegins) {
    WithTrain room;
    room.page->shown();
    EXPECT_EQ(room.page->mood(), Mood::Busy);
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Ready; }));
    for (const auto* words :
         {"5 images, 6 steps", "Unknown", "time unknown yet", "needed at most", "bird.safetensors"})
        EXPECT_NE(room.page->the_plan().html().find(words), std::string::npos) << words;
    EXPECT_FALSE(std::filesystem::exists(room.small.folder() / "runs"));
}

TEST(TrainPage, AnIncompleteRecipeIsNamed) {
    WithTrain room;
    room.use(settings::Job{});
    room.page->shown();
    EXPECT_EQ(room.page->mood(), Mood::Look);
    EXPECT_NE(room.page->the_plan().html().find("Folder"), std::string::npos);
    std::string led_to;
    room.context->go_to = [&](std::string_view word) { return !(led_to = word).empty(); };
    click(room.page->main());
    EXPECT_EQ(room.page->mood(), Mood::Look);
    EXPECT_EQ(led_to, "recipe");
    EXPECT_EQ(room.page->status(), "Next: run the cell recipe above.");
}

TEST(TrainPage, AdviceOfThePlanIsOnePressAway) {
    WithTrain room;
    auto job = room.small.job();
    job.data.resolution = {512};
    room.use(job);
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return !room.page->the_plan().fixes().empty(); }));
    EXPECT_EQ(room.context->recipe.job().data.resolution.front(), 512) << "nothing is set by itself";
    auto& button = dynamic_cast<Button&>(*room.page->the_plan().fixes().front());
    EXPECT_EQ(button.label(), "Set \"Resolution\" to 64");
    click(button);
    EXPECT_EQ(room.context->recipe.job().data.resolution.front(), 64);
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Ready; }));
    EXPECT_TRUE(room.page->the_plan().fixes().empty());
}

TEST(TrainPage, AProblemOfThePlanNamesItsField) {
    WithTrain room;
    auto job = room.small.job();
    job.model.checkpoint = "nowhere.safetensors";
    room.use(job);
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Wrong; }));
    EXPECT_NE(room.page->the_plan().html().find("Checkpoint"), std::string::npos);
}

TEST(TrainPage, ARunGoesToItsEndAndIsShown) {
    WithTrain room;
    ASSERT_TRUE(room.plan_and_start());
    ASSERT_TRUE(room.ends_as(RunState::Finished)) << room.page->status();
    EXPECT_EQ(room.page->mood(), Mood::Done);
    EXPECT_EQ(room.page->panel().chart().size(), 6U);
    EXPECT_TRUE(room.says("a bird"));
    EXPECT_EQ(room.page->panel().facts_html().find("Time left"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(room.small.folder() / "runs/bird/checkpoints/bird.safetensors"));
    // What is next is the main button.
    ASSERT_TRUE(room.wait([&] { return room.page->main().label() == "Continue to test"; }));
    std::string led_to;
    room.context->go_to = [&](std::string_view word) { return !(led_to = word).empty(); };
    ASSERT_TRUE(room.wait([&] { return room.page->main().enabled(); }));
    click(room.page->main());
    EXPECT_EQ(led_to, "test");
}

TEST(TrainPage, APressBeforeThePlanIsThereIsNotLost) {
    WithTrain room;
    room.page->shown();
    click(room.page->main());
    click(room.page->main());  // in haste
    EXPECT_EQ(room.page->mood(), Mood::Busy);
    ASSERT_TRUE(room.ends_as(RunState::Finished)) << room.page->status();
    // What was typed behind the press is not begun by it.
    room.context->type_recipe("output.name", "other");
    room.page->shown();
    click(room.page->main());
    room.context->type_recipe("train.steps", "7");
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Ready; })) << room.page->status();
    EXPECT_FALSE(room.page->panel().is_alive());
    EXPECT_FALSE(std::filesystem::exists(room.small.folder() / "runs/other"));
}

TEST(TrainPage, AnOutputThatExistsNeedsATickOrAnotherName) {
    WithTrain room;
    ASSERT_TRUE(room.plan_and_start());
    ASSERT_TRUE(room.ends_as(RunState::Finished)) << room.page->status();
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.says("There already"); }));
    EXPECT_TRUE(room.says("checkpoints/bird.safetensors"));
    room.context->type_recipe("optim.lr", "1e-4");
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Look; })) << room.page->status();
    EXPECT_EQ(room.page->main().label(), "Start");
    click(room.page->main());
    EXPECT_EQ(room.page->mood(), Mood::Look);
    click(room.page->the_plan().other_name());
    EXPECT_EQ(room.context->recipe.text("output.name"), "bird_v2");
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Ready; }));
}

TEST(TrainPage, StopSavesAndResumeGoesOn) {
    WithTrain room(4000);
    ASSERT_TRUE(room.plan_and_start());
    ASSERT_TRUE(room.wait([&] { return room.page->panel().chart().size() > 3; })) << room.page->status();
    EXPECT_FALSE(room.page->main().enabled()) << "one training at a time";
    click(room.page->panel().button("Stop"));
    EXPECT_NE(room.page->status().find("Stopping after this step"), std::string::npos);
    EXPECT_FALSE(room.page->panel().button("Stop").enabled()) << "once is enough";
    ASSERT_TRUE(room.ends_as(RunState::Stopped)) << room.page->status();
    EXPECT_TRUE(room.wait([&] { return room.page->main().enabled(); }));
    const auto steps = room.page->panel().chart().size();
    ASSERT_TRUE(room.wait([&] { return room.page->main().label() == "Resume"; }));
    click(room.page->main());
    ASSERT_TRUE(room.wait([&] { return room.page->panel().chart().size() > steps; })) << room.page->status();
    // Another kernel finds the run that goes on.
    room.page.reset();
    room.restart();
    auto job = room.small.job();
    job.train.steps = 4000;
    room.use(job);
    room.page = std::make_unique<TrainPage>(*room.context);
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->panel().is_alive(); }));
    EXPECT_GT(room.page->panel().chart().size(), steps);
    click(room.page->panel().button("Stop"));
    ASSERT_TRUE(room.ends_as(RunState::Stopped)) << room.page->status();
}

namespace {

// Some other process that trains, as the page sees it: a lock, and a record of what runs.
struct ElsewhereRun {
    explicit ElsewhereRun(const base::Path& folder) : run(folder) {
        std::filesystem::create_directories(run);
        base::write_whole(run / "job.toml", "");
        lock = train::RunDir::at(run).lock();
        record = std::make_unique<studio::RunRecord>(run, studio::Others::Allow);
    }
    base::Path run;
    std::optional<base::FileLock> lock;
    std::unique_ptr<studio::RunRecord> record;
};

}  // namespace

TEST(TrainPage, ATrainingElsewhereIsNamedShownAndKeepsASecondFromStarting) {
    WithTrain room;
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Ready; }));
    std::optional<ElsewhereRun> other(room.small.folder() / "another place/dog");
    ASSERT_TRUE(room.wait([&] { return room.page->panel().folder() == other->run; }))
        << "it is shown by itself";
    EXPECT_FALSE(room.page->main().enabled());
    EXPECT_FALSE(room.page->the_plan().is_open()) << "a run is what counts";
    EXPECT_NE(room.page->runs().options().at(0).find("dog \u2013 running"), std::string::npos);
    // Another entry is chosen: the living one is still named, and nothing can be started.
    const auto old = room.small.folder() / "runs/old";
    std::filesystem::create_directories(old);
    base::write_whole(old / "job.toml", "");
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->runs().options().size() == 2; }));
    room.page->runs().take_update({{"index", 0}}, {});
    ASSERT_TRUE(room.wait([&] { return room.page->panel().folder() == old; }));
    ASSERT_TRUE(room.wait([&] { return room.page->others().rows().size() == 1; }));
    EXPECT_FALSE(room.page->main().enabled());
    EXPECT_TRUE(room.says("One training at a time"));
    EXPECT_EQ(room.page->status(), "Waiting: dog is training.");
    // Nothing is wrong with a recipe that is changed meanwhile.
    room.context->type_recipe("train.steps", "7");
    ASSERT_TRUE(room.wait([&] { return room.page->the_plan().html().find("7 steps") != std::string::npos; }));
    EXPECT_EQ(room.page->status(), "Waiting: dog is training.");
    click(control<Button>(room.registry, "Stop dog"));
    ASSERT_TRUE(room.wait([&] { return std::filesystem::exists(other->run / "control"); }));
    EXPECT_TRUE(room.wait([&] { return room.page->status().find("Stopping dog") != std::string::npos; }));
    click(control<Button>(room.registry, "Show dog"));
    EXPECT_EQ(room.page->panel().folder(), other->run);
    EXPECT_TRUE(room.page->others().rows().empty());
    other.reset();
    ASSERT_TRUE(room.wait([&] { return room.page->main().enabled(); }));
    EXPECT_TRUE(room.page->the_plan().is_open());
}

TEST(TrainPage, TheRunOfTheRecipeIsNoProblemOfItsPlan) {
    WithTrain room;
    const ElsewhereRun running(room.small.folder() / "runs/bird");
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->the_plan().html().find("6 steps") != std::string::npos; }));
    for (const auto* words : {"Process ", "right now", "Choose another name"})
        EXPECT_FALSE(room.says(words)) << words;
    ASSERT_TRUE(room.wait([&] { return !room.page->the_plan().is_open(); }));
    EXPECT_FALSE(room.page->the_plan().existing().shown());
    click(control<Button>(room.registry, "Plan again"));
    EXPECT_TRUE(room.page->the_plan().is_open()) << "who asks for it sees it";
}

TEST(TrainPage, ALivingRunIsNotLostWithItsFolder) {
    WithTrain room(4000);
    ASSERT_TRUE(room.plan_and_start());
    ASSERT_TRUE(room.wait([&] { return room.page->panel().chart().size() > 3; })) << room.page->status();
    const auto run = room.page->panel().folder();
    std::filesystem::rename(run, room.small.folder() / "away");
    std::filesystem::remove_all(room.small.folder() / "away");
    ASSERT_TRUE(room.wait([&] { return room.page->status().find("deleted or moved") != std::string::npos; }))
        << room.page->status();
    EXPECT_TRUE(room.page->panel().is_alive());
    EXPECT_FALSE(room.page->main().enabled());
    EXPECT_GE(room.page->runs().index(), 0) << "the list is never blank";
    ASSERT_TRUE(room.page->panel().button("Stop").enabled());
    click(room.page->panel().button("Stop"));
    ASSERT_TRUE(room.wait([&] { return studio::living_runs().empty(); }));
    ASSERT_TRUE(room.wait([&] { return room.page->main().enabled(); }));
}

TEST(TrainPage, AfterAStopResumeIsTheMainButton) {
    WithTrain room(4000);
    ASSERT_TRUE(room.plan_and_start());
    ASSERT_TRUE(room.wait([&] { return room.page->panel().chart().size() > 3; })) << room.page->status();
    click(room.page->panel().button("Save now"));
    ASSERT_TRUE(room.wait([&] { return room.says("Saved after step"); }))
        << "what was asked for is confirmed";
    click(room.page->panel().button("Stop"));
    ASSERT_TRUE(room.ends_as(RunState::Stopped)) << room.page->status();
    ASSERT_TRUE(room.wait([&] { return room.page->main().label() == "Resume"; }));
    EXPECT_TRUE(room.page->main().enabled());
    EXPECT_FALSE(room.page->panel().button("Resume").shown()) << "one of them is enough";
    // The time that is left stands still.
    const auto facts = room.page->panel().facts_html();
    EXPECT_NE(facts.find("Time trained"), std::string::npos);
    room.loop.advance(5s);
    EXPECT_EQ(room.page->panel().facts_html(), facts);
    // Run All of a later kernel offers the same.
    room.page.reset();
    room.restart();
    auto job = room.small.job();
    job.train.steps = 4000;
    job.sample.prompts = {{"a bird", "", 1}};
    job.sample.steps = 2;
    room.use(job);
    room.page = std::make_unique<TrainPage>(*room.context);
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return room.page->mood() == Mood::Ready; })) << room.page->status();
    EXPECT_EQ(room.page->main().label(), "Resume");
    EXPECT_NE(room.page->status().find("was stopped at step"), std::string::npos) << room.page->status();
    WithTrain::type_into_checkbox(room.page->the_plan().replace());
    EXPECT_EQ(room.page->main().label(), "Delete and start");
    EXPECT_TRUE(room.says("runs/bird is deleted."));
    WithTrain::type_into_checkbox(room.page->the_plan().replace());
    EXPECT_EQ(room.page->main().label(), "Resume");
    click(room.page->main());
    ASSERT_TRUE(room.wait([&] { return room.page->panel().is_alive(); })) << room.page->status();
    // What was done in the session before is no news of this one, and nothing is to be decided.
    ASSERT_TRUE(room.wait([&] { return room.page->status().find("training, step") != std::string::npos; }))
        << room.page->status();
    for (const auto* widget : room.registry.all()) {
        const auto text = widget->state().value("value", nlohmann::json());
        if (!text.is_string() || text.get<std::string>().find("lk-log") != std::string::npos) continue;
        for (const auto* words : {"Stopped after step", "Saved after step"})
            EXPECT_EQ(text.get<std::string>().find(words), std::string::npos) << text;
    }
    ASSERT_TRUE(room.wait([&] { return !room.page->main().enabled(); }));
    EXPECT_FALSE(room.page->the_plan().existing().shown());
    ASSERT_TRUE(room.wait([&] { return room.page->panel().button("Stop").enabled(); }));
    click(room.page->panel().button("Stop"));
    ASSERT_TRUE(room.ends_as(RunState::Stopped)) << room.page->status();
}

TEST(TrainPage, AHalfWrittenRunIsShownAsWhatItIs) {
    WithTrain room;
    const auto run = room.small.folder() / "runs/broken";
    std::filesystem::create_directories(run);
    base::write_whole(run / "job.toml", "");
    base::write_whole(run / "events.jsonl", "{\"time\": 1, \"kind\": \"phase\", \"na");
    room.page->shown();
    ASSERT_TRUE(room.wait([&] { return !room.page->runs().options().empty(); }));
    ASSERT_TRUE(room.wait([&] { return room.page->panel().folder() == run; }));
    EXPECT_FALSE(room.page->panel().is_alive());
    EXPECT_FALSE(room.page->panel().button("Stop").enabled());
}

}  // namespace lorikeet::widgets
