#include "studio/paint_launch.hpp"

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

bool over(Painting& painting) {
    return support::soon([&] {
        painting.poll();
        return painting.view().state > PaintState::Painting;
    });
}

}  // namespace

TEST(PaintingSlow, TellsEachPictureAndTheEnd) {
    const support::TempFolder folder;
    auto painting = Painting::start(request_in(folder.path()), {folder.path(), {}});
    EXPECT_EQ(painting.view().pictures, 2);
    ASSERT_TRUE(over(painting));
    const auto& view = painting.view();
    ASSERT_EQ(view.state, PaintState::Done) << view.cause << view.said;
    ASSERT_EQ(view.done.size(), 2u);
    EXPECT_EQ(view.done[1].seed, 2u);
    const auto text = io::read_png_text(view.done[0].file).at("parameters");
    EXPECT_EQ(text.find("-- a bird, \"quoted\"\nNegative prompt: -blur"), 0u) << text;
}

TEST(PaintingSlow, SaysWhyItFailed) {
    const support::TempFolder folder;
    auto request = request_in(folder.path());
    request.model = "nothing.safetensors";
    auto painting = Painting::start(request, {folder.path(), {}});
    ASSERT_TRUE(over(painting));
    EXPECT_EQ(painting.view().state, PaintState::Failed);
    EXPECT_NE(painting.view().cause.find("nothing.safetensors"), std::string::npos) << painting.view().cause;
    EXPECT_NE(painting.view().hint, "");
    request = request_in(folder.path());
    request.width_px = 13;
    request.height_px = 13;
    painting = Painting::start(request, {folder.path(), {}});
    ASSERT_TRUE(over(painting));
    EXPECT_NE(painting.view().cause.find("13x13"), std::string::npos) << painting.view().cause;
}

TEST(PaintingSlow, IsCancelledAndKeepsWhatIsDone) {
    const support::TempFolder folder;
    auto request = request_in(folder.path());
    request.steps = 50;
    request.count = 1000;
    auto painting = Painting::start(request, {folder.path(), {}});
    while (painting.view().done.empty() && painting.view().state <= PaintState::Painting) painting.poll();
    painting.cancel();
    ASSERT_TRUE(over(painting));
    EXPECT_EQ(painting.view().state, PaintState::Cancelled) << painting.view().cause;
    EXPECT_TRUE(std::filesystem::exists(painting.view().done.at(0).file));
}

}  // namespace lorikeet::studio
