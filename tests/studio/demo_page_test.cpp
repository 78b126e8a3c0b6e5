#include "studio/demo_page.hpp"

#include <gtest/gtest.h>

namespace lorikeet::studio {
namespace {

DemoStory story() {
    DemoStory story;
    story.title = "A bird it had never seen";
    story.prompts = {"a <bird> & a \"fish\""};
    const io::Image dot{1, 1, {10, 20, 30}};
    story.rows = {{"before", {dot}}, {"after", {dot}}};
    story.subject = {"trained on", {dot}};
    story.losses = {{1, 0.2}, {50, 0.1}};
    story.facts = {{"seconds", "71"}};
    story.settings = "[adapter]\nrank = 8\n";
    return story;
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t times = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++times;
    return times;
}

}  // namespace

TEST(DemoPage, HoldsEveryPictureAndNeedsNoOtherFile) {
    const auto svg = poster_svg(story());
    EXPECT_EQ(count(svg, "data:image/png;base64,"), 3U);
    EXPECT_EQ(count(demo_html(story()), "src=\"http"), 0U);
    for (const auto* word : {"A bird it had never seen", "before", "after", "trained on"})
        EXPECT_NE(svg.find(word), std::string::npos) << word;
}

TEST(DemoPage, WordsOfPromptsAreNeverMarkup) {
    for (const auto& text : {poster_svg(story()), demo_html(story())}) {
        EXPECT_EQ(text.find("<bird>"), std::string::npos);
        EXPECT_NE(text.find("&lt;bird&gt; &amp; a"), std::string::npos);
    }
}

}  // namespace lorikeet::studio
