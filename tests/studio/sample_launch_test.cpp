#include "studio/sample_launch.hpp"

#include <gtest/gtest.h>

#include "io/image.hpp"
#include "support/soon.hpp"
#include "support/tiny.hpp"

namespace lorikeet::studio {
namespace {

SampleRequest request_in(const base::Path& folder) {
    SampleRequest request;
    request.model = support::tiny_checkpoint().string();
    request.prompt = "-- a bird, \"quoted\"";
    request.negative = "-blur";
    request.steps = 2;
    request.count = 2;
    request.out = folder / "pictures";
    return request;
}

bool over(SampleProcess& sampling) {
    return support::soon([&] {
        sampling.poll();
        return sampling.view().state > SampleState::Sampling;
    });
}

}  // namespace

TEST(SampleProcessSlow, TellsEachImageAndTheEnd) {
    const support::TempFolder folder;
    auto sampling = SampleProcess::start(request_in(folder.path()), {folder.path(), {}});
    EXPECT_EQ(sampling.view().images, 2);
    ASSERT_TRUE(over(sampling));
    const auto& view = sampling.view();
    ASSERT_EQ(view.state, SampleState::Done) << view.cause << view.said;
    ASSERT_EQ(view.done.size(), 2u);
    EXPECT_EQ(view.done[1].seed, 2u);
    const auto text = io::read_png_text(view.done[0].file).at("parameters");
    EXPECT_EQ(text.find("-- a bird, \"quoted\"\nNegative prompt: -blur"), 0u) << text;
}

TEST(SampleProcessSlow, SaysWhyItFailed) {
    const support::TempFolder folder;
    auto request = request_in(folder.path());
    request.model = "nothing.safetensors";
    auto sampling = SampleProcess::start(request, {folder.path(), {}});
    ASSERT_TRUE(over(sampling));
    EXPECT_EQ(sampling.view().state, SampleState::Failed);
    EXPECT_NE(sampling.view().cause.find("nothing.safetensors"), std::string::npos) << sampling.view().cause;
    EXPECT_NE(sampling.view().hint, "");
    request = request_in(folder.path());
    request.width_px = 13;
    request.height_px = 13;
    sampling = SampleProcess::start(request, {folder.path(), {}});
    ASSERT_TRUE(over(sampling));
    EXPECT_NE(sampling.view().cause.find("13x13"), std::string::npos) << sampling.view().cause;
}

TEST(SampleProcessSlow, IsCancelledAndKeepsWhatIsDone) {
    const support::TempFolder folder;
    auto request = request_in(folder.path());
    request.steps = 50;
    request.count = 1000;
    auto sampling = SampleProcess::start(request, {folder.path(), {}});
    while (sampling.view().done.empty() && sampling.view().state <= SampleState::Sampling) sampling.poll();
    sampling.cancel();
    ASSERT_TRUE(over(sampling));
    EXPECT_EQ(sampling.view().state, SampleState::Cancelled) << sampling.view().cause;
    EXPECT_TRUE(std::filesystem::exists(sampling.view().done.at(0).file));
}

}  // namespace lorikeet::studio
