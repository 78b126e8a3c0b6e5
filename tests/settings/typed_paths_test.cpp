#include "settings/typed_paths.hpp"

#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "settings/field.hpp"
#include "settings/toml.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::settings {

// By their names: whoever adds a setting that is a file or a folder is reminded of the list.
TEST(TypedPaths, EveryTextThatIsAFileOrAFolderIsOne) {
    Job job;
    job.data.subsets.resize(1);
    const auto known = paths_of(job);
    for (const auto& leaf : leaves(schema<Job>(), &job)) {
        const auto key = leaf.field->key;
        const bool is_path = leaf.field->type->kind == Kind::Text &&
                             (key.find("folder") != std::string_view::npos || key == "checkpoint" ||
                              key == "vae" || key == "start_from");
        EXPECT_EQ(std::count(known.begin(), known.end(), leaf.at), is_path ? 1 : 0) << leaf.path;
    }
}

TEST(TypedPaths, OfAFileAndOfTheCommandLineAreCleaned) {
    const support::TempFolder folder;
    const auto file = folder.path() / "job.toml";
    base::write_whole(file, "[[data.subsets]]\nfolder = \" ~/birds \"\n[output]\nname = \" bird \"\n");
    ::setenv("HOME", "/people/me", 1);
    const std::vector<Assignment> then{{"model.checkpoint", "'/a b/m.safetensors'"}};
    const auto job = read_job_file(file, then).job;
    EXPECT_EQ(job.data.subsets.at(0).folder, "/people/me/birds");
    EXPECT_EQ(job.model.checkpoint, "/a b/m.safetensors");
    EXPECT_EQ(job.output.name, " bird ");  // no path
}

}  // namespace lorikeet::settings
