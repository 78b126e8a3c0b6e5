#include <gtest/gtest.h>

#include "cli/commands.hpp"
#include "settings/job.hpp"
#include "support/command_line.hpp"
#include "support/small_job.hpp"
#include "support/tiny.hpp"
#include "tensor/weights.hpp"
#include "train/recipe.hpp"

namespace lorikeet::cli {

using support::said_to;

TEST(SampleCommands, ASizeThatIsNoneIsExplained) {
    for (const auto* size : {"512x", "x512", "512x513", "axb", "512x512x512", "0x8"}) {
        const auto said = said_to({"sample", "a bird", "--size", size});
        EXPECT_EQ(said.code, 2) << size;
        EXPECT_NE(said.err.find("is not a size"), std::string::npos) << said.err;
    }
}

TEST(SampleCommands, AStrengthThatIsNoneIsExplained) {
    const auto said = said_to({"sample", "a bird", "--lora", "style.safetensors:much"});
    EXPECT_EQ(said.code, 2);
    EXPECT_EQ(said.err,
              "error: \"much\" is not a strength.\n"
              " help: Write a number after the colon, such as style.safetensors:0.7.\n");
}

TEST(SampleCommands, AnUnknownSamplerIsRefused) {
    EXPECT_EQ(said_to({"sample", "a bird", "--sampler", "magic"}).code, 2);
}

TEST(SampleCommands, StrengthsAreSaidWithCommasAndEachThingThatHappensIsALine) {
    const support::TempFolder folder;
    const auto events = folder.path() / "events.jsonl", lora = folder.path() / "lora.safetensors";
    {
        const support::SmallJob small;
        auto recipe = train::load_recipe(small.job());
        train::fit_trainee(recipe, small.job());
        recipe.trainee->save(lora, at::kFloat, {});
    }
    const auto said = said_to({"sample", "--model", support::tiny_checkpoint().string(), "--steps", "1",
                               "--lora", lora.string(), "--strengths", "0,0.5", "--out",
                               folder.path().string(), "--events", events.string(), "a bird"});
    EXPECT_EQ(said.code, 0) << said.err;
    EXPECT_NE(said.out.find("1-a-bird-at-0.5.png"), std::string::npos) << said.out;
    const auto told = base::read_text(events);
    EXPECT_NE(told.find("\"kind\":\"sample\""), std::string::npos) << told;
    EXPECT_NE(told.find("\"reason\":\"finished\""), std::string::npos) << told;
}

TEST(SampleCommands, AStrengthAmongSeveralThatIsNoneIsRefused) {
    EXPECT_EQ(said_to({"sample", "a bird", "--strengths", "0,much"}).code, 2);
}

TEST(SampleCommands, ANumberThatIsNoneIsAnsweredWithItsReason) {
    for (const auto& [option, text, part] : {std::tuple{"--steps", "1e-400", "nearer to zero"},
                                             {"--steps", "1_000", "write 1000"},
                                             {"--steps", "0", "0 is not from 1 to 1000"},
                                             {"--steps", "1e2", "write 100"},
                                             {"--cfg", "1e400", "larger than"},
                                             {"--cfg", "nan", "not a finite number"},
                                             {"--cfg", "101", "101 is not from 0 to 100"},
                                             {"--seed", "99999999999999999999", "larger than"},
                                             {"--seed", "much", "is not a whole number"},
                                             {"--count", "0x10", "decimal notation"},
                                             {"--strengths", "0,1e400", "larger than"},
                                             {"--lora", "a:1e400", "larger than"},
                                             {"--lora", "a:0x1", "decimal notation"}}) {
        const auto said = said_to({"sample", "a bird", option, text});
        EXPECT_EQ(said.code, 2) << text;
        EXPECT_NE(said.err.find(part), std::string::npos) << said.err;
    }
}

TEST(SampleCommands, AnAddressOfTheWebIsNoFileInAnyCommand) {
    const std::string web = "https://example.org/a.safetensors";
    for (const auto& words :
         std::vector<std::vector<std::string>>{{"sample", "a bird", "--lora", web},
                                               {"sample", "a bird", "--lora", web + ":0.7"},
                                               {"sample", "a bird", "--out", web},
                                               {"sample", "a bird", "--model", web},
                                               {"sample", "a bird", "--events", web},
                                               {"merge", "--lora", web, "--out", "x"},
                                               {"merge", "--lora", "x", "--out", web},
                                               {"inspect", web},
                                               {"train", web},
                                               {"resume", web},
                                               {"runs", "--folder", web},
                                               {"demo", "--folder", web},
                                               {"install-kernel", "--prefix", web}}) {
        const auto said = said_to(words);
        EXPECT_EQ(said.code, 2) << words.front();
        EXPECT_NE(said.err.find("is an address on the web."), std::string::npos) << said.err;
    }
    EXPECT_FALSE(std::filesystem::exists("https:"));
}

// A setting of a job is nothing that can be changed here.
TEST(SampleCommands, RemediesNameWhatTheCommandTakes) {
    const support::TempFolder folder;
    const auto tiny = support::tiny_checkpoint();
    const auto lora = folder.path() / "lora.safetensors", vae = folder.path() / "vae.safetensors",
               bare = folder.path() / "bare.safetensors";
    const tensor::WeightFile whole(tiny);
    tensor::NamedTensors of_vae, without_vae;
    for (const auto& entry : whole.entries())
        (entry.name.starts_with("first_stage_model.") ? of_vae : without_vae)[entry.name] =
            whole.get(entry.name);
    tensor::save_tensors(vae, of_vae);
    tensor::save_tensors(bare, without_vae, whole.metadata());
    tensor::save_tensors(lora, {{"lora_unet_a.lora_down.weight", at::ones({2, 4})},
                                {"lora_unet_a.lora_up.weight", at::ones({4, 2})}});
    const settings::Job job;
    const auto settings_of_a_job = settings::leaves(settings::schema<settings::Job>(), &job);
    for (const auto& options :
         std::vector<std::vector<std::string>>{{"--model", "nothing"},
                                               {"--model", lora.string()},
                                               {"--model", vae.string()},
                                               {"--model", bare.string()},
                                               {"--model", tiny.string(), "--clip-skip", "12"},
                                               {"--model", tiny.string(), "--steps", "1000"},
                                               {"--model", tiny.string(), "--size", "4088x8"}}) {
        std::vector<std::string> words{"sample", "a bird", "--out", folder.path().string()};
        words.insert(words.end(), options.begin(), options.end());
        const auto said = said_to(words);
        EXPECT_NE(said.code, 0);
        EXPECT_NE(said.err.find("help: "), std::string::npos) << said.err;
        for (const auto& setting : settings_of_a_job) {
            const auto at = said.err.find(setting.path);
            if (at == std::string::npos) continue;
            EXPECT_NE(said.err.rfind("job", at), std::string::npos) << setting.path << " in " << said.err;
        }
    }
}

}  // namespace lorikeet::cli
