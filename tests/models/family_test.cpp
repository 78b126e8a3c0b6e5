#include "models/family.hpp"

#include <set>

#include <gtest/gtest.h>

#include "models/file_kind.hpp"
#include "models/model.hpp"
#include "models/random_checkpoint.hpp"
#include "models/stable_diffusion_family.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::models {

TEST(Family, EveryRowCanBeFoundAndIsWhole) {
    std::set<std::string_view> names, versions;
    for (const auto* family : families()) {
        EXPECT_EQ(family_named(family->name), family);
        EXPECT_TRUE(names.insert(family->name).second);
        EXPECT_TRUE(versions.insert(family->kohya_version).second);
        EXPECT_FALSE(family->checkpoint.empty());
        EXPECT_FALSE(family->process.empty());
        EXPECT_GT(family->usual.lr, 0);
        EXPECT_GT(family->text_width, 0);
        EXPECT_NE(family->recognises, nullptr);
        EXPECT_NE(family->read_spec, nullptr);
        EXPECT_NE(family->load, nullptr);
        EXPECT_NE(family->unused_in, nullptr);
        ASSERT_NE(family->make_token_counter, nullptr);
        EXPECT_GT(family->make_token_counter()->most(), 0);
    }
}

TEST(Family, WhatIsNoFamilyHasNoRow) {
    EXPECT_EQ(family_named(""), nullptr);
    EXPECT_EQ(family_named("Flux"), nullptr);
}

TEST(Family, ACheckpointOfEachIsReadAsItsRowSays) {
    const support::TempFolder folder;
    for (const auto& spec : {tiny_sd1_spec(), tiny_sdxl_spec()}) {
        const auto file = folder.path() / "random.safetensors";
        save_random_checkpoint(file, spec, at::kHalf, 1);
        const io::SafetensorsFile written(file);
        EXPECT_EQ(identify(written).family, spec.family);
        EXPECT_EQ(spec_of(written)->family, spec.family);
        EXPECT_EQ(load_model(file)->spec().family, spec.family);
    }
}

TEST(Family, ARegisteredOneIsThereAsLongAsItsRegistration) {
    auto family = stable_diffusion_1();
    family.name = "another";
    {
        const base::ScopedRow scoped(family_table(), family);
        EXPECT_EQ(family_named("another"), &family);
        EXPECT_EQ(families().front(), &family);
    }
    EXPECT_EQ(family_named("another"), nullptr);
}

}  // namespace lorikeet::models
