#include "studio/project_progress.hpp"

#include <gtest/gtest.h>

#include "studio/import_sources.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(ProjectProgress, OfAnEmptyFolderIsNothingAndMakesNothing) {
    const support::TempFolder temp;
    const auto progress = progress_of(temp.path(), read_typed_pages(temp.path()), {".txt"}, {});
    EXPECT_EQ(progress.images + progress.captions + progress.runs, 0u);
    EXPECT_EQ(words_for(progress), "nothing yet");
    EXPECT_EQ(progress.dataset, temp.path() / "pictures");
    EXPECT_TRUE(files_of(temp.path()).empty());
}

TEST(ProjectProgress, CountsWhatIsThere) {
    const support::TempFolder temp;
    write_files(temp.path(), {{"birds/a.png", "x"},
                              {"birds/a.txt", "a bird"},
                              {"birds/b.png", "x"},
                              {"birds/10_more/c.png", "x"},
                              {"birds/10_more/d.png", "x"},
                              {"runs/one/job.toml", ""},
                              {"runs/half/log.txt", ""}});
    Drafts drafts(Drafts::folder_in(temp.path()));
    drafts.write("dataset", {{"folder", "birds"}});
    drafts.write("recipe", {{"model.checkpoint", "sd.safetensors"}});
    auto progress = progress_of(temp.path(), read_typed_pages(temp.path()), {".txt"}, {});
    EXPECT_EQ(words_for(progress), "4 images, 1 caption, 1 run");
    EXPECT_EQ(progress.first_images.size(), 3u);
    EXPECT_TRUE(progress.has_model);
    EXPECT_FALSE(progress.has_recipe) << "it has no images yet";
    EXPECT_GT(progress.used, 1e9);
    drafts.write("recipe", {{"data.subsets.0.folder", "birds"}});
    progress = progress_of(temp.path(), read_typed_pages(temp.path()), {".txt"}, {});
    EXPECT_EQ(words_for(progress), "4 images, 1 caption, recipe, 1 run");
    EXPECT_FALSE(progress.has_model) << "the practice model stands there, and nobody chose it";
    EXPECT_TRUE(is_model_chosen({{kModelChosen, "true"}}));
}

TEST(ProjectProgress, TheFolderTypedForImagesGoesBeforeTheRecipes) {
    const TypedPages typed{{{"data.subsets.0.folder", "birds"}}, {{"folder", " 'cats' "}}};
    EXPECT_EQ(dataset_of("/here", typed), "/here/cats");
    EXPECT_EQ(dataset_typed({typed.recipe, {}}), "birds");
    EXPECT_EQ(dataset_of("/here", {{}, {{"folder", ""}}}), "");
}

}  // namespace lorikeet::studio
