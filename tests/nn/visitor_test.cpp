#include "nn/visitor.hpp"

#include <gtest/gtest.h>

#include "nn/conv.hpp"
#include "nn/linear.hpp"
#include "nn/visitors.hpp"

namespace lorikeet::nn {
namespace {

class Names : public Visitor {
  public:
    void weight(const std::string& path, at::Tensor&, at::IntArrayRef) override { seen += path + " "; }
    void layer(const std::string& path, Linear&) override { announce(path); }
    void layer(const std::string& path, Conv2d&) override { announce(path); }
    std::string seen;

  private:
    void announce(const std::string& path) {
        seen += (part() == BlockKind::Transformer ? "[transformer " : "[") + path + "] ";
    }
};

}  // namespace

TEST(Visitor, ScopesNestAndCloseInTurn) {
    Names names;
    EXPECT_EQ(names.path("a"), "a");
    {
        const Visitor::Scope outer(names, "blocks.1");
        const Visitor::Scope inner(names, "attn", BlockKind::Transformer);
        EXPECT_EQ(names.path(), "blocks.1.attn");
        EXPECT_EQ(names.path("to_q"), "blocks.1.attn.to_q");
        EXPECT_EQ(names.part(), BlockKind::Transformer);
    }
    EXPECT_EQ(names.path("a"), "a");
    EXPECT_EQ(names.part(), BlockKind::Other);
}

TEST(Visitor, ALayerAnnouncesItselfBeforeItsWeightsAndKnowsItsPart) {
    Names names;
    Linear linear(2, 2, Bias::No);
    Conv2d conv = conv1x1(2, 2);
    const Visitor::Scope scope(names, "t", BlockKind::Transformer);
    linear.visit(names, "to_q");
    conv.visit(names, "proj_in");
    EXPECT_EQ(names.seen,
              "[transformer t.to_q] t.to_q.weight [transformer t.proj_in] t.proj_in.weight t.proj_in.bias ");
}

}  // namespace lorikeet::nn
