#include "studio/lora_prompt.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "settings/toml.hpp"
#include "studio/practice_images.hpp"
#include "support/run_folder.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(LoraPrompt, IsTheTriggerOfItsRunElseTheFirstCaption) {
    const support::TempFolder folder;
    const auto lora = base::Path("runs/bird/checkpoints/bird.safetensors");
    const auto run = folder.path() / "runs/bird";
    std::filesystem::create_directories(run);
    std::filesystem::create_directories(folder.path() / "birds");
    EXPECT_EQ(prompt_for_lora(lora, folder.path()), "") << "no run";
    settings::Job job;
    job.output.name = "bird";
    job.data.subsets.resize(1);
    job.data.subsets[0].folder = "birds";
    job.data.subsets[0].trigger = "lorikeet";
    base::write_whole(run / "job.toml", settings::write_job(job));
    EXPECT_EQ(prompt_for_lora(lora, folder.path()), "lorikeet");
    EXPECT_EQ(prompt_for_lora(folder.path() / lora, "/elsewhere"), "lorikeet") << "a full path";
    job.data.subsets[0].trigger.clear();
    base::write_whole(run / "job.toml", settings::write_job(job));
    EXPECT_EQ(prompt_for_lora(lora, folder.path()), "") << "no captions";
    std::filesystem::remove(folder.path() / "birds");
    std::filesystem::rename(folder.path() / practice_images(folder.path()), folder.path() / "birds");
    std::filesystem::remove(folder.path() / "birds/lorikeet-01.txt");
    base::write_whole(folder.path() / "birds/lorikeet-02.txt", "a bird on a branch\n");
    EXPECT_EQ(prompt_for_lora(lora, folder.path()), "a bird on a branch") << "the first that there is";
    base::write_whole(run / "job.toml", "no [ toml");
    EXPECT_EQ(prompt_for_lora(lora, folder.path()), "");
}

TEST(LoraPrompt, IsThatOfTheRunsLastSampleWhereItHasOne) {
    const support::RunFolder run;
    settings::Job job;
    job.data.subsets.resize(1);
    job.data.subsets[0].folder = "birds";
    job.data.subsets[0].trigger = "lorikeet";
    base::write_whole(run.path() / "job.toml", settings::write_job(job));
    const auto lora = run.path() / "checkpoints" / "bird.safetensors";
    EXPECT_EQ(prompt_for_lora(lora, "/"), "lorikeet");
    for (const auto* prompt : {"lorikeet", "lorikeet, on a branch"})
        run.say(fmt::format(R"({{"time":1,"kind":"sample","step":4,"file":"samples/{}.png","prompt":"{}"}})",
                            std::string(prompt).size(), prompt));
    EXPECT_EQ(prompt_for_lora(lora, "/"), "lorikeet, on a branch");
}

}  // namespace lorikeet::studio
