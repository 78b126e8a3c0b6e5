#include "tag/blip_text.hpp"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "nn/visitors.hpp"
#include "tag/golden_blip.hpp"

namespace lorikeet::tag {

TEST(BlipTextGolden, ScoresTheNextWordAsTransformersDoes) {
    const GoldenBlip golden;
    const auto ids = golden.file.get("ids"), states = golden.file.get("states");
    for (std::int64_t count = 1; count <= ids.size(1); ++count)
        support::expect_near(golden.blip->next_words(ids.narrow(1, 0, count), states),
                             golden.file.get("logits").select(1, count - 1), 1e-5,
                             "after " + std::to_string(count) + " words");
}

namespace {

// The decoder of the golden file by itself.
BlipText golden_text(const support::GoldenFile& file) {
    BlipText text(
        {.width = 24, .image_width = 32, .depth = 2, .heads = 2, .mlp = 48, .words = 84, .positions = 32});
    nn::LoadWeights load([&](const std::string& name) { return file.find("weight." + name); }, std::nullopt,
                         support::test_device());
    text.visit(load);
    load.finish();
    return text;
}

}  // namespace

TEST(BlipTextGolden, WordByWordFromItsCacheItScoresTheSame) {
    const at::NoGradGuard no_gradient;
    const auto file = support::golden("blip");
    const auto text = golden_text(file);
    const auto ids = file.get("ids");
    auto cache = text.begin(file.get("states"));
    text(ids.narrow(1, 0, 2), cache);
    for (std::int64_t i = 2; i < ids.size(1); ++i)
        support::expect_near(text(ids.narrow(1, i, 1), cache), file.get("logits").select(1, i), 1e-5,
                             "word " + std::to_string(i));
}

TEST(BlipTextGolden, RowsAreChosenTwiceOrLeftOut) {
    const at::NoGradGuard no_gradient;
    const auto file = support::golden("blip");
    const auto text = golden_text(file);
    const auto ids = file.get("ids"), logits = file.get("logits");
    const auto list = [&](std::vector<std::int64_t> numbers) {
        return at::tensor(numbers, at::kLong).to(ids.device());
    };
    auto cache = text.begin(file.get("states"));
    text(ids.narrow(1, 0, 3), cache);
    cache.choose(list({1, 1, 2, 2}), list({1, 2}));  // two rows for each of two images
    const auto found = text(ids.index_select(0, list({1, 1, 2, 2})).narrow(1, 3, 1), cache);
    support::expect_near(found, logits.select(1, 3).index_select(0, list({1, 1, 2, 2})), 1e-5, "rows");
}

TEST(BlipText, BaseHasItsSize) {
    BlipText text({});
    nn::CountWeights count;
    text.visit(count);
    // As many as transformers counts in the text_decoder of blip-image-captioning-base.
    EXPECT_EQ(count.numbers, 161'323'580);
}

}  // namespace lorikeet::tag
