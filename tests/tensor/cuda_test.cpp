#include "tensor/cuda.hpp"

#include <ATen/Context.h>
#include <gtest/gtest.h>

#include "tensor/device.hpp"

namespace lorikeet::tensor {
namespace {

CudaFacts good_card() {
    CudaFacts facts;
    facts.driver = true;
    facts.serves = 13000;
    facts.cards = 1;
    facts.card = "NVIDIA GeForce RTX 4090";
    facts.memory_bytes = 25'000'000'000;
    facts.capability = 89;
    facts.library = true;
    return facts;
}

// One sentence of cause, and one of remedy that names a way without the GPU.
void expect_refused(const CudaFacts& facts, const std::string& cause, const std::string& remedy) {
    const auto look = judge(facts);
    EXPECT_FALSE(look.found);
    EXPECT_NE(look.cause.find(cause), std::string::npos) << look.cause;
    EXPECT_NE(look.remedy.find(remedy), std::string::npos) << look.remedy;
    EXPECT_NE(look.remedy.find("train.device = \"cpu\""), std::string::npos) << look.remedy;
}

}  // namespace

TEST(Cuda, AGoodCardIsFoundWithItsMemory) {
    const auto look = judge(good_card());
    EXPECT_TRUE(look.found);
    EXPECT_EQ(look.card, "NVIDIA GeForce RTX 4090, 25.00 GB");
    EXPECT_EQ(look.cause, "");
}

TEST(Cuda, EachThingThatIsWrongHasItsCauseAndItsRemedy) {
    expect_refused({}, "no NVIDIA driver", "Install one");
    auto facts = good_card();
    facts.serves = 12040;
    expect_refused(facts, "runs CUDA 12.4, and LibTorch wants 13.0", "version 580");
    facts = good_card();
    facts.cards = 0;
    expect_refused(facts, "was given no GPU", "--gpus all");
    facts.trouble = 100;
    expect_refused(facts, "was given no GPU", "--gpus all");
    facts.trouble = 999;
    expect_refused(facts, "does not start (its error 999)", "Restart the machine");
    facts = good_card();
    facts.capability = 61;
    expect_refused(facts, "RTX 4090 is too old", "from 2018");
    facts = good_card();
    facts.library = false;
    expect_refused(facts, "libtorch_cuda.so", "./run setup --cuda");
}

TEST(Cuda, ALibraryThatIsMissingIsNamed) {
    const auto look = judge_loader(
        judge(good_card()), "libcublas.so.13: cannot open shared object file: No such file or directory");
    EXPECT_FALSE(look.found);
    EXPECT_EQ(look.cause, "CUDA's library libcublas.so.13 is not here.");
    EXPECT_NE(look.remedy.find("./run setup --cuda"), std::string::npos);
    EXPECT_NE(judge_loader(look, "undefined symbol: x").cause.find("undefined symbol: x"), std::string::npos);
}

TEST(Cuda, WhatIsFoundIsWhatLibTorchFinds) {
    const auto& look = look_for_cuda();
    EXPECT_EQ(look.found, at::globalContext().hasCUDA());
    EXPECT_EQ(look.found, look.cause.empty());
    EXPECT_EQ(pick_device("auto").is_cuda(), look.found);
}

}  // namespace lorikeet::tensor
