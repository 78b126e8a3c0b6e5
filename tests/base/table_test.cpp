#include "base/table.hpp"

#include <optional>

#include <gtest/gtest.h>

namespace lorikeet::base {
namespace {

struct NumberRow {
    int number = 0;
};
constexpr NumberRow kOne{1}, kTwo{2}, kThree{3}, kFour{4};

std::vector<int> numbers_in(const Table<NumberRow>& table) {
    std::vector<int> numbers;
    for (const auto* row : table.rows()) numbers.push_back(row->number);
    return numbers;
}

}  // namespace

TEST(Table, IsAskedInTheOrderOfItsRows) {
    const Table<NumberRow> table{&kOne, &kTwo};
    EXPECT_EQ(table.find([](const auto& row) { return row.number > 0; }), &kOne);
    EXPECT_EQ(table.find([](const auto& row) { return row.number == 2; }), &kTwo);
    EXPECT_EQ(table.find([](const auto& row) { return row.number == 3; }), nullptr);
}

TEST(ScopedRow, IsAskedFirstForAsLongAsItLives) {
    Table<NumberRow> table{&kOne, &kTwo};
    {
        std::optional<ScopedRow<NumberRow>> three(std::in_place, table, kThree);
        const ScopedRow four(table, kFour);
        EXPECT_EQ(numbers_in(table), (std::vector{4, 3, 1, 2}));
        EXPECT_ANY_THROW(ScopedRow(table, kThree)) << "twice";
        three.reset();
        EXPECT_EQ(numbers_in(table), (std::vector{4, 1, 2}));
    }
    EXPECT_EQ(numbers_in(table), (std::vector{1, 2}));
}

}  // namespace lorikeet::base
