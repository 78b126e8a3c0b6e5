#include "models/model.hpp"

#include <gtest/gtest.h>

#include "nn/visitors.hpp"
#include "support/tiny.hpp"

namespace lorikeet::models {

TEST(Model, PartsComeAndGoOneByOne) {
    const auto model = load_model(support::tiny_checkpoint(), {.weights = WeightsAre::Frozen});
    for (const auto part : kParts) {
        EXPECT_FALSE(model->has(part));
        model->ensure(part);
        EXPECT_TRUE(model->has(part));
        model->release(part);
        EXPECT_FALSE(model->has(part));
    }
}

// So that they can be moved: the file's own pages are for reading alone.
TEST(Model, APartThatIsTrainedIsPlainFloat32CopiesBesideFrozenOthers) {
    const auto weight_of = [](Model& model, Part part) {
        nn::CollectWeights found;
        model.ensure(part);
        model.visit(part, found);
        return found.tensors;
    };
    const auto plain = load_model(support::tiny_checkpoint());
    const auto model = load_model(support::tiny_checkpoint(), {.unet = at::kBFloat16,
                                                               .text = at::kBFloat16,
                                                               .weights = WeightsAre::Frozen,
                                                               .trained = {Part::Unet}});
    const auto wanted = weight_of(*plain, Part::Unet);
    const auto trained = weight_of(*model, Part::Unet);
    ASSERT_EQ(trained.size(), wanted.size());
    for (const auto& [name, tensor] : trained) {
        EXPECT_EQ(tensor.scalar_type(), at::kFloat) << name;
        EXPECT_TRUE(at::equal(tensor, wanted.at(name))) << name;
        tensor.add_(1);  // ends the program where it lies in the file's pages
    }
    for (const auto& [name, tensor] : weight_of(*model, Part::Text))
        EXPECT_TRUE(!tensor.defined() || tensor.scalar_type() == at::kBFloat16) << name;  // laid out, or cast
}

TEST(Model, ScalesLatentsToTheNetworkAndBack) {
    const auto model = load_model(support::tiny_checkpoint());
    const auto latents = at::rand({1, 4, 2, 2});
    EXPECT_TRUE(at::equal(model->scaled(latents), latents * model->spec().latents().scale));
    EXPECT_TRUE(at::allclose(model->unscaled(model->scaled(latents)), latents));
}

TEST(Model, ReadsCaptionsInTwoSteps) {
    const auto model = load_model(support::tiny_sdxl_checkpoint());
    const std::vector<std::string> captions{"a wren", "a very long tail"};
    const auto ids = model->tokenize(captions, {});
    EXPECT_EQ(ids.size(), 2U);
    const auto states = model->read(ids, 1);
    EXPECT_EQ(states.batch(), 2);
    EXPECT_TRUE(at::equal(states.context, model->read_captions(captions, 1, {}).context));
    EXPECT_EQ(model->token_counter().count("a wren", {}), 2);
}

// What merging and saving go by.
TEST(Model, SaysWhereInTheFileEachAdaptedWeightLies) {
    const auto model = load_model(support::tiny_sdxl_checkpoint());
    const io::SafetensorsFile file(support::tiny_sdxl_checkpoint());
    class Paths : public nn::Visitor {
      public:
        void weight(const std::string&, at::Tensor&, at::IntArrayRef) override {}
        void layer(const std::string& path, nn::Linear&) override { paths.push_back(path); }
        std::vector<std::string> paths;
    };
    for (const auto& part : model->adapter_parts()) {
        Paths found;
        part.visit(found);
        ASSERT_FALSE(found.paths.empty());
        for (const auto& path : found.paths)
            EXPECT_NE(file.find(part.place(path).name), nullptr) << part.name(path);
    }
}

}  // namespace lorikeet::models
