#include "studio/dataset_check.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "data/variants.hpp"
#include "studio/dataset_files.hpp"
#include "studio/dataset_report.hpp"
#include "studio/trained_thumbnail.hpp"

namespace lorikeet::studio {

namespace {

constexpr std::string_view kLeftOut = "left-out", kBadCaption = "bad-caption";

std::string name_below(const base::Path& file, const base::Path& folder) {
    return file.lexically_relative(folder).generic_string();
}

TrainedPart part_of(const ReportedImage& image, const base::Path& folder) {
    const auto& crop = image.crop;
    const auto share = [](std::int64_t part, std::int64_t whole) {
        return whole > 0 ? std::min(1.0, static_cast<double>(part) / static_cast<double>(whole)) : 1.0;
    };
    TrainedPart part{name_below(image.file, folder), 0, 0, share(crop.size.width_px, crop.resized.width_px),
                     share(crop.size.height_px, crop.resized.height_px)};
    part.left = (1 - part.width) / 2;
    part.top = (1 - part.height) / 2;
    return part;
}

// Its name stands beside it; the words of the library that decodes are for the whole report.
std::string reason_of(const base::Problem& problem) {
    const auto& what = problem.what;
    if (what.find(" does not decode: ") != std::string::npos) return "It is damaged or cut off.";
    if (what.starts_with(problem.where + " ")) return "It" + what.substr(problem.where.size());
    return base::replace_all(what, problem.where, "it");
}

// "birds/a.txt is not UTF-8 text." without the folder.
std::string reason_of_caption(const base::Problem& problem, const base::Path& folder) {
    return base::replace_all(problem.what, (folder / "").string(), "");
}

void take_left_out(DatasetCheck& check, const std::vector<base::Problem>& left_out,
                   const base::Path& folder) {
    if (left_out.empty()) return;
    CheckFinding finding{
        std::string(kLeftOut),
        fmt::format("{} cannot be read and {} left out.", base::counted(left_out.size(), "image"),
                    left_out.size() == 1 ? "is" : "are"),
        left_out.size() == 1 ? "Move it to the trash, or replace it."
                             : "Move them to the trash, or replace them.",
        {},
        {},
        {},
        false};
    for (const auto& problem : left_out) {
        finding.names.push_back(name_below(problem.where, folder));
        finding.reasons.push_back(reason_of(problem));
    }
    check.findings.push_back(std::move(finding));
}

// What keeps a training from starting and can be taken out of its way here.
void take_bad_captions(DatasetCheck& check, const DatasetReport& report, const base::Path& folder) {
    CheckFinding finding{std::string(kBadCaption), {}, {}, {}, {}, {}, true};
    for (const auto& image : report.images) {
        if (!image.bad_caption) continue;
        finding.names.push_back(name_below(image.file, folder));
        const auto why = std::find_if(check.wrong.begin(), check.wrong.end(), [&](const auto& problem) {
            return problem.where == image.file.string();
        });
        if (why == check.wrong.end()) {
            finding.reasons.emplace_back();
            continue;
        }
        finding.reasons.push_back(reason_of_caption(*why, folder));
        check.wrong.erase(why);
    }
    const auto count = finding.names.size();
    if (count == 0) return;
    finding.what = fmt::format("{} no text that can be read, and must be fixed.",
                               count == 1 ? "1 caption is" : fmt::format("{} captions are", count));
    finding.remedy = count == 1
                         ? "Move it to the trash, save it as UTF-8, and drop it on the page images."
                         : "Move them to the trash, save them as UTF-8, and drop them on the page images.";
    check.findings.push_back(std::move(finding));
}

void take_seen(DatasetCheck& check, const DatasetReport& report, const base::Path& folder) {
    auto drawn = report.captions_drawn();
    for (std::size_t i = 0; i < report.images.size(); ++i) {
        const auto& image = report.images[i];
        check.parts.push_back(part_of(image, folder));
        check.seen.push_back(
            {name_below(image.file, folder), image.crop.size.width_px, image.crop.size.height_px, image.lost,
             std::move(drawn[i]),
             [file = image.file, crop = image.crop, background = data::background_of(report.data)] {
                 return trained_thumbnail(file, crop, background);
             }});
    }
    std::sort(check.seen.begin(), check.seen.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
}

std::vector<std::string> what_is_fine(const DatasetCheck& check, const DatasetReport& report,
                                      const settings::Job& job) {
    std::vector<std::string> good;
    if (check.images == 0) return good;
    const bool all_read = std::none_of(check.findings.begin(), check.findings.end(),
                                       [](const auto& finding) { return finding.kind == kLeftOut; });
    if (all_read)
        good.push_back(check.images == 1
                           ? "The image can be read to its end."
                           : fmt::format("All {} images can be read to their end.", check.images));
    if (check.captioned == check.images) good.emplace_back("Each has a caption.");
    const bool any_model = job.model.checkpoint.empty() && job.data.resolution.empty();
    good.push_back(fmt::format("Trained at {}{}.", words_for(report.sizes),
                               any_model ? ", as Stable Diffusion 1.x would: no model is chosen yet" : ""));
    if (check.findings.empty() && check.orphans.empty()) good.emplace_back("Nothing else was noticed.");
    return good;
}

}  // namespace

std::vector<CheckedFolder> folders_of(const base::Path& folder) {
    std::vector<CheckedFolder> folders;
    for (const auto& subset : job_of_folder(folder).data.subsets) {
        const auto name = name_below(subset.folder, folder);
        folders.push_back({name == "." ? "" : name, subset.repeats, subset.class_words});
    }
    return folders;
}

bool DatasetCheck::can_train() const {
    return wrong.empty() &&
           std::none_of(findings.begin(), findings.end(), [](const auto& finding) { return finding.blocks; });
}

DatasetCheck check_dataset(const base::Path& folder, settings::Job job, const base::Cancel& cancel,
                           const OnChecked& on_checked) {
    if (job.data.subsets.empty()) job.data.subsets = job_of_folder(folder).data.subsets;
    DatasetCheck check;
    auto report = report_on(job, cancel, [&](std::size_t done, std::size_t total, const base::Path&) {
        if (on_checked) on_checked(done, total);
    });
    check.images = report.images.size();
    check.captioned = static_cast<std::size_t>(std::count_if(
        report.images.begin(), report.images.end(), [](const auto& image) { return image.has_caption; }));
    check.wrong = std::move(report.errors);
    check.left_out = report.left_out.size();
    for (const auto& name : list_dataset(folder, report.data.caption_extensions, cancel).orphans())
        check.orphans.push_back(name);
    take_left_out(check, report.left_out, folder);
    take_bad_captions(check, report, folder);
    for (const auto& finding : report.findings) {
        auto& found = check.findings.emplace_back();
        found.kind = finding.kind;
        found.what = finding.what;
        found.remedy = finding.remedy;
        for (const auto i : finding.images) found.names.push_back(name_below(report.images[i].file, folder));
        for (const auto i : finding.spare) found.spare.push_back(name_below(report.images[i].file, folder));
    }
    take_seen(check, report, folder);
    check.good = what_is_fine(check, report, job);
    return check;
}

}  // namespace lorikeet::studio
