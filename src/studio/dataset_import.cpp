#include "studio/dataset_import.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "io/name_encoding.hpp"
#include "studio/import_collector.hpp"
#include "studio/import_staging.hpp"

namespace lorikeet::studio {

namespace {

void expect_sense(const ImportRequest& request) {
    if (request.sources.empty())
        base::fail(base::ErrorCode::InvalidInput, "There is nothing to import.",
                   "Name a folder, an archive, an image, or a text file that lists some.");
    if (request.folder.empty())
        base::fail(base::ErrorCode::InvalidInput, "No folder is given that the images go to.", "Name one.");
    if (!request.encoding.empty() && !io::is_encoding(request.encoding))
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("There is no encoding \"{}\".", request.encoding),
                   "Such as CP437, CP932 (Shift-JIS), CP936 (Chinese), CP949 (Korean) or CP866 (Cyrillic).");
    std::error_code apart;
    for (const auto& source : request.sources)
        if (std::filesystem::equivalent(source, request.folder, apart))
            base::fail(base::ErrorCode::InvalidInput,
                       fmt::format("{} would be imported into itself.", source.string()),
                       "Its images are there already; name another folder.");
}

std::string counted(std::int64_t count, const char* one, const char* many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::string sentence_of(const ImportOutcome& outcome, const base::Path& folder) {
    const auto where = folder.string();
    if (outcome.taken.empty())
        return outcome.already_there.empty()
                   ? fmt::format(
                         "Nothing was taken into {}: {}.", where,
                         outcome.left_out.empty() ? "there is no image in it" : "no file could be used")
                   : fmt::format("All of it is in {} already.", where);
    auto text = counted(outcome.images, "image", "images");
    if (outcome.captions > 0 || outcome.images == 0) {
        const auto captions = counted(outcome.captions, "caption", "captions");
        text = outcome.images == 0 ? captions : text + " and " + captions;
    }
    return fmt::format("{} came into {} ({}).", text, where, base::human_bytes(outcome.bytes));
}

// What was renamed for two reasons is told once, with the place it got in the end.
std::vector<RenamedFile> all_renamed(const std::vector<RenamedFile>& made_safe, const ImportPlan& plan) {
    auto renamed = plan.renamed;
    for (const auto& safe : made_safe) {
        const auto same = [&](const auto& other) { return other.from == safe.from; };
        const bool taken = std::any_of(plan.taken.begin(), plan.taken.end(), same);
        if (taken && std::none_of(renamed.begin(), renamed.end(), same)) renamed.push_back(safe);
    }
    return renamed;
}

ImportOutcome outcome_of(Collected collected, ImportPlan plan, const base::Path& folder) {
    ImportOutcome outcome;
    outcome.stopped = collected.stopped;
    outcome.renamed = all_renamed(collected.made_safe, plan);
    outcome.already_there = std::move(plan.already_there);
    outcome.left_out = std::move(collected.left_out);
    outcome.left_out.insert(outcome.left_out.end(), plan.left_out.begin(), plan.left_out.end());
    for (const auto& [what, count] : collected.passed_over) outcome.passed_over.push_back({what, count});
    outcome.notes = std::move(collected.notes);
    if (plan.waiting > 0)
        outcome.notes.push_back(fmt::format(
            "It was stopped: {} without a caption were not taken, since theirs might still have come.",
            counted(plan.waiting, "image", "images")));
    for (const auto& file : plan.taken) {
        ++(file.is_caption ? outcome.captions : outcome.images);
        outcome.bytes += base::bytes_in(folder / file.place).value_or(0);
    }
    outcome.taken = std::move(plan.taken);
    outcome.sentence = sentence_of(outcome, folder);
    return outcome;
}

}  // namespace

ImportOutcome import_dataset(const ImportRequest& request, const base::Cancel& cancel,
                             const std::function<void(const ImportProgress&)>& on_progress) {
    expect_sense(request);
    ImportStaging staging(request.folder);
    auto collected = collect(request, staging, cancel, on_progress);
    const auto existing = staging.existing();
    auto plan =
        plan_import(collected.files, existing, request.caption_extensions,
                    [&](const std::string& place) { return base::sha256_file(staging.dataset() / place); });
    staging.publish(plan.taken);
    auto outcome = outcome_of(std::move(collected), std::move(plan), request.folder);
    outcome.subsets = find_subsets(request.folder, request.caption_extensions);
    return outcome;
}

}  // namespace lorikeet::studio
