#include "studio/caption_desk.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "settings/field.hpp"
#include "studio/caption_text.hpp"
#include "tag/captioner.hpp"
#include "tag/kept_captions.hpp"

namespace lorikeet::studio {

namespace {

std::string captioned_sentence(std::size_t images) {
    return fmt::format("{} captioned", base::counted(images, "image"));
}

bool ends_with_mark(std::string_view text) {
    return text.ends_with('.') || text.ends_with('!') || text.ends_with('?');
}

// Whether a line says it, from a comma or the end of a sentence to the next.
bool says(std::string_view line, std::string_view sentence) {
    for (auto at = line.find(sentence); at != std::string_view::npos; at = line.find(sentence, at + 1)) {
        const auto before = base::trim(line.substr(0, at)),
                   behind = base::trim(line.substr(at + sentence.size()));
        if ((before.empty() || before.ends_with(',') || ends_with_mark(before)) &&
            (behind.empty() || behind.starts_with(',') || ends_with_mark(sentence)))
            return true;
    }
    return false;
}

// The caption with the sentence behind its first line that has any words: after a comma, or after a blank where a sentence
// ends. As it is where it says that already.
std::string with_sentence(const std::string& before, const std::string& name, const std::string& sentence) {
    CaptionText caption(before, name);
    for (const auto& line : caption.lines)
        if (says(line.raw, sentence)) return before;
    const auto line = std::find_if(caption.lines.begin(), caption.lines.end(),
                                   [](const CaptionLine& each) { return !each.is_blank(); });
    auto& parts = (line == caption.lines.end() ? caption.lines.begin() : line)->parts;
    if (!parts.empty() && parts.back().is_sentence && ends_with_mark(parts.back().text))
        parts.back().text += " " + sentence;
    else
        parts.push_back({sentence, true});
    return caption.bytes();
}

// What was set and does nothing, as the search is.
std::vector<std::string> idle_settings(const settings::Captioning& captioning) {
    const settings::Captioning usual;
    std::vector<std::string> notes;
    if (captioning.beams == 1 && captioning.length_penalty != usual.length_penalty)
        notes.emplace_back("length_penalty does nothing with one beam.");
    if (captioning.beams == 1 && captioning.early_stopping)
        notes.emplace_back("early_stopping does nothing with one beam.");
    if (!captioning.top_p && captioning.seed != usual.seed)
        notes.emplace_back("seed does nothing without top_p: nothing is drawn.");
    return notes;
}

constexpr std::string_view kKeptBegins = ".lorikeet-captions-", kKeptEnds = ".json";

// The name of the file that captions are kept in: its captioner, then all that they depend on.
std::string kept_file_name(const tag::CaptionerFacts& facts) {
    return fmt::format("{}{}-{}{}", kKeptBegins, facts.weights.substr(0, 8), facts.fingerprint.substr(0, 8),
                       kKeptEnds);
}

// Those of the same captioner.
void remove_kept(const base::Path& folder, const base::Path& kept) {
    const auto same = kept.filename().string().substr(0, kKeptBegins.size() + 9);
    std::error_code ignored;
    for (std::filesystem::directory_iterator at(folder, ignored), end; !ignored && at != end;
         at.increment(ignored)) {
        const auto name = at->path().filename().string();
        std::error_code not_removed;
        if (name.starts_with(same) && name.ends_with(kKeptEnds))
            std::filesystem::remove(at->path(), not_removed);
    }
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
        for (auto& note : idle_settings(captioning)) plan_.notes.push_back(std::move(note));
        plan_.kept = request_.folder / kept_file_name(facts);
        kept_.emplace(plan_.kept, facts.fingerprint);
        plan_.stopped = look_at_images(
            {request_.folder, facts.image_px, static_cast<std::size_t>(facts.at_once), tag::stretched_image,
             device},
            not_known(),
            [&](const std::vector<const CaptionJob*>& owners, const std::vector<io::Image>& images) {
                caption(owners, images, cancel);
            },
            [&] { save(); }, plan_.captions.left_out, on_progress, cancel);
        save();
        plan_.is_kept = !saver_.failed();
        tell_cut();
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
    std::size_t cut_ = 0;  // captions without an end
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

    void tell_cut() {
        if (cut_ == 0) return;
        const auto most = captioner_->facts().most_tokens;
        const bool more = most >= request_.captioning.max_length;
        plan_.notes.push_back(
            fmt::format("{} cut at {}{}.", base::counted(cut_, "caption was", "captions were"),
                        base::counted(most, "token"),
                        more ? "; raise max_length" : ", the most that this captioner has"));
    }

    void caption(const std::vector<const CaptionJob*>& owners, const std::vector<io::Image>& images,
                 const base::Cancel& cancel) {
        std::vector<std::string> names;
        for (const auto* owner : owners) names.push_back(owner->image->name);
        const auto sentences = captioner_->captions(images, names, cancel);
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

    void take(const CaptionJob& job, const tag::Sentence& sentence) {
        if (base::trim(std::string_view(sentence.text)).empty()) {
            plan_.captions.left_out.push_back(
                {job.image->name, "The captioner found no words for it.", "Raise min_length."});
            return;
        }
        const bool appends = request_.captioning.existing == settings::ExistingCaption::Append &&
                             job.has_caption();
        cut_ += sentence.is_cut ? 1 : 0;
        auto after = appends ? with_sentence(*job.before, job.caption, sentence.text) : sentence.text;
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
    // What is known need not be worked out again for what is still to be done.
    const bool whole = !plan.stopped && request.images.empty() && outcome.not_done.empty();
    if (whole) remove_kept(request.folder, plan.kept);
    return outcome;
}

}  // namespace lorikeet::studio
