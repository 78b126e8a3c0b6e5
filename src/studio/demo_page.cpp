#include "studio/demo_page.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/html.hpp"
#include "base/text.hpp"

namespace lorikeet::studio {
namespace {

constexpr int kCell = 132;  // one image, in px of the drawing
constexpr int kGap = 10;
constexpr int kLabel = 130;  // room in front of a row
constexpr int kMargin = 32;
constexpr int kChart = 190;  // height of the loss curve

std::string image_tag(const io::Image& image, int x, int y) {
    return fmt::format(
        "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"xMidYMid slice\" "
        "href=\"data:image/png;base64,{}\"/>\n",
        x, y, kCell, kCell, base::base64(io::encode_png(image)));
}

std::string text(int x, int y, int size, const std::string& words, std::string_view extra = "") {
    return fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" {}>{}</text>\n", x, y, size, extra,
                       base::html_escaped(words));
}

std::string row(const ImageRow& row, int y) {
    std::string svg = text(kMargin, y + kCell / 2 + 5, 15, row.label);
    int x = kMargin + kLabel;
    for (const auto& image : row.images) svg += image_tag(image, x, y), x += kCell + kGap;
    return svg;
}

std::string chart(const DemoStory& story, int x, int y, int width) {
    std::string svg =
        fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#fff\" stroke=\"#d8d4cc\"/>\n",
                    x, y, width, kChart);
    if (story.losses.size() < 2) return svg;
    double low = story.losses[0].second, high = low;
    for (const auto& [step, loss] : story.losses) low = std::min(low, loss), high = std::max(high, loss);
    const double span = std::max(high - low, 1e-9);
    const auto last = static_cast<double>(std::max<std::int64_t>(story.losses.back().first, 1));
    std::string points;
    for (const auto& [step, loss] : story.losses)
        points += fmt::format("{:.1f},{:.1f} ", x + 8 + (width - 16) * static_cast<double>(step) / last,
                              y + 8 + (kChart - 16) * (high - loss) / span);
    svg += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke=\"#2a6f4e\" stroke-width=\"2\"/>\n",
                       points);
    svg += text(x + width - 10, y + 22, 13, fmt::format("{:.4f} at first", high),
                "text-anchor=\"end\" fill=\"#555\"");
    svg += text(x + width - 10, y + 40, 13, fmt::format("{:.4f} lowest", low),
                "text-anchor=\"end\" fill=\"#555\"");
    return svg + text(x + width - 10, y + kChart - 10, 13, fmt::format("step {:.0f}", last),
                      "text-anchor=\"end\" fill=\"#555\"");
}

std::string lines(const std::vector<std::string>& words, int x, int y, int size) {
    std::string svg;
    for (const auto& line : words)
        svg += text(x, y, size, line, "font-family=\"DejaVu Sans Mono, monospace\" xml:space=\"preserve\""),
            y += size + 5;
    return svg;
}

// A prompt above a column of one image's width: two lines at most.
std::string heading(const std::string& prompt, int x, int y) {
    std::string first, second;
    for (const auto& word : base::split(prompt, " ")) {
        auto& line = second.empty() && first.size() + word.size() < 18 ? first : second;
        line += (line.empty() ? "" : " ") + word;
    }
    return text(x, y, 13, first) + text(x, y + 16, 13, second);
}

}  // namespace

std::string poster_svg(const DemoStory& story) {
    const int columns = static_cast<int>(std::max(story.prompts.size(), story.subject.images.size()));
    const int width = 2 * kMargin + kLabel + columns * (kCell + kGap);
    const auto settings = base::split(base::trim(story.settings), "\n");
    int y = kMargin + 24;
    std::string svg = text(kMargin, y, 26, story.title, "font-weight=\"bold\"");
    svg += text(kMargin, y += 26, 15, story.subtitle, "fill=\"#555\"");
    svg += row(story.subject, y += 20);
    y += kCell + 32;
    for (std::size_t i = 0; i < story.prompts.size(); ++i)
        svg += heading(story.prompts[i], kMargin + kLabel + static_cast<int>(i) * (kCell + kGap), y);
    y += 28;
    for (const auto& each : story.rows) svg += row(each, y), y += kCell + kGap;
    svg += text(kMargin, y += 30, 18, "Loss, smoothed", "font-weight=\"bold\"");
    svg += chart(story, kMargin, y += 12, width - 2 * kMargin);
    y += kChart + 34;
    for (const auto& [name, value] : story.facts) svg += text(kMargin, y, 15, name + ": " + value), y += 22;
    svg += text(kMargin, y += 18, 18, "Settings", "font-weight=\"bold\"");
    svg += lines(settings, kMargin, y += 22, 12);
    y += static_cast<int>(settings.size()) * 17 + kMargin;
    return fmt::format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" height=\"{1}\" viewBox=\"0 0 {0} {1}\" "
        "font-family=\"DejaVu Sans, sans-serif\" fill=\"#222\">\n"
        "<rect width=\"{0}\" height=\"{1}\" fill=\"#faf8f4\"/>\n{2}</svg>\n",
        width, y, svg);
}

std::string demo_html(const DemoStory& story) {
    return fmt::format(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{0}</title>\n"
        "<meta name=\"viewport\" content=\"width=device-width\">\n"
        "<style>body{{margin:0;background:#faf8f4;display:flex;justify-content:center}}"
        "svg{{max-width:100%;height:auto}}</style>\n{1}</html>\n",
        base::html_escaped(story.title), poster_svg(story));
}

}  // namespace lorikeet::studio
