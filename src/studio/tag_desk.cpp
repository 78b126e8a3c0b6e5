#include "studio/tag_desk.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/tag_syntax.hpp"
#include "base/text.hpp"
#include "settings/field.hpp"
#include "studio/caption_jobs.hpp"
#include "studio/caption_text.hpp"
#include "tag/kept_scores.hpp"
#include "tag/square_loader.hpp"
#include "tag/tag_chooser.hpp"
#include "tag/tagger.hpp"

namespace lorikeet::studio {

namespace {

using settings::ExistingCaption;

std::string tagged_sentence(std::size_t images) {
    return fmt::format("{} tagged", base::counted(images, "image"));
}

// The tags that a caption lacks.
std::vector<std::string> lacking(const CaptionText& caption, const std::vector<std::string>& tags) {
    std::set<std::string> there;
    for (const auto& line : caption.lines)
        for (const auto& part : line.parts) there.insert(tag_key(part.text));
    std::vector<std::string> some;
    for (const auto& tag : tags)
        if (there.insert(tag_key(tag)).second) some.push_back(tag);
    return some;
}

// The caption with more tags, in the first line that has any.
std::string with_more_tags(CaptionText caption, const std::vector<std::string>& tags) {
    const auto line = std::find_if(caption.lines.begin(), caption.lines.end(),
                                   [](const CaptionLine& each) { return !each.is_blank(); });
    auto& parts = (line == caption.lines.end() ? caption.lines.begin() : line)->parts;
    for (const auto& tag : tags) parts.push_back({tag, false});
    return caption.bytes();
}

class TagPlanner {
  public:
    TagPlanner(const TagRequest& request, const DatasetListing& listing, const OnImageProgress& on_progress,
               const base::Cancel& cancel)
        : request_(request), listing_(listing), on_progress_(on_progress), cancel_(cancel) {}

    TagPlan run() {
        base::fail_if_any(problems_of(settings::schema<settings::Tagging>(), &request_.tagging));
        const auto model = base::Path(base::clean_typed_path(request_.tagging.model));
        collect();
        tagger_ = tag::open_tagger(model, request_.tagging.device, request_.tagging.precision);
        chooser_.emplace(tagger_->tags(), request_.tagging);
        const auto& facts = tagger_->facts();
        device_ = fmt::format("{}, {}", facts.device, facts.numbers);
        plan_.tagger = fmt::format("{}, {} px, {}; {}", facts.network, facts.image_px,
                                   base::counted(tagger_->tags().size(), "tag"), device_);
        plan_.notes = facts.notes;
        plan_.notes.insert(plan_.notes.end(), chooser_->notes().begin(), chooser_->notes().end());
        plan_.scores = request_.folder /
                       fmt::format(".lorikeet-scores-{}.safetensors", facts.fingerprint.substr(0, 8));
        kept_.emplace(plan_.scores, facts.fingerprint, tagger_->tags());
        look_at(not_known());
        finish();
        return std::move(plan_);
    }

  private:
    const TagRequest& request_;
    const DatasetListing& listing_;
    const OnImageProgress& on_progress_;
    const base::Cancel& cancel_;
    std::vector<CaptionJob> jobs_;
    std::unique_ptr<tag::Tagger> tagger_;
    std::optional<tag::TagChooser> chooser_;
    std::optional<tag::KeptScores> kept_;
    std::string device_;
    KeptSaver saver_{"scores"};
    std::map<std::string, std::pair<std::string, std::size_t>>
        counts_;  // by key: as written, and in how many
    TagPlan plan_;

    void leave_out(const std::string& image, std::string what, std::string hint = {}) {
        plan_.captions.left_out.push_back({image, std::move(what), std::move(hint)});
    }

    void collect() {
        const auto& tagging = request_.tagging;
        auto collected = collect_caption_jobs(
            {request_.folder, request_.images, tagging.extension, tagging.recursive, tagging.existing},
            listing_);
        jobs_ = std::move(collected.jobs);
        plan_.images = collected.images;
        plan_.captions.same = collected.same;
        plan_.captions.left_out = std::move(collected.left_out);
    }

    // Lower scores are not kept.
    bool keeps_enough() const { return chooser_->least() >= static_cast<double>(tag::kLeastKept); }

    std::vector<const CaptionJob*> not_known() {
        std::vector<const CaptionJob*> unknown;
        for (const auto& job : jobs_) {
            const auto scores = keeps_enough() ? kept_->find(job.image->name, job.version()) : std::nullopt;
            if (scores) {
                ++plan_.known;
                choose(job, *scores);
            } else {
                unknown.push_back(&job);
            }
        }
        return unknown;
    }

    void look_at(const std::vector<const CaptionJob*>& jobs) {
        const auto& facts = tagger_->facts();
        plan_.stopped = look_at_images(
            {request_.folder, facts.image_px, static_cast<std::size_t>(facts.at_once), tag::padded_square,
             device_},
            jobs,
            [&](const std::vector<const CaptionJob*>& owners, const std::vector<io::Image>& squares) {
                const auto scores = tagger_->scores(squares);
                for (std::size_t i = 0; i < owners.size(); ++i) {
                    ++plan_.looked_at;
                    if (std::any_of(scores[i].begin(), scores[i].end(),
                                    [](float one) { return std::isnan(one); })) {
                        leave_out(owners[i]->image->name, "The tagger failed on it (NaN).",
                                  "Choose float32 for its precision.");
                        continue;
                    }
                    kept_->keep(owners[i]->image->name, owners[i]->version(), scores[i]);
                    choose(*owners[i], scores[i]);
                }
            },
            [&] { save_scores(); }, plan_.captions.left_out, on_progress_, cancel_);
    }

    void choose(const CaptionJob& job, const tag::Scores& scores) {
        auto tags = chooser_->choose(scores);
        if (tags.empty() && chooser_->reaches(scores))
            return leave_out(job.image->name, "All tags that reached their threshold are excluded.",
                             "Exclude fewer.");
        if (tags.empty())
            return leave_out(job.image->name, "No tag reached its threshold.", "Lower the threshold.");
        std::string after;
        if (request_.tagging.existing == ExistingCaption::Append && job.has_caption()) {
            CaptionText caption(*job.before, job.caption);
            tags = lacking(caption, tags);
            after = with_more_tags(std::move(caption), tags);
        } else {
            after = base::join(tags, ", ");
        }
        if (job.before == after) {
            ++plan_.captions.same;
            return;
        }
        for (const auto& tag : tags) {
            auto& count = counts_[tag_key(tag)];
            if (count.first.empty()) count.first = tag;
            ++count.second;
        }
        plan_.captions.change.texts.push_back({job.caption, job.before, std::move(after)});
    }

    void save_scores() {
        saver_.save([&] { kept_->save(); }, plan_.notes);
    }

    void finish() {
        save_scores();
        plan_.is_kept = !saver_.failed() && keeps_enough();
        sort_plan(plan_.captions);
        plan_.captions.change.what = tagged_sentence(plan_.captions.change.texts.size());
        for (auto& [key, count] : counts_) plan_.tags.push_back(std::move(count));
        std::stable_sort(plan_.tags.begin(), plan_.tags.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
    }
};

}  // namespace

TagPlan plan_tags(const TagRequest& request, const DatasetListing& listing,
                  const OnImageProgress& on_progress, const base::Cancel& cancel) {
    return TagPlanner(request, listing, on_progress, cancel).run();
}

ChangeOutcome write_tags(const TagRequest& request, const TagPlan& plan) {
    auto outcome = UndoJournal(request.folder).carry_out(plan.captions.change);
    outcome.what = tagged_sentence(outcome.done);
    std::error_code ignored;
    // What is known need not be worked out again for what is still to be done.
    const bool whole = !plan.stopped && request.images.empty() && outcome.not_done.empty();
    if (!request.tagging.keep_scores && whole) std::filesystem::remove(plan.scores, ignored);
    return outcome;
}

}  // namespace lorikeet::studio
