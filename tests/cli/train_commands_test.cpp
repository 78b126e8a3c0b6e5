#include <gtest/gtest.h>

#include "base/file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "studio/living_runs.hpp"
#include "support/command_line.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::cli {

using support::said_to;

TEST(TrainCommands, AMissingJobFileIsTwoLines) {
    const auto said = said_to({"train", "no-such-job.toml"});
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(base::split(said.err, "\n").size(), 3u) << said.err;  // the last line ends too
    EXPECT_NE(said.err.find("no-such-job.toml"), std::string::npos);
}

TEST(TrainCommands, AllProblemsOfAJobAreToldAtOnce) {
    const support::TempFolder folder;
    const auto file = folder.path() / "job.toml";
    base::write_whole(file,
                      "[model]\ncheckpoint = \"/nowhere/model.safetensors\"\n"
                      "[optim]\nlr = \"fast\"\n"
                      "[[data.subsets]]\nfolder = \"/nowhere/images\"\n");
    const auto said = said_to({"train", file.string(), "--set", "adapter.rank=0"});
    EXPECT_EQ(said.code, 2);
    for (const auto* part : {"optim.lr", "adapter.rank", "/nowhere/model.safetensors", "/nowhere/images"})
        EXPECT_NE(said.err.find(part), std::string::npos) << part << " in\n" << said.err;
    EXPECT_NE(said.err.find("4 problems to fix"), std::string::npos) << said.err;
}

TEST(TrainCommands, ASecondTrainingIsRefusedUnlessItIsAskedFor) {
    const support::TempFolder folder;
    const auto file = folder.path() / "job.toml";
    base::write_whole(file, "[[data.subsets]]\nfolder = \"/nowhere/images\"\n");
    const studio::RunRecord record(folder.path() / "kea", studio::Others::Refuse);
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"train", file.string()},
                                               {"resume", folder.path().string()},
                                               {"demo", "--folder", folder.path().string()}}) {
        const auto said = said_to(words);
        EXPECT_NE(said.code, 0);
        EXPECT_NE(said.err.find("kea is training on this machine"), std::string::npos)
            << words[0] << said.err;
        EXPECT_NE(said.err.find("--also"), std::string::npos) << said.err;
    }
    EXPECT_NE(said_to({"train", file.string(), "--also"}).err.find("/nowhere/images"), std::string::npos);
    EXPECT_NE(said_to({"train", file.string(), "--dry-run"}).err.find("/nowhere/images"), std::string::npos);
}

TEST(TrainCommands, ASettingIsAnOptionToo) {
    const support::TempFolder folder;
    const auto file = folder.path() / "job.toml";
    base::write_whole(file, "");
    const auto said = said_to({"train", file.string(), "--adapter.rank", "0", "--set", "optim.lr=-1"});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("adapter.rank"), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("optim.lr"), std::string::npos) << said.err;
}

TEST(TrainCommands, AnAssignmentWithoutASignIsExplained) {
    const auto said = said_to({"train", "job.toml", "--set", "optim.lr"});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("wants setting=value"), std::string::npos) << said.err;
}

TEST(TrainCommands, AFinishedRunIsNotResumed) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "job.toml", "");
    base::write_whole(
        folder.path() / "events.jsonl",
        "{\"time\":1,\"kind\":\"end\",\"reason\":\"finished\",\"step\":30,\"file\":\"a.safetensors\"}\n");
    const auto said = said_to({"resume", folder.path().string()});
    EXPECT_EQ(said.code, 2);
    EXPECT_NE(said.err.find("is finished: 30 steps are done."), std::string::npos) << said.err;
    EXPECT_NE(said.err.find("--adapter.start_from a.safetensors"), std::string::npos) << said.err;
}

}  // namespace lorikeet::cli
