// Jobs with every setting drawn at random: legal ones, with texts chosen to hurt a writer.
#pragma once

#include <cmath>
#include <random>
#include <string>

#include "settings/check.hpp"

namespace lorikeet::settings::test {

class RandomJob {
  public:
    explicit RandomJob(unsigned seed) : engine_(seed) {}

    Job draw() {
        Job job;
        job.data.subsets.resize(1 + below(3));
        job.sample.prompts.resize(below(3));
        for (auto& leaf : leaves(schema<Job>(), &job)) leaf.set(value(*leaf.field));
        fix(job);
        return job;
    }

    // Another legal value than the one it has, where there is one.
    Value other(const Field& field, const Value& than) {
        for (int i = 0; i < 200; ++i)
            if (auto next = value(field); next != than) return next;
        return than;
    }

    Value value(const Field& field) {
        if (field.type->optional && below(3) == 0) return {};
        switch (field.type->kind) {
            case Kind::Flag: return below(2) == 0;
            case Kind::Whole: return whole(field.range);
            case Kind::Number: return number(field.range);
            case Kind::Text: return text(field);
            case Kind::Choice: return word(field);
            case Kind::Wholes: return list<std::int64_t>(field, [&] { return whole(field.range); });
            case Kind::Numbers: return list<double>(field, [&] { return number(field.range); });
            case Kind::Texts: return list<std::string>(field, [&] { return "." + std::string(hostile()); });
            default: return {};
        }
    }

  private:
    std::mt19937_64 engine_;

    std::size_t below(std::size_t count) { return engine_() % count; }

    std::int64_t whole(const Range& range) {
        const auto step = range.multiple_of;
        const auto least = static_cast<std::int64_t>(std::max(range.least, -1e9));
        const auto most = static_cast<std::int64_t>(std::min(range.most, 9007199254740992.0));
        const auto first = (least + step - 1) / step;
        return (first + static_cast<std::int64_t>(below(static_cast<std::size_t>(most / step - first + 1)))) *
               step;
    }

    double number(const Range& range) {
        const double share = std::uniform_real_distribution<double>(1e-9, 1 - 1e-9)(engine_);
        if (below(8) == 0 && range.low == Range::Edge::Included) return range.least;
        return range.least + share * share * share * (range.most - range.least);
    }

    std::string word(const Field& field) {
        const auto choices = field.type->choices();
        return std::string(choices[below(choices.size())].word);
    }

    std::string_view hostile() {
        static constexpr std::string_view kTexts[] = {"plain",
                                                      "say \"hello\"",
                                                      "back\\slash\\",
                                                      "two\nlines\r\n",
                                                      "\ttab",
                                                      "# no comment",
                                                      "a = [1, 2]",
                                                      "\"\"\"",
                                                      "'''",
                                                      "鸚鵡 🦜",
                                                      "Ä\xCC\x88",
                                                      "[[data.subsets]]",
                                                      " spaces ",
                                                      "\x01\x1F\x7F",
                                                      "C:\\Users\\x\\n",
                                                      "unset",
                                                      "0",
                                                      "\xEF\xBB\xBF"
                                                      "bom",
                                                      "1girl, (parrot:1.2), \\(sea\\)",
                                                      "\xE2\x80\xA8line separator"};
        return kTexts[below(std::size(kTexts))];
    }

    std::string text(const Field& field) {
        if (!field.required && below(4) == 0) return {};
        return std::string(hostile());
    }

    template <class T, class Draw>
    Value list(const Field& field, Draw draw) {
        const auto fewest = field.range.fewest, longest = std::min<std::size_t>(field.range.longest, 4);
        std::vector<T> all(fewest + below(longest - fewest + 1));
        for (auto& one : all) one = draw();
        return all;
    }

    // What single settings cannot know of each other.
    static void fix(Job& job) {
        for (int i = 0; i < 20; ++i)
            for (const auto& problem : check(job)) {
                const auto fix = problem.hint.find("Set ");
                if (fix == std::string::npos) continue;
                const auto equals = problem.hint.find(" = ", fix);
                const auto path = problem.hint.substr(fix + 4, equals - fix - 4);
                apply(job, path, problem.hint.substr(equals + 3, problem.hint.size() - equals - 4));
            }
    }
};

}  // namespace lorikeet::settings::test
