#include "studio/sample_desk.hpp"

#include <cmath>
#include <new>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/image.hpp"
#include "studio/train_desk.hpp"
#include "support/small_job.hpp"
#include "tensor/device.hpp"

namespace lorikeet::studio {
namespace {

SampleRequest quick(const base::Path& out) {
    SampleRequest request;
    request.model = support::tiny_checkpoint().string();
    request.prompt = "a bird";
    request.steps = 1;
    request.out = out;
    tensor::set_threads(1);  // a tiny model gains nothing from more, and waits on a busy machine
    return request;
}

// Remembers everything, and does something at every step.
class Listener : public base::EventSink {
  public:
    void take(const base::Event& event) override {
        events.push_back(event);
        if (event.kind == "progress" && at_step) at_step();
    }
    std::vector<base::Event> events;
    std::function<void()> at_step;
};

std::vector<base::Path> generated(const SampleRequest& request) {
    Listener nobody;
    return sample(request, base::Cancel(), nobody);
}

}  // namespace

TEST(LoraUse, StrengthStandsBehindTheLastColon) {
    EXPECT_EQ(parse_lora_use("a.safetensors").strength, 1);
    EXPECT_EQ(parse_lora_use("a.safetensors:0.7").strength, 0.7);
    EXPECT_EQ(parse_lora_use("a.safetensors:-1").strength, -1);
    EXPECT_EQ(parse_lora_use("disk:a.safetensors:2").file, base::Path("disk:a.safetensors"));
}

TEST(LoraUse, WhatIsNoStrengthIsRefused) {
    for (const auto* text : {"a.safetensors:", "a.safetensors:x", "a.safetensors:0.5x", "a.safetensors:nan"})
        EXPECT_THROW(parse_lora_use(text), base::Error) << text;
}

TEST(LoraUse, AFileWithAColonInItsNameIsTakenAsItIs) {
    const support::TempFolder folder;
    const auto file = folder.path() / "odd:name";
    base::write_whole(file, "x");
    EXPECT_EQ(parse_lora_use(file.string()).file, file);
}

TEST(SampleDesk, ImagesHaveTheModelsSizeAndTellTheirSettings) {
    const support::TempFolder folder;
    const auto files = generated(quick(folder.path() / "a.png"));
    ASSERT_EQ(files.size(), 1u);
    EXPECT_EQ(io::peek_image(files[0]).width_px, 64);
    const auto text = io::read_png_text(files[0])["parameters"];
    EXPECT_EQ(text.find("a bird\nSteps: 1, Sampler: "), 0u) << text;
    EXPECT_NE(text.find("Seed: 1, Size: 64x64, Model: tiny"), std::string::npos) << text;
}

TEST(SampleDesk, APromptThatIsCutIsTold) {
    const support::TempFolder folder;
    auto request = quick(folder.path() / "a.png");
    for (int i = 0; i < 100; ++i) request.prompt += " bird";
    Listener listener;
    sample(request, base::Cancel(), listener);
    std::string notes;
    for (const auto& event : listener.events)
        if (event.kind == "note") notes += event.text("text");
    EXPECT_EQ(notes,
              "A prompt is longer than the 75 tokens that are read, and cut there: it has 102 tokens.");
}

TEST(SampleDesk, EachFurtherImageHasTheNextSeedAndAName) {
    const support::TempFolder folder;
    auto request = quick(folder.path() / "new" / "a.png");
    request.count = 2;
    request.seed = 7;
    const auto files = generated(request);
    EXPECT_EQ(files, (std::vector<base::Path>{folder.path() / "new/a.png", folder.path() / "new/a-2.png"}));
    EXPECT_NE(io::read_png_text(files[1])["parameters"].find("Seed: 8"), std::string::npos);
    EXPECT_NE(io::read_image(files[0]), io::read_image(files[1]));
    request.count = 1;
    request.seed = 8;
    request.out = folder.path() / "again.png";
    EXPECT_EQ(io::read_image(generated(request)[0]), io::read_image(files[1]));
}

TEST(SampleDesk, InAFolderNothingIsWrittenOver) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "1-a-bird.png", "mine");
    EXPECT_EQ(generated(quick(folder.path()))[0].filename(), "1-a-bird_v2.png");
    EXPECT_EQ(base::read_text(folder.path() / "1-a-bird.png"), "mine");
}

TEST(SampleDesk, AnImageThatWasNamedIsReplacedOnlyWhenAsked) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "a-2.png", "mine");
    auto request = quick(folder.path() / "a.png");
    request.count = 2;
    try {
        generated(request);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::Conflict);
        EXPECT_NE(std::string(error.what()).find("a-2.png exists"), std::string::npos) << error.what();
    }
    EXPECT_EQ(base::read_text(folder.path() / "a-2.png"), "mine");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "a.png"))
        << "found out before anything is generated";
    request.overwrite = true;
    const auto files = generated(request);
    EXPECT_EQ(io::read_image(files.at(1)).width_px, io::read_image(folder.path() / "a.png").width_px);
}

TEST(SampleDesk, EachStrengthIsAsIfItHadBeenGeneratedAlone) {
    const support::TempFolder folder;
    const support::SmallJob small;
    auto job = small.job();
    job.train.steps = 2;
    job.optim.lr = 0.1;  // so that it shows
    job.optim.schedule.warmup = 0;
    Listener nobody;
    base::Cancel cancel;
    const auto lora = train(job, Existing::Refuse, nobody, cancel).file;

    auto request = quick(folder.path() / "several");
    request.loras = {{lora, 0.5}};
    request.strengths = {0, 2, 0.5};
    Listener listener;
    const auto files = sample(request, cancel, listener);
    ASSERT_EQ(files.size(), 3u);
    EXPECT_EQ(images_of(request), 3);
    EXPECT_EQ(files[1].filename(), "1-a-bird-at-2.png");
    std::vector<double> told;
    for (const auto& event : listener.events)
        if (event.kind == "sample") told.push_back(event.number("strength"));
    EXPECT_EQ(told, request.strengths);

    auto alone = quick(folder.path() / "alone.png");
    alone.overwrite = true;
    EXPECT_EQ(io::read_image(files[0]), io::read_image(generated(alone)[0])) << "0 is the model alone";
    for (const std::size_t i : {1, 2}) {
        alone.loras = {{lora, 0.5 * request.strengths[i]}};
        EXPECT_EQ(io::read_image(files[i]), io::read_image(generated(alone)[0])) << request.strengths[i];
    }
    EXPECT_NE(io::read_image(files[0]), io::read_image(files[1]));
    EXPECT_EQ(io::read_png_text(files[0])["parameters"].find("<lora:"), std::string::npos);
}

TEST(SampleDesk, StrengthsNeedALoraAndAreNumbers) {
    const support::TempFolder folder;
    auto request = quick(folder.path());
    request.strengths = {0, 1};
    EXPECT_THROW(generated(request), base::Error) << "both images would be the same";
    request.strengths = {std::nan("")};
    EXPECT_THROW(generated(request), base::Error);
}

TEST(SampleDesk, AWantOfMemoryIsAnsweredWithWhatSamplingTakes) {
    const support::TempFolder folder;
    Listener listener;
    listener.at_step = [] { throw std::bad_alloc(); };
    try {
        sample(quick(folder.path() / "a.png"), base::Cancel(), listener);
        ADD_FAILURE() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NoSpace);
        EXPECT_EQ(error.hint(), "Close other programs, or choose a smaller image size or model.");
    }
    EXPECT_EQ(listener.events.back().kind, "end");
}

TEST(SampleDesk, AStopIsHeardBetweenSteps) {
    const support::TempFolder folder;
    base::Cancel cancel;
    auto request = quick(folder.path() / "a.png");
    request.steps = 50;
    Listener listener;
    listener.at_step = [&] { cancel.request_stop(); };
    EXPECT_THROW(sample(request, cancel, listener), base::Error);
    EXPECT_EQ(listener.events.back().kind, "end");
    EXPECT_EQ(listener.events.back().text("reason"), "stopped");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "a.png"));
}

}  // namespace lorikeet::studio
