#include "studio/tag_desk.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/tag_syntax.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "data/caption.hpp"
#include "settings/check.hpp"
#include "studio/caption_text.hpp"
#include "tag/kept_scores.hpp"
#include "tag/square_loader.hpp"
#include "tag/tag_chooser.hpp"
#include "tag/tagger.hpp"

namespace lorikeet::studio {

namespace {

using settings::ExistingCaption;

constexpr double kSecondsBetweenSaves = 30;

// As training reads it. What is no text says something: it is complained of elsewhere.
bool is_blank_text(const std::string& text) {
    try {
        return data::parse_caption(text, "").text.empty();
    } catch (const base::Error&) {
        return false;
    }
}

std::string tagged_sentence(std::size_t images) {
    return fmt::format("{} tagged", base::counted(images, "image"));
}

// An image and the caption that it would get.
struct TagJob {
    const ListedImage* image;
    std::string caption;  // name of the file
    std::optional<std::string> before;
    std::string version() const { return fmt::format("{}:{}", image->bytes, image->changed); }
};

std::string caption_file_of(const ListedImage& image, const std::string& extension) {
    for (const auto& name : image.captions)
        if (name.ends_with(extension)) return name;
    if (!image.captions.empty()) return image.captions.front();
    return base::Path(image.name).replace_extension(extension).generic_string();
}

// The caption with the tags that it lacks, in the first line that has any.
std::string with_more_tags(const std::string& before, const std::string& name,
                           const std::vector<std::string>& tags) {
    CaptionText caption(before, name);
    std::set<std::string> there;
    for (const auto& line : caption.lines)
        for (const auto& part : line.parts) there.insert(tag_key(part.text));
    const auto line = std::find_if(caption.lines.begin(), caption.lines.end(),
                                   [](const CaptionLine& each) { return !each.is_blank(); });
    auto& parts = (line == caption.lines.end() ? caption.lines.begin() : line)->parts;
    for (const auto& tag : tags)
        if (there.insert(tag_key(tag)).second) parts.push_back({tag, false});
    return caption.bytes();
}

class TagPlanner {
  public:
    TagPlanner(const TagRequest& request, const DatasetListing& listing, const OnTagProgress& on_progress,
               const base::Cancel& cancel)
        : request_(request), listing_(listing), on_progress_(on_progress), cancel_(cancel) {}

    TagPlan run() {
        base::fail_if_any(problems_of_settings());
        const auto model = base::Path(base::clean_typed_path(request_.tagging.model));
        collect();
        tagger_ = tag::open_tagger(model, request_.tagging.device, request_.tagging.precision);
        chooser_.emplace(tagger_->tags(), request_.tagging);
        const auto& facts = tagger_->facts();
        device_ = fmt::format("{}, {}", facts.device, facts.numbers);
        plan_.tagger = fmt::format("{}, {} px, {}; {}", facts.network, facts.image_px,
                                   base::counted(tagger_->tags().size(), "tag"), device_);
        plan_.notes = facts.notes;
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
    const OnTagProgress& on_progress_;
    const base::Cancel& cancel_;
    std::vector<TagJob> jobs_;
    std::unique_ptr<tag::Tagger> tagger_;
    std::optional<tag::TagChooser> chooser_;
    std::optional<tag::KeptScores> kept_;
    std::string device_, scores_trouble_;
    std::map<std::string, std::pair<std::string, std::size_t>>
        counts_;  // by key: as written, and in how many
    TagPlan plan_;

    std::vector<base::Problem> problems_of_settings() const {
        std::vector<base::Problem> problems;
        for (const auto& finding :
             settings::findings(settings::schema<settings::Tagging>(), &request_.tagging))
            problems.push_back({finding.paths.front(), finding.what, finding.hint});
        return problems;
    }

    void leave_out(const std::string& image, std::string what, std::string hint = {}) {
        plan_.captions.left_out.push_back({image, std::move(what), std::move(hint)});
    }

    // What is to be tagged; captions that stay need no scores.
    void collect() {
        const std::set<std::string> wanted(request_.images.begin(), request_.images.end());
        std::map<std::string, std::string> taken;  // captions, by whom
        for (const auto& image : listing_.images) {
            const bool inside = image.name.find('/') != std::string::npos;
            if (!wanted.empty() ? !wanted.contains(image.name) : inside && !request_.tagging.recursive)
                continue;
            ++plan_.images;
            TagJob job{&image, caption_file_of(image, request_.tagging.extension), {}};
            const auto [owner, fresh] = taken.emplace(job.caption, image.name);
            if (!fresh) {
                leave_out(image.name,
                          fmt::format("It would share its caption, {}, with {}.", job.caption, owner->second),
                          "Rename one of them.");
                continue;
            }
            collect(std::move(job));
        }
    }

    void collect(TagJob job) {
        const auto file = request_.folder / job.caption;
        if (base::is_there(file) && !base::is_file(file))
            return leave_out(job.image->name, fmt::format("{} is a folder.", job.caption),
                             "Rename it, or move it away.");
        try {
            if (base::is_file(file)) job.before = base::read_text(file);
        } catch (const base::Error& error) {
            return leave_out(job.image->name, error.what(), error.hint());
        }
        const bool has_caption = job.before && !is_blank_text(*job.before);
        if (has_caption && request_.tagging.existing == ExistingCaption::Skip) {
            ++plan_.captions.same;
            return;
        }
        try {
            if (has_caption) (void)CaptionText(*job.before, job.caption);  // complains of what is no text
        } catch (const base::Error& error) {
            return leave_out(job.image->name, error.what(), error.hint());
        }
        jobs_.push_back(std::move(job));
    }

    std::vector<const TagJob*> not_known() {
        std::vector<const TagJob*> unknown;
        for (const auto& job : jobs_) {
            const bool enough = chooser_->least() >= static_cast<double>(tag::kLeastKept);
            const auto scores = enough ? kept_->find(job.image->name, job.version()) : std::nullopt;
            if (scores) {
                ++plan_.known;
                choose(job, *scores);
            } else {
                unknown.push_back(&job);
            }
        }
        return unknown;
    }

    void look_at(const std::vector<const TagJob*>& jobs) {
        if (jobs.empty()) return;
        if (cancel_.stop_requested()) {  // while the tagger was loaded
            plan_.stopped = true;
            return;
        }
        std::vector<base::Path> files;
        for (const auto* job : jobs) files.push_back(request_.folder / job->image->name);
        const auto at_once = static_cast<std::size_t>(tagger_->facts().at_once);
        const std::size_t threads = at_once > 1 ? base::processor_count() : 1;
        tag::SquareLoader loader(std::move(files), tagger_->facts().image_px, threads, 2 * at_once + threads);
        base::Stopwatch watch, since_saved;
        std::size_t done = 0;
        tell(done, jobs.size(), 0);
        for (auto some = loader.next(at_once); !some.empty(); some = loader.next(at_once)) {
            look_at(jobs, some);
            done += some.size();
            tell(done, jobs.size(), watch.seconds());
            if (since_saved.seconds() > kSecondsBetweenSaves) {
                save_scores();
                since_saved.restart();
            }
            if (done < jobs.size() && cancel_.stop_requested()) {
                plan_.stopped = true;
                break;
            }
        }
    }

    void look_at(const std::vector<const TagJob*>& jobs, std::vector<tag::LoadedSquare>& loaded) {
        std::vector<io::Image> squares;
        std::vector<const TagJob*> owners;
        for (auto& each : loaded) {
            const auto& job = *jobs[each.index];
            if (each.trouble) {
                leave_out(job.image->name, each.trouble->what, each.trouble->hint);
                continue;
            }
            squares.push_back(std::move(*each.square));
            owners.push_back(&job);
        }
        if (squares.empty()) return;
        const auto scores = tagger_->scores(squares);
        for (std::size_t i = 0; i < owners.size(); ++i) {
            ++plan_.looked_at;
            if (std::any_of(scores[i].begin(), scores[i].end(), [](float one) { return std::isnan(one); })) {
                leave_out(owners[i]->image->name, "The tagger failed on it (NaN).",
                          "Choose float32 for its precision.");
                continue;
            }
            kept_->keep(owners[i]->image->name, owners[i]->version(), scores[i]);
            choose(*owners[i], scores[i]);
        }
    }

    void choose(const TagJob& job, const tag::Scores& scores) {
        const auto tags = chooser_->choose(scores);
        if (tags.empty())
            return leave_out(job.image->name, "No tag reached its threshold.", "Lower the threshold.");
        for (const auto& tag : tags) {
            auto& count = counts_[tag_key(tag)];
            if (count.first.empty()) count.first = tag;
            ++count.second;
        }
        const bool appends = request_.tagging.existing == ExistingCaption::Append && job.before &&
                             !is_blank_text(*job.before);
        auto after = appends ? with_more_tags(*job.before, job.caption, tags) : base::join(tags, ", ");
        if (job.before == after)
            ++plan_.captions.same;
        else
            plan_.captions.change.texts.push_back({job.caption, job.before, std::move(after)});
    }

    void tell(std::size_t done, std::size_t of, double seconds) const {
        if (!on_progress_) return;
        TagProgress progress{done, of, 0, 0, device_};
        if (done > 0 && seconds > 0) {
            progress.per_second = static_cast<double>(done) / seconds;
            progress.seconds_left = static_cast<double>(of - done) / progress.per_second;
        }
        on_progress_(progress);
    }

    // Without them another run is as long as this one, and no worse.
    void save_scores() {
        if (!scores_trouble_.empty()) return;
        try {
            kept_->save();
        } catch (const base::Error& error) {
            scores_trouble_ = error.what();
            plan_.notes.push_back("The scores are not kept. " + scores_trouble_);
        }
    }

    void finish() {
        save_scores();
        auto& texts = plan_.captions.change.texts;
        std::sort(texts.begin(), texts.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
        auto& left = plan_.captions.left_out;
        std::sort(left.begin(), left.end(), [](const auto& a, const auto& b) { return a.where < b.where; });
        plan_.captions.change.what = tagged_sentence(texts.size());
        for (auto& [key, count] : counts_) plan_.tags.push_back(std::move(count));
        std::stable_sort(plan_.tags.begin(), plan_.tags.end(),
                         [](const auto& a, const auto& b) { return a.second > b.second; });
    }
};

}  // namespace

TagPlan plan_tags(const TagRequest& request, const DatasetListing& listing, const OnTagProgress& on_progress,
                  const base::Cancel& cancel) {
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
