#include "studio/dataset_page.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/html.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "data/variants.hpp"
#include "studio/trained_thumbnail.hpp"

namespace lorikeet::studio {

namespace {

using base::html_escaped;

constexpr std::size_t kTagsShown = 60;
constexpr std::size_t kCaptionsOfAnImage = 4;  // of one image

constexpr std::string_view kStyle =
    "body{margin:0 auto;max-width:76rem;padding:1.5rem;font:16px/1.5 "
    "system-ui,sans-serif;color:#222;background:#faf8f4}"
    "h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}"
    ".grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:1rem}"
    "figure{margin:0;overflow-wrap:anywhere}figure img{max-width:100%;border-radius:4px}"
    "figcaption{font-size:.85rem;color:#444}ul{padding-left:1.2rem}"
    "table{border-collapse:collapse}td{padding:.1rem .8rem .1rem 0;vertical-align:top}"
    "@media(prefers-color-scheme:dark){body{color:#e6e2da;background:#1d1c1a}figcaption{color:#bbb}}";

std::vector<std::string> thumbnails_of(const DatasetReport& report, const base::Cancel& cancel) {
    std::vector<std::string> thumbnails(report.images.size());
    const auto background = data::background_of(report.data);
    base::for_each_index(report.images.size(), data::worker_count(report.data), cancel, [&](std::size_t i) {
        thumbnails[i] = trained_thumbnail(report.images[i].file, report.images[i].crop, background);
    });
    return thumbnails;
}

std::string size_words(data::Size size) { return fmt::format("{} x {}", size.width_px, size.height_px); }

std::string name_of(const ReportedImage& image) { return image.file.filename().string(); }

std::string figure(const ReportedImage& image, const std::string& png, const std::string& words) {
    const auto name = html_escaped(name_of(image));
    const auto shown = png.empty()
                           ? std::string()
                           : fmt::format("<img loading=\"lazy\" alt=\"{}\" src=\"data:image/png;base64,{}\">",
                                         name, base::base64(png));
    return fmt::format("<figure>{}<figcaption><strong>{}</strong>{}</figcaption></figure>\n", shown, name,
                       words);
}

std::string facts_of(const DatasetReport& report) {
    const auto missing = std::count_if(report.images.begin(), report.images.end(),
                                       [](const auto& image) { return !image.has_caption; });
    std::string rows;
    const auto row = [&](std::string_view name, const std::string& words) {
        rows += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", name, html_escaped(words));
    };
    row("Images", fmt::format("{}, shown {} times an epoch in {} batches", report.images.size(),
                              report.showings_per_epoch, report.batches_per_epoch));
    row("Trained at", words_for(report.sizes));
    row("Captions",
        missing == 0 ? std::string("each image has one") : fmt::format("{} images without", missing));
    row("Longer than is read",
        fmt::format("{} captions, at {} tokens", report.captions_longer_than(report.max_tokens),
                    report.max_tokens));
    return "<table>\n" + rows + "</table>\n";
}

std::string problems(std::string_view title, const std::vector<base::Problem>& list) {
    if (list.empty()) return {};
    auto html = fmt::format("<h2>{}</h2>\n<ul>\n", title);
    for (const auto& problem : list)
        html += fmt::format("<li>{}</li>\n", html_escaped(base::to_text({problem})));
    return html + "</ul>\n";
}

std::string finding_section(const DatasetReport& report, const data::Finding& finding,
                            const std::vector<std::string>& thumbnails) {
    auto html = fmt::format("<h2>{}</h2>\n<p>{}</p>\n<div class=\"grid\">\n", html_escaped(finding.what),
                            html_escaped(finding.remedy));
    if (finding.pairs.empty())
        for (const auto i : finding.images) html += figure(report.images[i], thumbnails[i], "");
    for (const auto& pair : finding.pairs) {
        const auto words = fmt::format(", {:.0f} % alike", 100 * pair.likeness);
        for (const auto i : {pair.first, pair.second}) html += figure(report.images[i], thumbnails[i], words);
    }
    return html + "</div>\n";
}

std::string seen_section(const DatasetReport& report, const std::vector<std::string>& thumbnails) {
    std::string html =
        "<h2>What the trainer will see</h2>\n<p>Each image as it is cropped, with its captions of the first "
        "three epochs.</p>\n<div class=\"grid\">\n";
    const auto drawn = report.captions_drawn();
    for (std::size_t i = 0; i < report.images.size(); ++i) {
        const auto& image = report.images[i];
        auto words = fmt::format("<br>{} of {}, {:.0f} % cropped, {} times an epoch",
                                 size_words(image.crop.size), size_words(image.crop.image), 100 * image.lost,
                                 image.repeats);
        const auto& captions = drawn[i];
        for (std::size_t k = 0; k < std::min(kCaptionsOfAnImage, captions.size()); ++k)
            words += fmt::format("<br>\u201c{}\u201d", html_escaped(captions[k]));
        if (captions.size() > kCaptionsOfAnImage)
            words += fmt::format("<br>and {} more", captions.size() - kCaptionsOfAnImage);
        html += figure(image, thumbnails[i], words);
    }
    return html + "</div>\n";
}

std::string tag_section(const DatasetReport& report) {
    if (report.tags.empty()) return {};
    std::vector<std::string> words;
    for (std::size_t i = 0; i < std::min(kTagsShown, report.tags.size()); ++i)
        words.push_back(fmt::format("{} ({})", report.tags[i].tag, report.tags[i].images));
    if (report.tags.size() > kTagsShown)
        words.push_back(fmt::format("and {} more", report.tags.size() - kTagsShown));
    return fmt::format("<h2>Tags</h2>\n<p>{}</p>\n", html_escaped(base::join(words, ", ")));
}

}  // namespace

std::string html_of(const DatasetReport& report, const base::Cancel& cancel) {
    const auto thumbnails = thumbnails_of(report, cancel);
    std::string html(kPageBegin);
    html += fmt::format(
        "<meta name=\"viewport\" content=\"width=device-width\">\n<style>{}</style>\n<h1>Dataset "
        "report</h1>\n",
        kStyle);
    html += facts_of(report);
    html += problems("To be put right first", report.errors);
    html += problems("Left out", report.left_out);
    for (const auto& finding : report.findings) html += finding_section(report, finding, thumbnails);
    html += problems("Worth knowing", report.notes);
    html += tag_section(report);
    html += seen_section(report, thumbnails);
    return html + "</html>\n";
}

}  // namespace lorikeet::studio
