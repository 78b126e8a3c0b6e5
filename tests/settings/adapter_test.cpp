#include "settings/adapter.hpp"

#include "settings/good_job.hpp"

namespace lorikeet::settings {

TEST(AdapterSection, ARankIsAWholeNumberOrLeftToBeChosen) {
    EXPECT_FALSE(Job{}.adapter.rank);
    EXPECT_FALSE(Job{}.adapter.alpha);
    for (const auto* rank : {"1", "1024", "unset"}) EXPECT_EQ(said_of("adapter.rank", rank), "") << rank;
    EXPECT_EQ(said_of("adapter.rank", "0"),
              "adapter.rank: must be at least 1 and at most 1024, is 0. The nearest is 1.");
    EXPECT_NE(said_of("adapter.rank", "1025"), "");
    EXPECT_NE(said_of("adapter.rank", "8.5"), "");
}

// alpha / rank is what the product is multiplied by: 0 would train nothing, and a share of the rank is usual.
TEST(AdapterSection, AnAlphaIsAboveZeroAndNeedNotBeWhole) {
    for (const auto* alpha : {"0.5", "1", "4096", "unset"})
        EXPECT_EQ(said_of("adapter.alpha", alpha), "") << alpha;
    EXPECT_EQ(said_of("adapter.alpha", "0"), "adapter.alpha: must be above 0 and at most 4096, is 0.");
    EXPECT_NE(said_of("adapter.alpha", "-1"), "");
}

TEST(AdapterSection, NotEverythingCanBeLeftOut) {
    EXPECT_EQ(said_of("adapter.dropout", "0"), "");
    EXPECT_EQ(said_of("adapter.dropout", "0.99"), "");
    EXPECT_EQ(said_of("adapter.dropout", "1"), "adapter.dropout: must be at least 0 and below 1, is 1.");
}

TEST(AdapterSection, EitherHalfMayBeLeftAloneButNotBoth) {
    EXPECT_EQ(said_of("adapter.train_unet", "off"), "");
    EXPECT_EQ(said_of("adapter.train_text", "off"), "");
    Job job = good_job();
    job.adapter.train_text = false;
    EXPECT_EQ(said_of("adapter.train_unet", "off", job),
              "adapter.train_unet: (with adapter.train_text) nothing would be trained; turn at least one on. "
              "Set adapter.train_unet = true.");
}

// sd-scripts has two switches that say "only this half"; here each half has a switch of its own.
TEST(AdapterSection, TheSwitchesOfSdScriptsTurnTheOtherHalfOff) {
    const auto unet_only = follow("network_train_unet_only").adapter;
    EXPECT_TRUE(unet_only.train_unet);
    EXPECT_FALSE(unet_only.train_text);
    const auto text_only = follow("network_train_text_encoder_only").adapter;
    EXPECT_FALSE(text_only.train_unet);
    EXPECT_TRUE(text_only.train_text);
    EXPECT_EQ(led_to("network_dim"), "adapter.rank");
    EXPECT_EQ(led_to("network_alpha"), "adapter.alpha");
    EXPECT_EQ(led_to("network_weights"), "adapter.start_from");
}

TEST(AdapterSection, NothingOfItMayBeAnotherWhenARunIsResumed) { EXPECT_EQ(harmless<Adapter>(), ""); }

}  // namespace lorikeet::settings
