#include <gtest/gtest.h>

#include "models/golden_file.hpp"
#include "nn/attention.hpp"
#include "nn/resnet_block.hpp"
#include "nn/time_embed.hpp"
#include "nn/transformer_block.hpp"

namespace lorikeet::nn {

namespace {

constexpr double kTolerance = 1e-5;

// One of each, with the sizes of tools/golden/unet_parts.py.
struct Parts {
    TimeEmbed time_embed{8};
    Attention attention{{8, 6, 2}};
    ImageTransformer transformer{{{8, 6, 2}, 4, 2}};
    ResnetBlock resnet{{8, 8, 12, 4}};
    ResnetBlock widening{{8, 12, 12, 4}};
    Downsample down{8};
    Upsample up{8};

    void visit(Visitor& visitor) {
        time_embed.visit(visitor, "time_embed");
        attention.visit(visitor, "attention");
        transformer.visit(visitor, "transformer");
        resnet.visit(visitor, "resnet");
        widening.visit(visitor, "widening");
        down.visit(visitor, "down");
        up.visit(visitor, "up");
    }
};

// Compares one layer's output with the reference's and sends the gradient back.
class Compare {
  public:
    explicit Compare(const support::GoldenFile& file) : file_(file) {}

    at::Tensor input(const std::string& part, int number) {
        const auto name = part + ".in" + std::to_string(number);
        auto x = file_.get(name).clone();
        if (file_.has(name + "_grad")) inputs_.emplace_back(name, x.requires_grad_());
        return x;
    }
    void output(const std::string& part, const at::Tensor& out) {
        models::expect_near(out, file_.get(part + ".out"), kTolerance, part);
        (out * file_.get(part + ".pull")).sum().backward();
    }
    void expect_input_gradients() const {
        EXPECT_EQ(inputs_.size(), 10U);
        for (const auto& [name, x] : inputs_)
            models::expect_near(x.grad(), file_.get(name + "_grad"), kTolerance, name + "_grad");
    }

  private:
    const support::GoldenFile& file_;
    std::vector<std::pair<std::string, at::Tensor>> inputs_;
};

}  // namespace

TEST(UnetPartsGolden, ComputeWhatDiffusersComputesForwardAndBackward) {
    const auto file = models::golden("unet_parts");
    Parts parts;
    models::load_golden(parts, file);
    Compare compare(file);
    compare.output("time_embed", parts.time_embed(compare.input("time_embed", 0)));
    const auto tokens = compare.input("attention", 0), text = compare.input("attention", 1);
    compare.output("attention", parts.attention(tokens, text));
    const auto image = compare.input("transformer", 0), words = compare.input("transformer", 1);
    compare.output("transformer", parts.transformer(image, words));
    for (const auto& [name, block] : {std::pair{"resnet", &parts.resnet}, {"widening", &parts.widening}}) {
        const auto x = compare.input(name, 0), time = compare.input(name, 1);
        compare.output(name, (*block)(x, at::silu(time)));
    }
    compare.output("down", parts.down(compare.input("down", 0)));
    compare.output("up", parts.up(compare.input("up", 0), {12, 10}));
    compare.expect_input_gradients();
    models::expect_gradients(parts, file, kTolerance);
}

TEST(UnetPartsGolden, TimestepsBecomeTheSameSinesAndCosines) {
    const auto file = models::golden("unet_parts");
    const auto timesteps = at::tensor({0, 417, 999}, at::kLong).to(support::test_device());
    models::expect_near(sinusoids(timesteps, 8), file.get("sinusoids"), kTolerance, "sinusoids");
}

TEST(Attention, HeadsThatDoNotDivideTheWidthAreABug) { EXPECT_THROW(Attention({10, 10, 3}), std::exception); }

TEST(Attention, CuttingIntoHeadsAndJoiningThemChangesNothing) {
    const auto x = at::randn({2, 5, 12});
    EXPECT_TRUE(at::equal(join_heads(split_heads(x, 3)), x));
}

TEST(ImageTransformer, AnnouncesTheLayersThatKohyaTrains) {
    struct CountLayers : Visitor {
        void weight(const std::string&, at::Tensor&, at::IntArrayRef) override {}
        void layer(const std::string&, Linear&) override { linears += part() == BlockKind::Transformer; }
        void layer(const std::string&, Conv2d&) override { convs += part() == BlockKind::Transformer; }
        int linears = 0;
        int convs = 0;
    } count;
    ImageTransformer transformer({{8, 6, 2}, 4, 1});
    transformer.visit(count, "1");
    EXPECT_EQ(count.linears, 10);
    EXPECT_EQ(count.convs, 2);
}

}  // namespace lorikeet::nn
