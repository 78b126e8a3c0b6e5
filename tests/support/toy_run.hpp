// A short run, and an image with what came of it: for tests of the use cases with rows of their own.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "io/image.hpp"
#include "settings/job.hpp"
#include "studio/sample_desk.hpp"
#include "support/run_listener.hpp"
#include "support/temp_folder.hpp"
#include "train/loop.hpp"

namespace lorikeet::support {

inline base::Path trained_for_studio(const settings::Job& job) {
    RunListener listener;
    const auto run =
        train::RunDir::create(job.output.folder, job.output.name, train::RunDir::Existing::Refuse);
    const auto outcome = train::train(job, run, train::Start::Fresh, listener, listener.cancel);
    EXPECT_EQ(outcome.end, train::Outcome::End::Finished);
    return outcome.lora;
}

// One image with these LoRAs.
inline io::Image sampled(const settings::Job& job, const std::vector<studio::LoraUse>& loras) {
    const TempFolder folder;
    studio::SampleRequest request;
    request.model = job.model.checkpoint;
    request.prompt = "a bird";
    request.steps = 2;
    request.width_px = request.height_px = 64;
    request.loras = loras;
    request.out = folder.path() / "bird.png";
    RunListener listener;
    EXPECT_EQ(studio::sample(request, {}, listener).size(), 1U) << listener.said();
    return io::read_image(request.out);
}

}  // namespace lorikeet::support
