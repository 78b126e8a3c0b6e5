#include "tagger_pack.hpp"

#include <gtest/gtest.h>

#include "tag/model_config.hpp"
#include "tagger_stage.hpp"

namespace lorikeet::tiny_tagger {
namespace {

TEST(TaggerPack, ItsConfigSaysTheNetworkThatIsTrained) {
    const auto spec = tagger_spec();
    const auto config = tag::parse_model_config(config_file(spec), "config.json");
    EXPECT_EQ(config.image_px, spec.image_px);
    EXPECT_EQ(config.outputs, spec.outputs);
    EXPECT_EQ(config.activation, spec.activation);
    EXPECT_EQ(config.pool, tag::Pool::Average);
}

TEST(TaggerPack, SaysNoNetworkThatItCannotDescribe) {
    auto spec = tagger_spec();
    spec.has_scale = true;
    EXPECT_ANY_THROW(config_file(spec));
}

}  // namespace
}  // namespace lorikeet::tiny_tagger
