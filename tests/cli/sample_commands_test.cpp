#include <gtest/gtest.h>

#include "cli/commands.hpp"
#include "support/command_line.hpp"
#include "support/small_job.hpp"
#include "support/tiny.hpp"
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
        train::fit_adapter(recipe, small.job());
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

}  // namespace lorikeet::cli
