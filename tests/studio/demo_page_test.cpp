#include "studio/demo_page.hpp"

#include <gtest/gtest.h>

namespace lorikeet::studio {
namespace {

io::Image plain(std::uint8_t grey) { return {8, 8, std::vector<std::uint8_t>(8 * 8 * 3, grey)}; }

DemoStory story() {
    DemoStory story;
    story.title = "A LoRA <for> \"birds\" & trees";
    story.subtitle = "made here";
    story.prompts = {"a bird", "a tree on a very wide green meadow"};
    story.rows = {{"strength 0", {plain(10), plain(20)}}, {"strength 1", {plain(30), plain(40)}}};
    story.subject = {"trained on", {plain(50)}};
    story.losses = {{1, 0.5}, {50, 0.3}, {100, 0.2}};
    story.facts = {{"Training", "20 s"}};
    story.settings = "[optim]\nlr = 1e-3\n";
    return story;
}

std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

TEST(DemoPage, TextOfAStrangerIsEscaped) {
    const auto title = "A LoRA &lt;for&gt; &quot;birds&quot; &amp; trees";
    const auto svg = poster_svg(story());
    EXPECT_EQ(count(svg, title), 1U);
    EXPECT_EQ(count(svg, "<for>"), 0U);
    EXPECT_EQ(count(demo_html(story()), title), 2U);  // of the page, and in its drawing
}

TEST(DemoPage, EveryImageAndEveryWordOfTheStoryIsThere) {
    const auto svg = poster_svg(story());
    EXPECT_EQ(count(svg, "<image "), 5U);
    for (const auto* words :
         {">made here<", ">a bird<", ">a tree on a very<", ">wide green meadow<", ">strength 0<",
          ">strength 1<", ">trained on<", ">Training: 20 s<", ">[optim]<", ">lr = 1e-3<"})
        EXPECT_EQ(count(svg, words), 1U) << words;
}

TEST(DemoPage, ImagesAreWithinThePageAsTheyAre) {
    auto one = story();
    one.rows.clear();
    const auto svg = poster_svg(one);
    // An 8 x 8 PNG: its signature and size in base64.
    EXPECT_EQ(count(svg, "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAgAAAAI"), 1U);
    EXPECT_EQ(count(demo_html(one), "src="), 0U);  // nor any other file
    one.subject.images = {plain(51)};
    EXPECT_NE(poster_svg(one), svg);
}

TEST(DemoPage, TheLossIsACurveThatFallsFromFirstToLast) {
    const auto svg = poster_svg(story());
    EXPECT_EQ(count(svg, "<polyline "), 1U);
    EXPECT_EQ(count(svg, "0.5000 at first"), 1U);
    EXPECT_EQ(count(svg, "0.2000 lowest"), 1U);
    EXPECT_EQ(count(svg, ">step 100<"), 1U);
    auto empty = story();
    empty.losses.clear();
    EXPECT_EQ(count(poster_svg(empty), "<polyline "), 0U);
}

TEST(DemoPage, ThePosterCanBeDrawn) {
    const auto poster = io::draw_svg(poster_svg(story()));
    EXPECT_GT(poster.width_px, 2 * 132);
    EXPECT_GT(poster.height_px, 3 * 132);
    EXPECT_EQ(poster.rgb[0], 0xFA);  // paper
}

}  // namespace lorikeet::studio
