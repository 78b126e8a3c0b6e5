#include "studio/open_project.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "studio/import_sources.hpp"
#include "studio/project.hpp"
#include "support/temp_folder.hpp"
#include "support/working_folder.hpp"

namespace lorikeet::studio {

TEST(OpenProject, WithoutOneTheWorkingFolderStays) {
    const support::TempFolder temp;
    const support::WorkingFolder here(temp.path());
    EXPECT_EQ(enter_open_project(), std::nullopt);
    EXPECT_EQ(std::filesystem::current_path(), temp.path());
    write_files(temp.path(), {{"runs/bird/job.toml", ""}});
    EXPECT_EQ(find_run_here("bird"), base::Path("runs/bird"));
    EXPECT_EQ(find_run_here("runs/bird"), base::Path("runs/bird"));
}

TEST(OpenProject, IsEnteredAndTakesSharedInputsFromTheWorkspace) {
    const support::TempFolder temp;
    const support::WorkingFolder here(temp.path());
    const auto folder = Projects(temp.path()).create("bird").folder;
    write_files(temp.path(),
                {{"models/sd.safetensors", ""}, {"models/both.safetensors", ""}, {"shared/a.png", ""}});
    write_files(folder, {{"models/both.safetensors", ""}});
    EXPECT_EQ(enter_open_project(), folder);
    EXPECT_EQ(std::filesystem::current_path(), folder);
    EXPECT_EQ(workspace_of_entered(), temp.path());
    EXPECT_EQ(enter_open_project(), std::nullopt) << "a project is no workspace";
    settings::Job job;
    job.model.checkpoint = "models/sd.safetensors";
    job.model.vae = "models/both.safetensors";
    job.data.subsets.resize(2);
    job.data.subsets[0].folder = "shared";
    job.data.subsets[1].folder = "gone";
    take_shared_inputs(job);
    EXPECT_EQ(job.model.checkpoint, (temp.path() / "models/sd.safetensors").string());
    EXPECT_EQ(job.model.vae, "models/both.safetensors");
    EXPECT_EQ(job.data.subsets[0].folder, (temp.path() / "shared").string());
    EXPECT_EQ(job.data.subsets[1].folder, "gone");
}

TEST(OpenProject, ARunOfItIsFoundByNameAndByPath) {
    const support::TempFolder temp;
    const auto folder = Projects(temp.path()).create("bird").folder;
    write_files(folder, {{"runs/x/job.toml", ""}});
    write_files(temp.path(), {{"runs/old/job.toml", ""}});
    for (const auto* typed : {"x", "runs/x", "projects/bird/runs/x"}) {
        const support::WorkingFolder here(temp.path());
        EXPECT_EQ(std::filesystem::absolute(find_run_here(typed)), folder / "runs" / "x") << typed;
        EXPECT_EQ(std::filesystem::current_path(), folder) << typed;
    }
    const support::WorkingFolder here(temp.path());
    EXPECT_EQ(find_run_here("runs/old"), base::Path("runs/old"));
    EXPECT_EQ(std::filesystem::current_path(), temp.path()) << "a run of the workspace goes on there";
}

TEST(OpenProject, NobodyWorksInAnotherFolderThanHeThinks) {
    const support::TempFolder temp;
    const support::WorkingFolder here(temp.path());
    Projects(temp.path()).create("bird");
    base::write_whole(temp.path() / ".lorikeet" / "workspace.json", "{");
    EXPECT_THROW(static_cast<void>(enter_open_project()), base::Error);
    EXPECT_EQ(std::filesystem::current_path(), temp.path());
}

TEST(OpenProject, AProcessThatLivesOnFollows) {
    const support::TempFolder temp;
    const support::WorkingFolder here(temp.path());
    const auto bird = Projects(temp.path()).create("bird").folder;
    const auto cat = Projects(temp.path()).create("cat").folder;
    EXPECT_EQ(enter_project_of(temp.path()), cat);
    EXPECT_EQ(std::filesystem::current_path(), cat);
    Projects(temp.path()).open("bird");
    EXPECT_EQ(enter_project_of(temp.path()), bird);
    EXPECT_EQ(workspace_of_entered(), temp.path());
    Projects(temp.path()).close();
    EXPECT_EQ(enter_project_of(temp.path()), temp.path());
    EXPECT_EQ(workspace_of_entered(), "");
}

}  // namespace lorikeet::studio
