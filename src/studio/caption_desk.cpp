#include "studio/caption_desk.hpp"

#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "settings/field.hpp"
#include "tag/captioner.hpp"
#include "tag/kept_captions.hpp"

namespace lorikeet::studio {

namespace {

std::string captioned_sentence(std::size_t images) {
    return fmt::format("{} captioned", base::counted(images, "image"));
}

// The caption with the sentence behind its first line that has any words; as it is where it says that already.
std::string with_sentence(const std::string& before, const std::string& sentence) {
    if (before.find(sentence) != std::string::npos) return before;
    const auto begin = before.find_first_not_of(" \t\r\n");
    const auto end = std::min(before.find_first_of("\r\n", begin), before.size());
    const auto last = before.find_last_not_of(" \t,", end - 1);
    return before.substr(0, last + 1) + ", " + sentence + before.substr(end);
}

class CaptioningPlanner {
  public:
    CaptioningPlanner(const CaptioningRequest& request, const DatasetListing& listing)
        : request_(request), listing_(listing) {}

    CaptioningPlan run(const OnImageProgress& on_progress, const base::Cancel& cancel) {
        const auto& captioning = request_.captioning;
        base::fail_if_any(problems_of(settings::schema<settings::Captioning>(), &captioning));
        collect();
        captioner_ = tag::open_captioner(base::Path(base::clean_typed_path(captioning.model)), captioning);
        const auto& facts = captioner_->facts();
        const auto device = fmt::format("{}, {}", facts.device, facts.numbers);
        plan_.captioner = fmt::format("{}, {} px, {}; {}", facts.network, facts.image_px,
                                      base::counted(facts.words, "word"), device);
        plan_.notes = facts.notes;
        plan_.kept = request_.folder / fmt::format(".lorikeet-captions-{}.json", facts.weights.substr(0, 8));
        kept_.emplace(plan_.kept, facts.fingerprint);
        plan_.stopped = look_at_images(
            {request_.folder, facts.image_px, static_cast<std::size_t>(facts.at_once), tag::stretched_image,
             device},
            not_known(),
            [&](const std::vector<const CaptionJob*>& owners, const std::vector<io::Image>& images) {
                caption(owners, images);
            },
            [&] { save(); }, plan_.captions.left_out, on_progress, cancel);
        save();
        sort_plan(plan_.captions);
        plan_.captions.change.what = captioned_sentence(plan_.captions.change.texts.size());
        return std::move(plan_);
    }

  private:
    const CaptioningRequest& request_;
    const DatasetListing& listing_;
    std::vector<CaptionJob> jobs_;
    std::unique_ptr<tag::Captioner> captioner_;
    std::optional<tag::KeptCaptions> kept_;
    KeptSaver saver_{"captions"};
    CaptioningPlan plan_;

    void save() {
        saver_.save([&] { kept_->save(); }, plan_.notes);
    }

    void collect() {
        const auto& captioning = request_.captioning;
        auto collected = collect_caption_jobs({request_.folder, request_.images, captioning.extension,
                                               captioning.recursive, captioning.existing},
                                              listing_);
        jobs_ = std::move(collected.jobs);
        plan_.images = collected.images;
        plan_.captions.same = collected.same;
        plan_.captions.left_out = std::move(collected.left_out);
    }

    std::vector<const CaptionJob*> not_known() {
        std::vector<const CaptionJob*> unknown;
        for (const auto& job : jobs_) {
            if (const auto sentence = kept_->find(job.image->name, job.version())) {
                ++plan_.known;
                take(job, *sentence);
            } else {
                unknown.push_back(&job);
            }
        }
        return unknown;
    }

    void caption(const std::vector<const CaptionJob*>& owners, const std::vector<io::Image>& images) {
        std::vector<std::string> names;
        for (const auto* owner : owners) names.push_back(owner->image->name);
        const auto sentences = captioner_->captions(images, names);
        for (std::size_t i = 0; i < owners.size(); ++i) {
            ++plan_.looked_at;
            if (!sentences[i]) {
                plan_.captions.left_out.push_back(
                    {names[i], "The captioner failed on it (NaN).", "Choose float32 for its precision."});
                continue;
            }
            kept_->keep(names[i], owners[i]->version(), *sentences[i]);
            take(*owners[i], *sentences[i]);
        }
    }

    void take(const CaptionJob& job, const std::string& sentence) {
        if (base::trim(std::string_view(sentence)).empty()) {
            plan_.captions.left_out.push_back(
                {job.image->name, "The captioner found no words for it.", "Raise min_length."});
            return;
        }
        const bool appends = request_.captioning.existing == settings::ExistingCaption::Append &&
                             job.has_caption();
        auto after = appends ? with_sentence(*job.before, sentence) : sentence;
        if (job.before == after)
            ++plan_.captions.same;
        else
            plan_.captions.change.texts.push_back({job.caption, job.before, std::move(after)});
    }
};

}  // namespace

CaptioningPlan plan_captioning(const CaptioningRequest& request, const DatasetListing& listing,
                               const OnImageProgress& on_progress, const base::Cancel& cancel) {
    return CaptioningPlanner(request, listing).run(on_progress, cancel);
}

ChangeOutcome write_captioning(const CaptioningRequest& request, const CaptioningPlan& plan) {
    auto outcome = UndoJournal(request.folder).carry_out(plan.captions.change);
    outcome.what = captioned_sentence(outcome.done);
    std::error_code ignored;
    // What is known need not be worked out again for what is still to be done.
    const bool whole = !plan.stopped && request.images.empty() && outcome.not_done.empty();
    if (whole) std::filesystem::remove(plan.kept, ignored);
    return outcome;
}

}  // namespace lorikeet::studio
