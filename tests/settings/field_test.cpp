#include "settings/field.hpp"

#include <set>

#include <gtest/gtest.h>

#include "settings/adapter.hpp"
#include "settings/check.hpp"
#include "settings/data.hpp"
#include "settings/job.hpp"
#include "settings/model.hpp"
#include "settings/optim.hpp"
#include "settings/random_job.hpp"
#include "settings/sample.hpp"
#include "settings/train.hpp"

namespace lorikeet::settings {

namespace {

// The number of members of an aggregate, counted by trying how many it can be made from.
struct Any {
    template <class T>
    operator T() const;  // never called
};
template <class S, class... A>
constexpr std::size_t arity() {
    if constexpr (requires { S{A{}..., Any{}}; })
        return arity<S, A..., Any>();
    else
        return sizeof...(A);
}

template <class S>
void expect_described() {
    EXPECT_EQ(schema<S>().fields.size(), arity<S>()) << schema<S>().what;
}
template <class... S>
void expect_all_described() {
    (expect_described<S>(), ...);
}

template <class Visit>
void each_schema(const Schema& table, const std::string& path, const Visit& visit) {
    visit(table, path);
    for (const auto& field : table.fields)
        if (field.is_section()) each_schema(field.type->schema(), join_path(path, field.key), visit);
}

template <class Visit>
void each_field(const Visit& visit) {
    each_schema(schema<Job>(), "", [&](const Schema& table, const std::string& path) {
        for (const auto& field : table.fields) visit(table, field, join_path(path, field.key));
    });
}

// A setting by its path in the descriptions: lists have no element numbers there.
const Field* look_up(std::string_view path) {
    const Field* found = nullptr;
    each_field([&](const Schema&, const Field& field, const std::string& here) {
        if (here == path) found = &field;
    });
    return found;
}

}  // namespace

TEST(Field, NoMemberIsUndescribed) {
    expect_all_described<Model, Subset, Data, Adapter, AdamW, LrSchedule, Optim, Noise, Loss, Train, Prompt,
                         Sample, Output, Job>();
}

TEST(Field, EverySectionAndSettingHasASentence) {
    each_schema(schema<Job>(), "", [](const Schema& table, const std::string& path) {
        EXPECT_TRUE(table.what.ends_with('.')) << path;
    });
    each_field([](const Schema&, const Field& field, const std::string& path) {
        if (field.type->kind == Kind::Section) return;  // says it itself
        EXPECT_TRUE(field.what.ends_with('.')) << path;
        EXPECT_EQ(field.type->optional, !field.unset.empty()) << path;
        EXPECT_FALSE(field.more.ends_with('.') || field.less.ends_with('.')) << path;
        if (field.type->choices == nullptr) return;
        for (const auto& choice : field.type->choices()) EXPECT_TRUE(choice.what.ends_with('.')) << path;
    });
}

TEST(Field, EveryDefaultIsAllowed) {
    each_field([](const Schema& table, const Field& field, const std::string& path) {
        if (field.is_section()) return;
        const auto value = table.default_of(field);
        const bool must_be_said = field.required && value == Value(std::string());
        if (const auto wrong = complaint(field, path, value); wrong && !must_be_said)
            ADD_FAILURE() << path << " " << wrong->what;
    });
}

TEST(Field, EveryNumberHasBounds) {
    each_field([](const Schema&, const Field& field, const std::string& path) {
        const auto kind = field.type->kind;
        const bool number = kind == Kind::Whole || kind == Kind::Number || kind == Kind::Wholes ||
                            kind == Kind::Numbers;
        EXPECT_TRUE(!number || field.range.most - field.range.least < 1e17) << path;
    });
}

TEST(Field, EveryKeyThatIsNamedIsThere) {
    each_schema(schema<Job>(), "", [](const Schema& table, const std::string& path) {
        for (const auto& rule : table.rules) {
            for (const auto& key : rule.keys)
                EXPECT_NE(look_up(join_path(path, key)), nullptr) << path << key;
            EXPECT_NE(look_up(join_path(path, rule.fix.key)), nullptr) << path << rule.fix.key;
        }
        for (const auto& field : table.fields) {
            if (field.when.key.empty()) continue;
            const auto* other = look_up(join_path(path, field.when.key));
            if (other == nullptr) other = look_up(field.when.key);
            ASSERT_NE(other, nullptr) << path << " " << field.key;
            for (const auto& word : field.when.words) {
                bool known = false;
                for (const auto& choice : other->type->choices()) known = known || choice.word == word;
                EXPECT_TRUE(known) << field.key << ": " << word;
            }
        }
    });
}

TEST(Field, NamesOfSdScriptsMeanOneSettingEach) {
    std::set<std::string_view> seen;
    each_field([&](const Schema&, const Field& field, const std::string& path) {
        for (const auto& alias : field.kohya)
            EXPECT_TRUE(seen.insert(alias.name).second) << path << alias.name;
    });
    EXPECT_GT(seen.size(), 40U);
}

TEST(Field, EverySettingCanBeChangedAndReadAgain) {
    Job job;
    job.data.subsets.resize(1);
    job.sample.prompts.resize(1);
    test::RandomJob random(7);
    const auto all = leaves(schema<Job>(), &job);
    EXPECT_GT(all.size(), 50U);
    for (const auto& leaf : all) {
        const auto before = leaf.get();
        const auto next = random.other(*leaf.field, before);
        if (leaf.path == "optim.rule") continue;  // has one word
        ASSERT_NE(next, before) << leaf.path;
        ASSERT_TRUE(leaf.set(next)) << leaf.path;
        EXPECT_EQ(leaf.get(), next) << leaf.path;
        for (const auto& other : all)
            EXPECT_TRUE(other.path == leaf.path || other.at != leaf.at) << leaf.path << " " << other.path;
    }
}

TEST(Field, AWholeNumberIsANumberButNotTheOtherWayRound) {
    double number = 0;
    std::int64_t whole = 0;
    EXPECT_TRUE(take(Value(std::int64_t{3}), number));
    EXPECT_EQ(number, 3.0);
    EXPECT_FALSE(take(Value(3.0), whole));
    EXPECT_FALSE(take(Value(true), whole));
    EXPECT_FALSE(take(Value(std::string("3")), number));
}

TEST(Field, OneValueIsAListOfOneAndAnEmptyListIsAnyList) {
    std::vector<std::int64_t> wholes = {1, 2};
    EXPECT_TRUE(take(Value(std::int64_t{512}), wholes));
    EXPECT_EQ(wholes, (std::vector<std::int64_t>{512}));
    EXPECT_TRUE(take(Value(std::vector<std::string>{}), wholes));
    EXPECT_TRUE(wholes.empty());
    EXPECT_FALSE(take(Value(std::vector<double>{1.5}), wholes));
    std::vector<double> numbers;
    EXPECT_TRUE(take(Value(std::vector<std::int64_t>{0, 1}), numbers));
    EXPECT_EQ(numbers, (std::vector<double>{0, 1}));
}

}  // namespace lorikeet::settings
