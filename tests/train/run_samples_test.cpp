#include "train/run_samples.hpp"

#include <chrono>
#include <new>

#include <c10/util/Exception.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/run_listener.hpp"
#include "support/small_job.hpp"

namespace lorikeet::train {
namespace {

using support::RunListener;

struct RunSamplesPlace {
    support::SmallJob small;
    settings::Job job = small.job();
    RunDir run = RunDir::create(job.output.folder, job.output.name, RunDir::Existing::Refuse);
    RunSamplesPlace() {
        job.sample.prompts = {{"a bird", "", 1}, {"a tree", "", 1}};
        job.sample.steps = 2;
        job.sample.size = {64};
    }
    std::int64_t make(RunListener& listener) const {
        auto recipe = load_recipe(job);
        fit_trainee(recipe, job);
        return make_samples(job, run, recipe, 7, listener, listener.cancel);
    }
};

}  // namespace

TEST(RunSamples, WhateverIsThrownInAnImageLeavesOutThatOneAlone) {
    const RunSamplesPlace place;
    const std::vector<std::function<void()>> throws{
        [] { throw std::runtime_error("odd"); }, [] { TORCH_CHECK(false, "shapes differ"); },
        [] { throw std::filesystem::filesystem_error("gone", std::make_error_code(std::errc::io_error)); },
        [] { throw 7; }, [] { base::fail(base::ErrorCode::NotFinite, "NaN"); }};
    auto recipe = load_recipe(place.job);
    fit_trainee(recipe, place.job);
    for (const auto& thrown : throws) {
        RunListener listener([&](const base::Event& event) {
            if (event.kind == "progress" && event.text("what") == "a bird") thrown();
        });
        EXPECT_EQ(make_samples(place.job, place.run, recipe, 7, listener, listener.cancel), 1);
        EXPECT_NE(listener.said().find("No sample of \"a bird\""), std::string::npos) << listener.said();
        ASSERT_EQ(listener.of("sample").size(), 1U);
        EXPECT_EQ(listener.of("sample")[0].text("prompt"), "a tree");
    }
}

TEST(RunSamples, AWantOfMemoryIsTriedSmallerAndSaid) {
    const RunSamplesPlace place;
    int times = 0;
    RunListener listener([&](const base::Event& event) {
        if (event.kind == "progress" && event.text("what") == "a bird" && ++times == 1)
            throw std::bad_alloc();
    });
    EXPECT_EQ(place.make(listener), 2);
    EXPECT_NE(listener.said().find("64 x 64"), std::string::npos) << listener.said();
    const auto image = io::read_image(listener.of("sample")[0].text("file"));
    EXPECT_LT(image.width_px, 64);
}

TEST(RunSamples, AModelThatCannotBeReadAnyMoreLeavesAllOut) {
    RunSamplesPlace place;
    const auto checkpoint = place.small.folder() / "model.safetensors";
    std::filesystem::copy_file(place.job.model.checkpoint, checkpoint);
    place.job.model.checkpoint = checkpoint.string();
    auto recipe = load_recipe(place.job);
    fit_trainee(recipe, place.job);
    std::filesystem::last_write_time(checkpoint,
                                     std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
    RunListener listener;
    EXPECT_EQ(make_samples(place.job, place.run, recipe, 7, listener, listener.cancel), 0);
    EXPECT_NE(listener.said().find("written over"), std::string::npos) << listener.said();
}

TEST(RunSamples, WithoutPromptsTheFirstCaptionWithWordsIsSampled) {
    settings::Job job;
    job.data.subsets.resize(1);
    std::vector<data::DatasetImage> images(3);
    images[1].caption = "a red bird";
    images[2].caption = "a blue bird";
    ASSERT_EQ(sampled_by(job, images).prompts.size(), 1U);
    EXPECT_EQ(sampled_by(job, images).prompts[0].text, "a red bird");
    images.resize(1);
    EXPECT_EQ(sampled_by(job, images).prompts[0].text, "") << "nothing to say";
    job.sample.prompts = {{"mine", "", 7}};
    EXPECT_EQ(sampled_by(job, images).prompts[0].text, "mine");
}

TEST(RunSamples, SmallerHasAnEnd) {
    ImageRequest request;
    request.width_px = 512;
    request.height_px = 256;
    std::vector<std::int64_t> widths;
    EXPECT_THROW(make_with_less(request, 64,
                                [&](const ImageRequest& one) -> io::Image {
                                    widths.push_back(one.width_px);
                                    throw std::bad_alloc();
                                }),
                 std::bad_alloc);
    EXPECT_EQ(widths, (std::vector<std::int64_t>{512, 256, 128}));
}

}  // namespace lorikeet::train
