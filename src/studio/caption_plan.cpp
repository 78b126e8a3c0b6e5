#include "studio/caption_plan.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "studio/caption_text.hpp"

namespace lorikeet::studio {

namespace {

bool can_create(const CaptionEdit& edit) {
    using enum CaptionAction;
    return edit.only_with.empty() &&
           (edit.action == Trigger || edit.action == Add || edit.action == Prefix || edit.action == Suffix);
}

std::vector<std::string> files_of(const DatasetListing& listing, const std::vector<std::string>& chosen,
                                  const std::string& create_with) {
    const std::set<std::string> wanted(chosen.begin(), chosen.end());
    std::set<std::string> files;
    for (const auto& image : listing.images) {
        if (!wanted.empty() && !wanted.contains(image.name)) continue;
        files.insert(image.captions.begin(), image.captions.end());
        if (image.captions.empty() && !create_with.empty())
            files.insert(base::Path(image.name).replace_extension(create_with).generic_string());
    }
    return {files.begin(), files.end()};
}

std::string changed_sentence(std::size_t captions) {
    return fmt::format("{} changed", base::counted(captions, "caption"));
}

}  // namespace

CaptionPlan plan_captions(const base::Path& folder, const DatasetListing& listing,
                          const std::vector<std::string>& chosen, const CaptionEdit& edit,
                          const std::string& create_with, const base::Cancel& cancel) {
    check_edit(edit);
    const auto files = files_of(listing, chosen, can_create(edit) ? create_with : std::string());
    CaptionPlan plan;
    std::vector<TextChange> texts(files.size());
    std::mutex guard;
    base::for_each_index(files.size(), base::processor_count(), cancel, [&](std::size_t i) {
        try {
            const auto before = caption_bytes(folder, files[i]);
            texts[i] = {files[i], before, edit_caption(before.value_or(""), files[i], edit)};
        } catch (const base::Error& error) {
            const std::lock_guard lock(guard);
            plan.left_out.push_back({files[i], error.what(), error.hint()});
        }
    });
    for (auto& text : texts) {
        if (text.file.empty()) continue;
        if (text.before == text.after || (!text.before && text.after->empty()))
            ++plan.same;
        else
            plan.change.texts.push_back(std::move(text));
    }
    std::sort(plan.left_out.begin(), plan.left_out.end(),
              [](const auto& a, const auto& b) { return a.where < b.where; });
    plan.change.what = changed_sentence(plan.change.texts.size());
    return plan;
}

ChangeOutcome carry_out(const base::Path& folder, const CaptionPlan& plan) {
    auto outcome = UndoJournal(folder).carry_out(plan.change);
    outcome.what = changed_sentence(outcome.done);
    return outcome;
}

std::vector<std::pair<std::string, std::size_t>> tag_frequencies(const DatasetListing& listing) {
    struct Count {
        std::string tag;
        std::size_t images = 0;
    };
    std::map<std::string, Count> counts;
    for (const auto& image : listing.images) {
        std::set<std::string> seen;
        for (const auto& part : caption_parts(image.caption)) {
            if (part.is_sentence) continue;
            const auto key = tag_key(part.text);
            if (!seen.insert(key).second) continue;
            auto& count = counts[key];
            if (count.tag.empty()) count.tag = part.text;
            ++count.images;
        }
    }
    std::vector<std::pair<std::string, std::size_t>> tags;
    for (auto& [key, count] : counts) tags.emplace_back(std::move(count.tag), count.images);
    std::stable_sort(tags.begin(), tags.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    return tags;
}

}  // namespace lorikeet::studio
