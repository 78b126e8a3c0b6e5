// dataset report: what is in a dataset, and what the trainer will see of it.
#include <fstream>
#include <ostream>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/interrupt.hpp"
#include "cli/report.hpp"
#include "settings/toml.hpp"
#include "studio/dataset_page.hpp"
#include "studio/dataset_report.hpp"
#include "studio/open_project.hpp"

namespace lorikeet::cli {

namespace {

constexpr std::size_t kFilesNamed = 8;

void say_fact(Console& console, std::string_view name, std::string_view text) {
    console.out << fmt::format("  {:<12}  {}\n", name, base::printable(text));
}

void say_facts(Console& console, const studio::DatasetReport& report) {
    std::int64_t missing = 0;
    for (const auto& image : report.images) missing += image.has_caption ? 0 : 1;
    say_fact(console, "images", base::counted(std::ssize(report.images), "image"));
    say_fact(
        console, "an epoch",
        fmt::format(
            "{}, {}", base::counted(report.showings_per_epoch, "showing"),
            report.batches_per_epoch == 1 ? "1 batch" : fmt::format("{} batches", report.batches_per_epoch)));
    say_fact(console, "trained at", studio::words_for(report.sizes));
    say_fact(
        console, "captions",
        missing == 0 ? "each image has one" : fmt::format("{} without", base::counted(missing, "image")));
    for (const std::int64_t tokens : {75, 150, 225})
        if (const auto longer = report.captions_longer_than(tokens); longer > 0)
            say_fact(console, "",
                     fmt::format("{} longer than {} tokens{}",
                                 base::counted(static_cast<std::int64_t>(longer), "caption"), tokens,
                                 tokens == report.max_tokens ? ", which is all that is read" : ""));
    std::vector<std::string> tags;
    for (std::size_t i = 0; i < std::min(kFilesNamed, report.tags.size()); ++i)
        tags.push_back(fmt::format("{} ({})", report.tags[i].tag, report.tags[i].images));
    if (!tags.empty()) say_fact(console, "tags", base::join(tags, ", "));
}

void say_finding(Console& console, const studio::DatasetReport& report, const data::Finding& finding) {
    console.out << '\n'
                << base::printable(finding.what) << '\n'
                << "  " << base::printable(finding.remedy) << '\n';
    const auto name = [&](std::size_t i) {
        return base::printable(report.images[i].file.filename().string());
    };
    std::vector<std::string> lines;
    for (const auto& pair : finding.pairs)
        lines.push_back(fmt::format("{} and {} ({:.0f} % alike)", name(pair.first), name(pair.second),
                                    100 * pair.likeness));
    if (finding.pairs.empty())
        for (const auto i : finding.images) lines.push_back(name(i));
    for (std::size_t i = 0; i < std::min(kFilesNamed, lines.size()); ++i)
        console.out << "  " << lines[i] << '\n';
    if (lines.size() > kFilesNamed) console.out << fmt::format("  and {} more\n", lines.size() - kFilesNamed);
}

void say_all(Console& console, const studio::DatasetReport& report) {
    if (!report.images.empty()) say_facts(console, report);
    for (const auto& problem : report.left_out) say_fact(console, "left out", base::to_text({problem}));
    for (const auto& note : report.notes) say_fact(console, "note", base::to_text({note}));
    for (const auto& finding : report.findings) say_finding(console, report, finding);
    if (report.findings.empty() && report.errors.empty()) console.out << "\nNothing that needs a look.\n";
}

// A job's folders are where a training would look for them: in the open project, which is entered.
settings::Job job_of(const base::Path& target) {
    if (base::is_folder(target)) return studio::job_of_folder(target);
    const auto file = std::filesystem::absolute(target);
    studio::enter_open_project();
    auto job = settings::read_job_file(file).job;
    studio::take_shared_inputs(job);
    return job;
}

// A page of before may be written again, and nothing else.
void expect_place_of_page(const base::Path& file) {
    if (!base::is_there(file)) return;
    std::string first(studio::kPageBegin.size(), ' ');
    if (base::is_file(file)) std::ifstream(file).read(first.data(), std::ssize(first));
    if (first != studio::kPageBegin)
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("{} is there already, and is no report.", file.string()),
                   "Nothing was changed. Name another file, such as report.html.");
}

}  // namespace

int dataset_report(const ReportArguments& arguments, Console& console) {
    base::Cancel cancel;
    const Interrupt interrupt(cancel);
    const auto page = arguments.html.empty() ? base::Path() : std::filesystem::absolute(arguments.html);
    if (!page.empty()) expect_place_of_page(page);
    auto job = job_of(arguments.target);
    if (arguments.resolution > 0) job.data.resolution = {arguments.resolution};
    const auto report = studio::report_on(std::move(job), cancel);
    if (arguments.json)
        console.out << studio::json_of(report);
    else
        say_all(console, report);
    if (!arguments.html.empty()) {
        base::write_whole(page, studio::html_of(report, cancel));
        console.err << fmt::format("The page is {}.\n", base::printable(arguments.html.string()));
    }
    return report.errors.empty() ? 0 : say_problems(console, arguments.target.string(), report.errors);
}

}  // namespace lorikeet::cli
