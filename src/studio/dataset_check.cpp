#include "studio/dataset_check.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "studio/dataset_report.hpp"

namespace lorikeet::studio {

namespace {

std::string name_below(const base::Path& file, const base::Path& folder) {
    return file.lexically_relative(folder).generic_string();
}

// Folders and how they are repeated come from what lies there, all else of a folder from the job.
std::vector<settings::Subset> subsets_of(const base::Path& folder, const settings::Job& job) {
    auto subsets = job_of_folder(folder).data.subsets;
    if (job.data.subsets.empty()) return subsets;
    for (auto& subset : subsets) {
        auto like = job.data.subsets.front();
        like.folder = subset.folder;
        like.repeats = subset.repeats;
        like.class_words = subset.class_words;
        subset = std::move(like);
    }
    return subsets;
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

std::vector<std::string> what_is_fine(const DatasetCheck& check, const DatasetReport& report) {
    std::vector<std::string> good;
    if (check.images == 0) return good;
    if (check.left_out.empty())
        good.push_back(check.images == 1
                           ? "The image can be read to its end."
                           : fmt::format("All {} images can be read to their end.", check.images));
    if (check.captioned == check.images) good.emplace_back("Each has a caption.");
    good.push_back(fmt::format("Trained at {}.", words_for(report.sizes)));
    if (check.news.empty()) good.emplace_back("Nothing else was noticed.");
    return good;
}

}  // namespace

DatasetCheck check_dataset(const base::Path& folder, settings::Job job, const base::Cancel& cancel,
                           const OnChecked& on_checked) {
    job.data.subsets = subsets_of(folder, job);
    DatasetCheck check;
    for (const auto& subset : job.data.subsets) {
        const auto name = name_below(subset.folder, folder);
        check.folders.push_back({name == "." ? "" : name, subset.repeats, subset.class_words});
    }
    auto report =
        report_on(std::move(job), cancel, [&](std::size_t done, std::size_t total, const base::Path&) {
            if (on_checked) on_checked(done, total);
        });
    check.images = report.images.size();
    check.captioned = static_cast<std::size_t>(std::count_if(
        report.images.begin(), report.images.end(), [](const auto& image) { return image.has_caption; }));
    check.wrong = std::move(report.errors);
    check.left_out = std::move(report.left_out);
    for (auto& problem : check.left_out) problem.where = name_below(problem.where, folder);
    for (const auto& finding : report.findings) {
        auto& news = check.news.emplace_back(DatasetCheck::News{finding.what, finding.remedy, {}});
        for (const auto i : finding.images) news.names.push_back(name_below(report.images[i].file, folder));
    }
    for (const auto& image : report.images) check.parts.push_back(part_of(image, folder));
    check.good = what_is_fine(check, report);
    return check;
}

}  // namespace lorikeet::studio
