#include "tagger_exam.hpp"

#include <gtest/gtest.h>

#include "known_tags.hpp"

namespace lorikeet::tiny_tagger {
namespace {

// A tagger that finds one and the same set of tags in every image.
class Stubborn : public tag::Tagger {
  public:
    explicit Stubborn(std::vector<std::string> found) : found_(std::move(found)) { facts_.image_px = 64; }
    const tag::TaggerFacts& facts() const override { return facts_; }
    const tag::TagList& tags() const override { return known_tags(); }
    std::vector<tag::Scores> scores(std::span<const io::Image> squares) override {
        tag::Scores scores;
        for (const auto& tag : known_tags())
            scores.push_back(std::ranges::find(found_, tag.name) != found_.end() ? 0.9F : 0.1F);
        return std::vector(squares.size(), scores);
    }

  private:
    tag::TaggerFacts facts_;
    std::vector<std::string> found_;
};

TEST(TaggerExam, CountsRightFalseAndMissed) {
    Stubborn tagger({"general", "solo", "abstract"});
    const auto exam = examine(tagger, 200, Look::Plain);
    std::size_t solo = 0, abstract = 0, tags = 0;
    for (std::size_t i = 0; i < 200; ++i) {
        const auto truth =
            tags_of(draw_example(tensor::seed_of(kExamSeed, tensor::Stream::Sample, i), Look::Plain).scene);
        solo += truth.front() == "solo" ? 1 : 0;
        abstract += truth.front() == "abstract" ? 1 : 0;
        tags += truth.size();
    }
    const auto find = [&](const char* name) {
        return *std::ranges::find_if(exam.tags, [&](const TagCount& each) { return each.name == name; });
    };
    EXPECT_EQ(find("solo").right, solo);
    EXPECT_EQ(find("solo").false_ones, 200 - solo);
    EXPECT_EQ(find("abstract").right, abstract);
    EXPECT_EQ(exam.total().missed, tags - solo - abstract);
    EXPECT_DOUBLE_EQ(find("general").precision(), 1);
    EXPECT_DOUBLE_EQ(find("general").f1(), 1);
    EXPECT_EQ(exam.wholly_right, 0U);
    EXPECT_EQ(exam.images.size(), 50U);
}

TEST(TaggerExam, PutsEveryTagIntoAGroup) {
    Stubborn tagger({});
    std::vector<std::string> names;
    for (const auto& group : examine(tagger, 1, Look::Plain).groups()) names.push_back(group.name);
    EXPECT_EQ(names, (std::vector<std::string>{"ratings", "how many", "shapes", "coloured shapes",
                                               "birds and their parts", "grounds", "the lorikeet"}));
}

}  // namespace
}  // namespace lorikeet::tiny_tagger
