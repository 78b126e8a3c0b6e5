#include "widgets/recipe_page.hpp"

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/small_job.hpp"
#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

namespace {

struct WithRecipe : TestPageContext {
    std::unique_ptr<RecipePage> page = std::make_unique<RecipePage>(*context);

    void type(std::string_view path, const std::string& text) const {
        type_into(page->form().find(path)->input(), text);
    }
    std::string text(std::string_view path) const { return page->form().typed().text(path); }
    void put_images(const char* name) const {
        std::filesystem::create_directories(folder.path() / name);
        io::write_png(folder.path() / name / "a.png", {64, 64, std::vector<std::uint8_t>(64 * 64 * 3, 9)});
    }
    bool says(const std::string& words) const { return all_text(registry).find(words) != std::string::npos; }
    bool wait_for(const std::string& words) {
        return loop.run_until([&] { return says(words); });
    }
    void restart_all() {
        page.reset();
        restart();
        page = std::make_unique<RecipePage>(*context);
    }
};

}  // namespace

TEST(RecipePage, NeedsOnlyAFolderToBeComplete) {
    WithRecipe room;
    EXPECT_EQ(room.page->mood(), Mood::Look);
    room.put_images("pictures");
    room.type("data.subsets.0.folder", "pictures");
    EXPECT_EQ(room.page->mood(), Mood::Busy) << "not before it was looked at";
    ASSERT_TRUE(room.loop.run_until([&] { return room.page->mood() == Mood::Done; }));
}

TEST(RecipePage, IsNotCompleteWithWhatIsNotThere) {
    WithRecipe room;
    room.put_images("birds");
    const auto complete = [&] { return room.page->mood() == Mood::Done; };
    const auto refused = [&](const std::string& field) {
        return room.loop.run_until([&] { return room.page->status() == "Please check: " + field + "."; });
    };
    room.type("data.subsets.0.folder", "bird");
    EXPECT_TRUE(refused("Folder"));
    EXPECT_TRUE(room.says("There is no folder"));
    std::filesystem::create_directories(room.folder.path() / "bird");
    room.page->shown();
    EXPECT_TRUE(room.wait_for("There are no images in"));
    room.type("data.subsets.0.folder", " \"birds\" ");
    ASSERT_TRUE(room.loop.run_until(complete)) << room.page->status();
    room.type("model.checkpoint", "nowhere.safetensors");
    EXPECT_TRUE(refused("Checkpoint"));
    base::write_whole(room.folder.path() / "text.safetensors", "not a model");
    room.type("model.checkpoint", "text.safetensors");
    EXPECT_TRUE(refused("Checkpoint"));
    room.type("model.checkpoint", "tiny");
    ASSERT_TRUE(room.loop.run_until(complete));
    room.type("model.vae", "nowhere.safetensors");
    EXPECT_TRUE(refused("Model: VAE"));
    room.type("model.vae", "");
    ASSERT_TRUE(room.loop.run_until(complete));
    // Gone meanwhile: the main button looks again before it leads on.
    std::filesystem::remove_all(room.folder.path() / "birds");
    click(room.page->main());
    EXPECT_TRUE(refused("Folder"));
}

TEST(RecipePage, CanBePractisedWithoutImagesOfOnesOwn) {
    WithRecipe room;
    auto& practise = control<Button>(room.registry, "Practise with a dozen lorikeets");
    EXPECT_TRUE(practise.shown());
    click(practise);
    ASSERT_TRUE(room.loop.run_until([&] { return room.page->mood() == Mood::Done; })) << room.page->status();
    EXPECT_EQ(room.text("data.subsets.0.folder"), "practice-images");
    EXPECT_EQ(room.text("model.checkpoint"), "tiny");
    EXPECT_TRUE(room.says("12 images"));
    EXPECT_FALSE(practise.shown());
}

TEST(RecipePage, ItsMainButtonLeadsOn) {
    WithRecipe room;
    room.put_images("birds");
    room.type("data.subsets.0.folder", "birds");
    std::string wanted;
    room.context->go_to = [&](std::string_view word) { return wanted = word, true; };
    click(room.page->main());
    ASSERT_TRUE(room.loop.run_until([&] { return !wanted.empty(); }));
    EXPECT_EQ(wanted, "train");
    room.context->go_to = [](std::string_view) { return false; };
    click(room.page->main());
    ASSERT_TRUE(
        room.loop.run_until([&] { return room.page->status() == "Next: run the cell train below."; }));
}

TEST(RecipePage, EverythingTypedIsThereAfterARestart) {
    WithRecipe room;
    room.type("output.name", "bird");
    room.type("optim.lr", "5e-");
    click(control<Button>(room.registry, "Add a prompt"));
    room.type("sample.prompts.0.text", "a bird");
    control<Checkbox>(room.registry, "Show all settings").take_update({{"value", true}}, {});
    room.restart_all();
    EXPECT_EQ(room.text("output.name"), "bird");
    EXPECT_EQ(room.text("optim.lr"), "5e-");
    EXPECT_EQ(room.text("sample.prompts.0.text"), "a bird");
    EXPECT_TRUE(room.page->form().is_open());
}

TEST(RecipePage, SaysAtOnceWhatLiesInTheFolder) {
    WithRecipe room;
    const support::SmallJob small;
    room.type("data.subsets.0.folder", (small.folder() / "pictures").string());
    EXPECT_TRUE(room.wait_for("5 images"));
    room.type("data.subsets.0.folder", (small.folder() / "nowhere").string());
    EXPECT_TRUE(room.loop.run_until([&] { return !room.says("5 images"); }));
    room.type("data.subsets.0.folder", "");
    room.loop.run();
    EXPECT_EQ(room.page->mood(), Mood::Look);
}

TEST(RecipePage, OffersTheModelsThatAreThereAndKeepsATypedPath) {
    WithRecipe room;
    room.page->shown();
    ASSERT_TRUE(room.loop.run_until([&] { return !room.page->models().options().empty(); }));
    EXPECT_GE(room.page->models().index(), 0) << "tiny is chosen, and found";
    room.type("model.checkpoint", "elsewhere/model.safetensors");
    EXPECT_EQ(room.page->models().index(), -1);
    const auto last = static_cast<int>(room.page->models().options().size()) - 1;
    room.page->models().take_update({{"index", last}}, {});
    EXPECT_EQ(room.text("model.checkpoint"), "tiny");
}

TEST(RecipePage, SavesAndLoadsTheWholeRecipe) {
    WithRecipe room;
    room.put_images("pictures");
    room.type("data.subsets.0.folder", "pictures");
    room.type("adapter.rank", "4");
    ASSERT_TRUE(room.loop.run_until([&] { return room.page->mood() == Mood::Done; }));
    click(control<Button>(room.registry, "Save to file"));
    ASSERT_TRUE(room.wait_for("Saved as"));
    room.type("adapter.rank", "64");
    click(control<Button>(room.registry, "Load file"));
    ASSERT_TRUE(room.loop.run_until([&] { return room.text("adapter.rank") == "4"; }));
    click(control<Button>(room.registry, "Undo loading"));
    EXPECT_EQ(room.text("adapter.rank"), "64");
}

TEST(RecipePage, AsksBeforeAFileIsChangedAndKeepsItsComments) {
    WithRecipe room;
    const auto file = room.folder.path() / "job.toml";
    base::write_whole(file,
                      "# my notes\n[[data.subsets]]\nfolder = \"images\"\n[adapter]\nrank = 4  # small\n");
    room.put_images("pictures");
    room.type("data.subsets.0.folder", "pictures");
    room.type("adapter.rank", "8");
    ASSERT_TRUE(room.loop.run_until([&] { return room.page->mood() == Mood::Done; }));
    click(control<Button>(room.registry, "Save to file"));
    ASSERT_TRUE(room.wait_for("exists already"));
    EXPECT_NE(base::read_text(file).find("rank = 4"), std::string::npos);
    control<Checkbox>(room.registry, "Yes, change the existing file; its comments stay")
        .take_update({{"value", true}}, {});
    click(control<Button>(room.registry, "Save to file"));
    ASSERT_TRUE(room.wait_for("Saved as"));
    EXPECT_NE(base::read_text(file).find("rank = 8  # small"), std::string::npos);
    EXPECT_NE(base::read_text(file).find("# my notes"), std::string::npos);
}

TEST(RecipePage, TakesNothingFromAFileWithAMistake) {
    WithRecipe room;
    base::write_whole(room.folder.path() / "job.toml", "[adapter]\nrank = \"many\"\nalpha = 3\n");
    click(control<Button>(room.registry, "Load file"));
    ASSERT_TRUE(room.wait_for("Nothing was loaded"));
    EXPECT_EQ(room.text("adapter.alpha"), "");
    EXPECT_TRUE(room.says("job.toml:2"));
}

TEST(RecipePage, SaysSoWhenThereIsNoFile) {
    WithRecipe room;
    click(control<Button>(room.registry, "Load file"));
    ASSERT_TRUE(room.loop.run_until([&] { return room.page->mood() == Mood::Wrong; }));
}

TEST(RecipePage, WritesNoFileWhileAFieldIsWrong) {
    WithRecipe room;
    room.type("data.subsets.0.folder", "pictures");
    room.type("optim.lr", "fast");
    click(control<Button>(room.registry, "Save to file"));
    room.loop.run();
    EXPECT_EQ(room.page->mood(), Mood::Look);
    EXPECT_NE(room.page->status().find("Learning rate"), std::string::npos);
    EXPECT_FALSE(std::filesystem::exists(room.folder.path() / "job.toml"));
}

TEST(RecipePage, CountsTheImagesOfAllFolders) {
    WithRecipe room;
    for (const auto* name : {"birds", "cats"}) room.put_images(name);
    auto typed = room.context->recipe;
    typed.type("data.subsets.0.folder", "birds");
    typed.add("data.subsets");
    typed.type("data.subsets.1.folder", "cats/");
    typed.add("data.subsets");
    typed.type("data.subsets.2.folder", "cats");  // again, at another size
    typed.type("data.subsets.2.resolution", "64");
    room.context->take_recipe(typed);
    EXPECT_TRUE(room.wait_for("2 images in 2 folders")) << room.page->status();
}

TEST(RecipePage, SaysThatThePracticeModelCannotDrawOnesOwnImages) {
    WithRecipe room;
    room.put_images("birds");
    EXPECT_FALSE(room.context->is_model_chosen());
    room.type("data.subsets.0.folder", "birds");
    ASSERT_TRUE(room.loop.run_until([&] { return room.page->mood() == Mood::Done; }));
    EXPECT_TRUE(room.says("practice model"));
    EXPECT_FALSE(room.context->is_model_chosen()) << "it only stands there";
    room.type("model.checkpoint", "other.safetensors");
    EXPECT_TRUE(room.context->is_model_chosen());
    room.type("model.checkpoint", "tiny");
    EXPECT_TRUE(room.context->is_model_chosen()) << "typed by hand";
    room.context->saver.settle();
    room.restart_all();
    EXPECT_TRUE(room.context->is_model_chosen());
}

}  // namespace lorikeet::widgets
