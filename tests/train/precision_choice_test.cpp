#include "train/precision_choice.hpp"

#include <gtest/gtest.h>

#include "models/stable_diffusion_family.hpp"
#include "models/stable_diffusion_spec.hpp"

namespace lorikeet::train {
namespace {

using base::Processor, settings::Precision, settings::VaePrecision;

Hardware gpu(int capability) { return {Processor::Avx2, capability, "Tesla T4"}; }

struct Hearing : base::EventSink {
    std::vector<base::Event> events;
    void take(const base::Event& event) override { events.push_back(event); }
};

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(PrecisionChoice, AutoIsBfloat16WhereAProcessorHasInstructionsForIt) {
    for (const auto kind : {Processor::Avx512Bf16, Processor::Amx})
        EXPECT_EQ(choose_precision(Precision::Auto, {kind}).compute, at::kBFloat16) << name_of(kind);
    for (const auto kind : {Processor::Portable, Processor::Avx2, Processor::Avx512}) {
        const auto choice = choose_precision(Precision::Auto, {kind});
        EXPECT_EQ(choice.compute, at::kFloat) << name_of(kind);
        EXPECT_EQ(choice.precision, Precision::Float32);
        EXPECT_TRUE(says(choice.sentence, "the file's 16 bits")) << choice.sentence;
        EXPECT_TRUE(says(choice.sentence, "this processor has no instructions for bfloat16"))
            << choice.sentence;
    }
}

TEST(PrecisionChoice, AutoIsFloat16OnAGpuWithoutBfloat16) {
    EXPECT_EQ(choose_precision(Precision::Auto, gpu(90)).compute, at::kBFloat16);
    EXPECT_EQ(choose_precision(Precision::Auto, gpu(80)).compute, at::kBFloat16);
    EXPECT_EQ(choose_precision(Precision::Auto, gpu(0)).compute, at::kBFloat16);  // unknown: as ever
    const auto choice = choose_precision(Precision::Auto, gpu(75));
    EXPECT_EQ(choice.compute, at::kHalf);
    EXPECT_EQ(choice.sentence,
              "float16, with loss scaling: this GPU (Tesla T4, compute capability 7.5) has no bfloat16.");
}

TEST(PrecisionChoice, AWordOfTheSettingsIsFollowedEverywhere) {
    for (const auto& hardware : {Hardware{Processor::Amx}, Hardware{Processor::Avx2}, gpu(75), gpu(90)})
        for (const auto& [word, type] : {std::pair{Precision::Float32, at::kFloat},
                                         {Precision::Bfloat16, at::kBFloat16},
                                         {Precision::Float16, at::kHalf}}) {
            const auto choice = choose_precision(word, hardware);
            EXPECT_EQ(choice.precision, word);
            EXPECT_EQ(choice.compute, type);
            EXPECT_TRUE(says(choice.sentence, "as train.precision says")) << choice.sentence;
        }
}

TEST(PrecisionChoice, WhatIsSlowIsToldWithItsRemedy) {
    const auto slow = [](Precision precision, const Hardware& hardware) {
        settings::Job job;
        job.train.precision = precision;
        return slow_settings(job, hardware);
    };
    for (const auto& hardware : {Hardware{Processor::Avx2}, Hardware{Processor::Avx512}, gpu(75)}) {
        const auto told = slow(Precision::Bfloat16, hardware);
        ASSERT_EQ(told.size(), 1U);
        EXPECT_EQ(told[0].where, "train.precision");
        EXPECT_TRUE(says(told[0].what, "many times as long")) << told[0].what;
        EXPECT_TRUE(says(told[0].hint, "train.precision = \"auto\"")) << told[0].hint;
    }
    EXPECT_EQ(slow(Precision::Float16, {Processor::Amx}).size(), 1U);
    EXPECT_TRUE(slow(Precision::Float16, gpu(75)).empty());
    EXPECT_TRUE(slow(Precision::Bfloat16, {Processor::Amx}).empty());
    EXPECT_TRUE(slow(Precision::Bfloat16, gpu(90)).empty());
    for (const auto& hardware : {Hardware{Processor::Avx2}, Hardware{Processor::Amx}, gpu(75), gpu(90)}) {
        EXPECT_TRUE(slow(Precision::Auto, hardware).empty());
        EXPECT_TRUE(slow(Precision::Float32, hardware).empty());
    }
}

TEST(PrecisionChoice, ABfloat16VaeIsToldToBeSlowToo) {
    settings::Job job;
    job.model.vae_precision = VaePrecision::Bfloat16;
    ASSERT_EQ(slow_settings(job, {Processor::Avx2}).size(), 1U);
    EXPECT_EQ(slow_settings(job, {Processor::Avx2})[0].where, "model.vae_precision");
    EXPECT_TRUE(slow_settings(job, {Processor::Amx}).empty());
}

TEST(PrecisionChoice, ARunThatGoesOnElsewhereIsTold) {
    EXPECT_EQ(note_on_resuming(Precision::Float32, {Processor::Avx2}), "");
    EXPECT_EQ(note_on_resuming(Precision::Bfloat16, gpu(90)), "");
    const auto note = note_on_resuming(Precision::Float32, {Processor::Amx});
    EXPECT_TRUE(says(note, "goes on in float32, as it began")) << note;
    EXPECT_TRUE(says(note, "\"auto\" would come to bfloat16: this processor")) << note;
}

TEST(PrecisionChoice, WhatAutoCameToIsSettledAndSaid) {
    settings::Job job;
    job.train.device = settings::DeviceChoice::Cpu;
    Hearing heard;
    const auto settled = settle_precision(job, Begins::Now, heard);
    EXPECT_NE(settled.train.precision, Precision::Auto);
    EXPECT_EQ(settled.train.precision, with_precision(job).train.precision);
    EXPECT_EQ(compute_type_of(settled.train), compute_type_of(job.train));
    ASSERT_EQ(heard.events.size(), 1U);
    EXPECT_EQ(heard.events[0].kind, "note");
    EXPECT_TRUE(says(heard.events[0].text("text"), "Steps are computed in ")) << heard.events[0].text("text");
}

TEST(PrecisionChoice, TheVaeComputesInFloat32ButForSdxlInWhatTheStepComputesIn) {
    models::StableDiffusionSpec first, xl;
    xl.family = &models::sdxl();
    EXPECT_EQ(vae_type_of(VaePrecision::Auto, first, at::kBFloat16), at::kFloat);
    EXPECT_EQ(vae_type_of(VaePrecision::Auto, xl, at::kBFloat16), at::kBFloat16);
    EXPECT_EQ(vae_type_of(VaePrecision::Auto, xl, at::kHalf), at::kFloat);  // SDXL's own makes NaN in it
    EXPECT_EQ(vae_type_of(VaePrecision::Auto, xl, at::kFloat), at::kFloat);
    EXPECT_EQ(vae_type_of(VaePrecision::Float32, xl, at::kBFloat16), at::kFloat);
    EXPECT_EQ(vae_type_of(VaePrecision::Bfloat16, first, at::kFloat), at::kBFloat16);
}

}  // namespace lorikeet::train
