#include "tag/caption_search.hpp"

#include <cmath>
#include <limits>
#include <map>

#include <gtest/gtest.h>

#include "tag/golden_blip.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::int64_t kEnd = 3;

// Words 0 to 5; what follows depends on the last word alone.
std::vector<float> scores_after(std::int64_t word) {
    switch (word) {
        case 5: return {2.0F, 1.9F, -9, -9, -9, -9};  // 0 seems better at first
        case 0: return {0.1F, -9, 0.1F, 0.1F, 0.1F, -9};
        case 1: return {-9, -9, 9, -9, -9, -9};
        case 2: return {-9, -9, -9, 9, -9, -9};
        default: return {0, 0, 0, 0, 0, 0};
    }
}

Tokens searched(const SearchRules& rules) {
    const auto search = make_search(rules, {5});
    std::vector<SearchRow> rows{{0, 5}};
    while (!rows.empty()) {
        std::vector<float> logits;
        for (const auto& row : rows)
            for (const auto score : scores_after(row.token)) logits.push_back(score);
        rows = search->next(logits, rows.size());
    }
    return search->result();
}

SearchRules toy_rules() {
    SearchRules rules;
    rules.end_token = kEnd;
    rules.max_length = 8;
    return rules;
}

}  // namespace

TEST(CaptionSearchGolden, WordsThatMayBeDrawnAreThoseOfTransformers) {
    const auto file = support::golden("blip");
    const auto logits = file.tensor::WeightFile::get("warp.logits"),
               kept = file.tensor::WeightFile::get("warp.kept");
    for (std::int64_t row = 0; row < logits.size(0); ++row) {
        const auto words = static_cast<std::size_t>(logits.size(1));
        const auto* scores = logits.const_data_ptr<float>() + row * logits.size(1);
        const auto likely = likeliest_words({scores, words}, 50, 0.9);
        for (std::size_t i = 0; i < words; ++i)
            EXPECT_EQ(
                std::isfinite(likely[i]),
                kept.const_data_ptr<std::uint8_t>()[row * logits.size(1) + static_cast<std::int64_t>(i)] != 0)
                << row << ", " << i;
    }
}

TEST(CaptionSearch, BeamsFindWhatTheLikeliestWordMisses) {
    auto rules = toy_rules();
    EXPECT_EQ(searched(rules)[1], 0);
    rules.beams = 2;
    EXPECT_EQ(searched(rules), (Tokens{5, 1, 2, kEnd}));
}

TEST(CaptionSearch, LengthsAreKept) {
    auto rules = toy_rules();
    for (const std::int64_t beams : {1, 3}) {
        rules.beams = beams;
        rules.max_length = 3;
        EXPECT_EQ(searched(rules).size(), 3U) << "cut";
        rules.max_length = 9;
        rules.min_length = 7;
        EXPECT_GE(searched(rules).size(), 8U) << "no end before";
        rules.min_length = 0;
    }
}

TEST(CaptionSearch, ADrawFollowsItsChances) {
    auto rules = toy_rules();
    rules.top_p = 1;
    rules.max_length = 2;
    std::map<std::int64_t, int> counts;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        rules.seed = seed * 0x9E3779B97F4A7C15ULL;
        ++counts[searched(rules)[1]];
    }
    const auto share = 1 / (1 + std::exp(-0.1));
    EXPECT_NEAR(counts[0] / 2000.0, share, 0.04);
    EXPECT_NEAR(counts[1] / 2000.0, 1 - share, 0.04);
    rules.top_p = 0.5;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        rules.seed = seed;
        EXPECT_EQ(searched(rules)[1], 0) << "it makes up half alone";
    }
}

TEST(CaptionSearch, NaNEndsItWithoutACaption) {
    for (const std::int64_t beams : {1, 2}) {
        auto rules = toy_rules();
        rules.beams = beams;
        const std::vector<float> logits(6, std::numeric_limits<float>::quiet_NaN());
        const auto search = make_search(rules, {5});
        EXPECT_TRUE(search->next(logits, 1).empty());
        EXPECT_TRUE(search->result().empty());
    }
}

TEST(CaptionSearch, InfinityEndsItToo) {
    for (const std::int64_t beams : {1, 2})
        for (const auto wrong :
             {std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
            auto rules = toy_rules();
            rules.beams = beams;
            std::vector<float> logits(6, 0.5F);
            logits[2] = wrong;
            const auto search = make_search(rules, {5});
            EXPECT_TRUE(search->next(logits, 1).empty());
            EXPECT_TRUE(search->result().empty());
        }
}

TEST(CaptionSearch, ACaptionThatHadItsEndOutlastsALateNaN) {
    auto rules = toy_rules();
    rules.beams = 2;
    const auto search = make_search(rules, {5});
    const std::vector<float> ends{2.0F, 0, 0, 2.5F, 0, 0};  // word 3 is the end
    const auto rows = search->next(ends, 1);
    ASSERT_EQ(rows.size(), 2U) << "others may be better yet";
    EXPECT_TRUE(search->next(std::vector<float>(12, std::numeric_limits<float>::quiet_NaN()), 2).empty());
    EXPECT_EQ(search->result(), (Tokens{5, kEnd}));
}

}  // namespace lorikeet::tag
