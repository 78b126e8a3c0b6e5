#include "known_tags.hpp"

#include <set>

#include <gtest/gtest.h>

namespace lorikeet::tiny_tagger {
namespace {

TEST(KnownTags, AreEachThereOnceAndEachDrawn) {
    std::set<std::string> names, drawn;
    for (const auto& tag : known_tags()) names.insert(tag.name);
    EXPECT_EQ(names.size(), known_tags().size());
    for (std::uint64_t seed = 0; seed < 20000; ++seed) {
        tensor::Draws draws(seed);
        for (const auto& tag : tags_of(draw_scene(draws))) drawn.insert(tag);
    }
    drawn.insert({"general", "sensitive", "questionable", "explicit"});
    EXPECT_EQ(drawn, names);
}

TEST(KnownTags, TruthIsEveryTagOfTheSceneAndItsRating) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        tensor::Draws draws(seed);
        const auto scene = draw_scene(draws);
        const auto truth = truth_of(scene);
        EXPECT_EQ(truth.sum().item<double>(), static_cast<double>(tags_of(scene).size() + 1))
            << "seed " << seed;
        EXPECT_EQ(truth[0].item<double>(), 1) << "general";
    }
}

TEST(KnownTags, AreReadBackFromTheirFile) {
    const std::vector<std::int64_t> counts(known_tags().size(), 5);
    const auto csv = tag_list_file(counts);
    EXPECT_TRUE(csv.starts_with("tag_id,name,category,count\n9999999,general,9,5\n")) << csv.substr(0, 80);
    EXPECT_EQ(tag::parse_tag_list(csv, "selected_tags.csv"), known_tags());
}

}  // namespace
}  // namespace lorikeet::tiny_tagger
