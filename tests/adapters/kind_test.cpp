#include "adapters/kind.hpp"

#include <gtest/gtest.h>

#include "adapters/lora.hpp"
#include "settings/adapter.hpp"
#include "support/toy_kind.hpp"

namespace lorikeet::adapters {

using support::ToyKind;

TEST(Kind, ARowIsWhole) {
    const ToyKind toy;
    ASSERT_EQ(kinds().size(), 2U);
    for (const auto* kind : kinds()) {
        EXPECT_FALSE(kind->name.empty() || kind->words.empty() || kind->kohya_module.empty());
        EXPECT_FALSE(kind->parameters.empty()) << kind->name;
        EXPECT_TRUE(kind->settle && kind->fit && kind->facts && kind->fresh && kind->from && kind->numbers);
        for (const auto ending : kind->parameters) EXPECT_FALSE(is_buffer(ending)) << ending;
        for (const auto ending : kind->buffers) EXPECT_TRUE(is_buffer(ending)) << ending;
    }
}

TEST(Kind, ALayerIsOfTheKindThatHasAllItsTensors) {
    const at::Tensor any;
    EXPECT_EQ(kind_of(LayerTensors{{".lora_down.weight", any}, {".alpha", any}}), &kPlainLora);
    EXPECT_EQ(kind_of(LayerTensors{{".output_scale", any}}), nullptr);
    const ToyKind toy;
    EXPECT_EQ(kind_of(LayerTensors{{".lora_down.weight", any}, {".alpha", any}}), &kPlainLora);
    EXPECT_EQ(kind_of(LayerTensors{{".output_scale", any}}), &support::kToy);
    EXPECT_EQ(kind_of(LayerTensors{{".lora_down.weight", any}, {".output_scale", any}}), nullptr);
}

TEST(Kind, NamesAreSplitByTheirEndings) {
    const auto name = split_name("lora_te_a.lora_up.weight");
    ASSERT_TRUE(name);
    EXPECT_EQ(name->layer, "lora_te_a");
    EXPECT_EQ(name->ending, ".lora_up.weight");
    for (const auto* other : {"lora_te_a.output_scale", ".alpha", "lora_te_a.lora_up.bias", ""})
        EXPECT_FALSE(split_name(other)) << other;
}

TEST(Kind, AScopedOneIsAskedForWhileItLivesAndGoneBehindIt) {
    const settings::Adapter job;
    EXPECT_EQ(&kind_of(job), &kPlainLora);
    {
        const ToyKind toy;
        EXPECT_EQ(&kind_of(job), &support::kToy);
        EXPECT_ANY_THROW(const ToyKind another);
    }
    EXPECT_EQ(&kind_of(job), &kPlainLora);
}

TEST(Kind, ALoraTakesItsTwoMatrices) {
    EXPECT_EQ(kPlainLora.numbers({6, 8, 1, 1, 0}, 3), 3 * (6 + 8));
    EXPECT_EQ(kPlainLora.numbers({6, 8, 3, 1, 1}, 3), 3 * (6 * 9 + 8));
}

}  // namespace lorikeet::adapters
