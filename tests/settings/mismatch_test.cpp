#include "settings/mismatch.hpp"

#include <gtest/gtest.h>

#include "settings/job.hpp"

namespace lorikeet::settings {

namespace {

// What is said of a value that does not fit a setting of [optim].
std::string said(std::string_view key, const Value& value) {
    const auto& table = schema<Optim>();
    const auto finding =
        mismatch(table, *table.find(key), "optim." + std::string(key), say_value(value), value);
    EXPECT_EQ(finding.paths.size(), 1U);
    return finding.what + (finding.hint.empty() ? "" : " " + finding.hint);
}

}  // namespace

TEST(Mismatch, ANumberInQuotesIsWrittenWithout) {
    EXPECT_EQ(said("lr", std::string(" 5e-4 ")),
              "wants a number, found text \" 5e-4 \". Write it without quotes: 5e-4.");
    EXPECT_EQ(said("lr", std::string("0x10")),
              "wants a number; 0x10 is not in decimal notation, with the digits 0 to 9.");
    EXPECT_EQ(said("lr", std::string("inf")), "wants a number; inf is not a finite number.");
    EXPECT_EQ(said("lr", std::string("")), "wants a number, found text \"\".");
}

TEST(Mismatch, AWordOfAChoiceIsSuggested) {
    EXPECT_EQ(said("rule", std::string("AdamW")),
              "wants one of \"adamw\" \"adamw8bit\", found text \"AdamW\". That is sd-scripts' word; here it "
              "is \"adamw\".");
    EXPECT_EQ(said("rule", std::string("ADAM")),
              "wants one of \"adamw\" \"adamw8bit\", found text \"ADAM\". Did you mean \"adamw\"?");
    EXPECT_EQ(said("rule", std::string("sgd")), "wants one of \"adamw\" \"adamw8bit\", found text \"sgd\".");
    EXPECT_EQ(said("rule", true), "wants one of \"adamw\" \"adamw8bit\", found true. Put it in quotes.");
}

TEST(Mismatch, LongValuesAreNotRepeated) {
    EXPECT_EQ(said("lr", std::string(500, 'x')), "wants a number, found a long text.");
    EXPECT_EQ(say_value(std::vector<std::int64_t>(100, 7)), "a long list");
    EXPECT_EQ(say_value(std::vector<double>{1, 2.5}), "the list [1.0, 2.5]");
}

}  // namespace lorikeet::settings
