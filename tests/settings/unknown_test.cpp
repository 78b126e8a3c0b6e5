#include "settings/unknown.hpp"

#include <gtest/gtest.h>

#include "settings/field.hpp"
#include "settings/job.hpp"

namespace lorikeet::settings {

namespace {

template <class Visit>
void each_alias(const Schema& table, const Visit& visit) {
    for (const auto& field : table.fields) {
        for (const auto& alias : field.kohya) visit(field, alias);
        if (field.is_section()) each_alias(field.type->schema(), visit);
    }
}

}  // namespace

TEST(Unknown, EveryNameOfSdScriptsLeadsToItsSetting) {
    each_alias(schema<Job>(), [](const Field& field, const Alias& alias) {
        const auto hint = hint_for_unknown("", alias.name);
        EXPECT_NE(hint.find(field.key), std::string::npos) << alias.name << ": " << hint;
    });
}

TEST(Unknown, ASettingOfTwoSectionsIsNamedInBoth) {
    EXPECT_EQ(hint_for_unknown("model", "seed"),
              "It belongs elsewhere: data.validation.seed or train.seed or seed of [[sample.prompts]].");
    EXPECT_EQ(hint_for_unknown("data.subsets", "batch"), "It belongs elsewhere: data.batch.");
}

TEST(Unknown, TheNearestKeyOfTheSectionIsSuggested) {
    EXPECT_EQ(hint_for_unknown("data.subsets", "repeat"), "Did you mean repeats?");
    EXPECT_EQ(hint_for_unknown("optim.adamw", "wieght_decay"), "Did you mean weight_decay?");
    EXPECT_EQ(hint_for_unknown("loss", "q"), "[loss] has: min_snr, divide_by_mask.");
}

}  // namespace lorikeet::settings
