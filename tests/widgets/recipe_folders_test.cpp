#include "widgets/recipe_folders.hpp"

#include <gtest/gtest.h>

namespace lorikeet::widgets {

namespace {

const base::Path kProject = "/lora";

TypedJob recipe_of_birds() {
    TypedJob recipe({"data.subsets"});
    recipe.type("data.subsets.0.folder", "birds");
    recipe.type("data.subsets.0.trigger", "lori bird");
    recipe.type("data.subsets.0.flip", "true");
    return recipe;
}

std::string of_folder(const TypedJob& recipe, int number, const std::string& key) {
    return recipe.text("data.subsets." + std::to_string(number) + "." + key);
}

}  // namespace

TEST(RecipeFolders, KeepsAllOfAFolderThatIsNamedAlready) {
    auto recipe = recipe_of_birds();
    recipe.add("data.subsets");
    recipe.type("data.subsets.1.folder", "/lora/birds/more/");  // the same place, written otherwise
    recipe.type("data.subsets.1.mask_folder", "masks");
    recipe.type("data.subsets.1.repeats", "7");
    recipe.type("data.subsets.1.trigger", "other");
    const auto taken = take_folders(recipe, {{"birds/more", 3, "cat"}, {"birds/new", 2, "dog"}}, kProject);
    ASSERT_EQ(taken.recipe.count("data.subsets"), 2U);
    EXPECT_EQ(of_folder(taken.recipe, 0, "folder"), "/lora/birds/more/");
    EXPECT_EQ(of_folder(taken.recipe, 0, "mask_folder"), "masks");
    EXPECT_EQ(of_folder(taken.recipe, 0, "repeats"), "7");
    EXPECT_EQ(of_folder(taken.recipe, 0, "trigger"), "other");
    EXPECT_EQ(of_folder(taken.recipe, 1, "folder"), "birds/new");
    EXPECT_EQ(of_folder(taken.recipe, 1, "repeats"), "2");
    EXPECT_EQ(of_folder(taken.recipe, 1, "class_words"), "dog");
    EXPECT_EQ(of_folder(taken.recipe, 1, "trigger"), "lori bird");
    EXPECT_TRUE(taken.left.empty());
}

TEST(RecipeFolders, TakesNothingToANewFolderThatWasOfTheOldImages) {
    auto recipe = recipe_of_birds();
    recipe.type("data.subsets.0.mask_folder", "masks");
    recipe.type("data.subsets.0.resolution", "768");
    recipe.add("data.subsets");
    recipe.type("data.subsets.1.folder", "held");
    recipe.type("data.subsets.1.validation", "true");
    recipe.add("data.subsets");
    recipe.type("data.subsets.2.folder", "plain");
    const auto taken = take_folders(recipe, {{"pictures", 1, ""}}, kProject);
    ASSERT_EQ(taken.recipe.count("data.subsets"), 1U);
    EXPECT_EQ(of_folder(taken.recipe, 0, "trigger"), "lori bird");
    EXPECT_EQ(of_folder(taken.recipe, 0, "flip"), "true");
    EXPECT_EQ(of_folder(taken.recipe, 0, "mask_folder"), "");
    EXPECT_EQ(of_folder(taken.recipe, 0, "resolution"), "");
    EXPECT_EQ(of_folder(taken.recipe, 0, "validation"), "false");
    EXPECT_EQ(taken.left, (std::vector<std::string>{"Not taken over from birds: Resolution, Mask folder.",
                                                    "Not taken over from held: Validation."}));
}

TEST(RecipeFolders, OfAValidationFolderAreNoModel) {
    TypedJob recipe({"data.subsets"});
    recipe.type("data.subsets.0.folder", "held");
    recipe.type("data.subsets.0.regularisation", "true");
    recipe.type("data.subsets.0.flip", "true");
    const auto taken = take_folders(recipe, {{"pictures", 1, ""}}, kProject);
    EXPECT_EQ(of_folder(taken.recipe, 0, "regularisation"), "false");
    EXPECT_EQ(of_folder(taken.recipe, 0, "flip"), "false");
    EXPECT_EQ(taken.left, std::vector<std::string>{"Not taken over from held: Regularisation, Flip."});
}

TEST(RecipeFolders, KeepsBothPlacesOfAFolderThatIsListedForTwoSizes) {
    auto recipe = recipe_of_birds();
    recipe.add("data.subsets");
    recipe.type("data.subsets.1.folder", "birds");
    recipe.type("data.subsets.1.resolution", "512");
    EXPECT_TRUE(has_folders(recipe, {{"birds", 1, ""}}, kProject));
    const auto taken = take_folders(recipe, {{"birds", 1, ""}}, kProject);
    ASSERT_EQ(taken.recipe.count("data.subsets"), 2U);
    EXPECT_EQ(of_folder(taken.recipe, 1, "resolution"), "512");
}

TEST(RecipeFolders, GiveAllThatWasTypedToTheFirstFolderThatIsChosen) {
    TypedJob recipe({"data.subsets"});
    recipe.type("data.subsets.0.mask_folder", "masks");
    recipe.type("optim.lr", "5e-");  // also while it is being typed
    EXPECT_FALSE(has_folders(recipe, {{"pictures", 1, ""}}, kProject));
    const auto taken = take_folders(recipe, {{"pictures", 1, ""}}, kProject);
    EXPECT_EQ(of_folder(taken.recipe, 0, "mask_folder"), "masks");
    EXPECT_EQ(taken.recipe.text("optim.lr"), "5e-");
    EXPECT_TRUE(taken.left.empty());
    EXPECT_TRUE(has_folders(taken.recipe, {{"pictures", 1, ""}}, kProject));
    EXPECT_FALSE(has_folders(taken.recipe, {{"pictures", 1, ""}, {"pictures/more", 1, ""}}, kProject));
}

}  // namespace lorikeet::widgets
