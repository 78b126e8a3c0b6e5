#include "tag/captioner.hpp"

#include <functional>
#include <tuple>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_blip.hpp"

namespace lorikeet::tag {

namespace {

settings::Captioning tiny_captioning() {
    settings::Captioning captioning;
    captioning.max_length = 20;
    captioning.device = settings::DeviceChoice::Cpu;
    captioning.precision = settings::TagPrecision::Float32;
    return captioning;
}

io::Image gradient(std::int64_t width, std::int64_t height, std::size_t step) {
    io::Image image{width, height, std::vector<std::uint8_t>(static_cast<std::size_t>(3 * width * height))};
    for (std::size_t i = 0; i < image.rgb.size(); ++i) image.rgb[i] = static_cast<std::uint8_t>(i * step);
    return image;
}

}  // namespace

TEST(Captioner, SaysTheSameAloneAndTogether) {
    const support::TempFolder folder;
    support::write_captioner(folder.path());
    auto captioning = tiny_captioning();
    const std::vector<io::Image> images{gradient(32, 32, 1), gradient(32, 32, 5), gradient(32, 32, 11)};
    const std::vector<std::string> names{"a.png", "b.png", "c.png"};
    for (const bool draws : {false, true}) {
        if (draws) captioning.top_p = 0.9;
        const auto captioner = open_captioner(folder.path(), captioning);
        EXPECT_EQ(captioner->facts().image_px, 32);
        EXPECT_EQ(captioner->facts().device, "the processor");
        const auto together = captioner->captions(images, names, {});
        for (std::size_t i = 0; i < 3; ++i)
            EXPECT_EQ(captioner->captions({&images[i], 1}, {&names[i], 1}, {}).front(), together[i]);
    }
}

TEST(Captioner, EverySettingOfTheSearchReachesItAndTheFingerprint) {
    const support::TempFolder folder;
    support::write_captioner(folder.path());
    std::vector<io::Image> images;
    std::vector<std::string> names;
    for (const std::size_t step : {1U, 7U, 13U, 19U, 31U, 39U}) {
        images.push_back(gradient(32, 32, step));
        names.push_back(std::to_string(step) + ".png");
    }
    const auto said = [&](const settings::Captioning& captioning, std::string* print) {
        const auto captioner = open_captioner(folder.path(), captioning);
        *print = captioner->facts().fingerprint;
        return captioner->captions(images, names, {});
    };
    using settings::Captioning;
    using Change = std::function<void(Captioning&)>;
    const Change draws = [](Captioning& c) { c.top_p = 0.98; };
    const Change beams = [](Captioning& c) { c.beams = 4; };
    const Change longer = [](Captioning& c) {  // what comes later is better
        c.beams = 4;
        c.length_penalty = 3;
    };
    const std::vector<std::tuple<const char*, Change, Change>> changes{
        {"prompt", [](Captioning&) {}, [](Captioning& c) { c.prompt = "a cat"; }},
        {"beams", [](Captioning&) {}, beams},
        {"top_p", [](Captioning&) {}, draws},
        {"min_length", [](Captioning&) {}, [](Captioning& c) { c.min_length = 15; }},
        {"max_length", [](Captioning&) {}, [](Captioning& c) { c.max_length = 6; }},
        {"length_penalty", beams, [](Captioning& c) { c.length_penalty = -8; }},
        {"early_stopping", longer, [](Captioning& c) { c.early_stopping = true; }},
        {"seed", draws, [](Captioning& c) { c.seed = 77; }}};
    for (const auto& [key, before, change] : changes) {
        auto captioning = tiny_captioning();
        captioning.min_length = 2;
        before(captioning);
        std::string first_print, print;
        const auto first = said(captioning, &first_print);
        change(captioning);
        EXPECT_NE(said(captioning, &print), first) << key;
        EXPECT_NE(print, first_print) << key;
    }
    auto captioning = tiny_captioning();
    draws(captioning);
    std::string print;
    const auto first = said(captioning, &print);
    for (auto& name : names) name = "other/" + name;
    EXPECT_NE(said(captioning, &print), first) << "the draws are of the image's name";
}

TEST(Captioner, ACaptionWithoutAnEndIsToldAndAStopEndsTheWork) {
    const support::TempFolder folder;
    support::write_captioner(folder.path());
    auto captioning = tiny_captioning();
    captioning.min_length = captioning.max_length = 7;
    const std::vector<io::Image> images{gradient(32, 32, 3)};
    const std::vector<std::string> names{"a.png"};
    const auto captioner = open_captioner(folder.path(), captioning);
    EXPECT_EQ(captioner->facts().most_tokens, 7);
    EXPECT_TRUE(captioner->captions(images, names, {}).front()->is_cut);
    base::Cancel cancel;
    cancel.request_stop();
    EXPECT_THROW(captioner->captions(images, names, cancel), base::Error);
    captioning.max_length = 512;
    EXPECT_EQ(open_captioner(folder.path(), captioning)->facts().most_tokens, 32)
        << "there are no more positions";
}

TEST(Captioner, AFingerprintKnowsWhatACaptionDependsOn) {
    const support::TempFolder folder;
    support::write_captioner(folder.path());
    const auto print_of = [&](const settings::Captioning& captioning) {
        return open_captioner(folder.path(), captioning)->facts().fingerprint;
    };
    auto captioning = tiny_captioning();
    const auto first = print_of(captioning);
    EXPECT_EQ(print_of(captioning), first);
    captioning.seed = 9;
    EXPECT_EQ(print_of(captioning), first) << "nothing is drawn";
    captioning.prompt = "a";
    EXPECT_NE(print_of(captioning), first);
    captioning = tiny_captioning();
    captioning.beams = 3;
    EXPECT_NE(print_of(captioning), first);
    captioning = tiny_captioning();
    captioning.precision = settings::TagPrecision::Bfloat16;
    EXPECT_NE(print_of(captioning), first);
}

TEST(Captioner, APromptThatDoesNotFitIsToldAtOnce) {
    const support::TempFolder folder;
    support::write_captioner(folder.path());
    auto captioning = tiny_captioning();
    captioning.prompt = "a a a a a a a a a a a a a a a a a a a a a a";
    EXPECT_THROW(open_captioner(folder.path(), captioning), base::Error);
    EXPECT_THROW(open_captioner(folder.path() / "none", tiny_captioning()), base::Error);
}

TEST(Captioner, ImagesAreStretchedWhateverTheirShape) {
    const support::TempFolder folder;
    io::write_png(folder.path() / "a.png", gradient(50, 20, 3));
    const auto image = stretched_image(folder.path() / "a.png", 32);
    EXPECT_EQ(image.width_px, 32);
    EXPECT_EQ(image.height_px, 32);
}

}  // namespace lorikeet::tag
