#include "studio/caption_jobs.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/workers.hpp"
#include "data/caption.hpp"
#include "settings/check.hpp"
#include "studio/caption_text.hpp"

namespace lorikeet::studio {

namespace {

constexpr double kSecondsBetweenSaves = 30;

void collect_job(const CaptionTarget& target, CaptionJob job, CaptionJobs& found) {
    const auto file = target.folder / job.caption;
    if (base::is_there(file) && !base::is_file(file)) {
        found.left_out.push_back(
            {job.image->name, fmt::format("{} is a folder.", job.caption), "Rename it, or move it away."});
        return;
    }
    try {
        job.before = caption_bytes(target.folder, job.caption);
    } catch (const base::Error& error) {
        found.left_out.push_back({job.image->name, error.what(), error.hint()});
        return;
    }
    if (job.has_caption() && target.existing == settings::ExistingCaption::Skip) {
        ++found.same;
        return;
    }
    try {
        if (job.has_caption()) (void)CaptionText(*job.before, job.caption);  // complains of what is no text
    } catch (const base::Error& error) {
        found.left_out.push_back({job.image->name, error.what(), error.hint()});
        return;
    }
    found.jobs.push_back(std::move(job));
}

ImageProgress image_progress(std::size_t done, std::size_t of, double seconds, const std::string& device) {
    ImageProgress progress{done, of, 0, 0, device};
    if (done > 0 && seconds > 0) {
        progress.per_second = static_cast<double>(done) / seconds;
        progress.seconds_left = static_cast<double>(of - done) / progress.per_second;
    }
    return progress;
}

}  // namespace

std::string caption_file_of(const ListedImage& image, const std::string& extension) {
    for (const auto& name : image.captions)
        if (name.ends_with(extension)) return name;
    if (!image.captions.empty()) return image.captions.front();
    return base::Path(image.name).replace_extension(extension).generic_string();
}

std::string CaptionJob::version() const { return fmt::format("{}:{}", image->bytes, image->changed); }

// As training reads it. What is no text says something: it is complained of elsewhere.
bool CaptionJob::has_caption() const {
    try {
        return before && !data::parse_caption(*before, "").text.empty();
    } catch (const base::Error&) {
        return true;
    }
}

CaptionJobs collect_caption_jobs(const CaptionTarget& target, const DatasetListing& listing) {
    CaptionJobs found;
    const std::set<std::string> wanted(target.images.begin(), target.images.end());
    std::map<std::string, std::string> taken;  // captions, by whom
    for (const auto& image : listing.images) {
        const bool inside = image.name.find('/') != std::string::npos;
        if (!wanted.empty() ? !wanted.contains(image.name) : inside && !target.recursive) continue;
        ++found.images;
        CaptionJob job{&image, caption_file_of(image, target.extension), {}};
        const auto [owner, fresh] = taken.emplace(job.caption, image.name);
        if (fresh)
            collect_job(target, std::move(job), found);
        else
            found.left_out.push_back(
                {image.name,
                 fmt::format("It would share its caption, {}, with {}.", job.caption, owner->second),
                 "Rename one of them."});
    }
    return found;
}

namespace {

bool look_at_all(const LookAt& how, const std::vector<const CaptionJob*>& jobs, const OnImages& take,
                 const std::function<void()>& save, std::vector<base::Problem>& left_out,
                 const OnImageProgress& on_progress, const base::Cancel& cancel) {
    std::vector<base::Path> files;
    for (const auto* job : jobs) files.push_back(how.folder / job->image->name);
    const std::size_t threads = how.at_once > 1 ? base::processor_count() : 1;
    tag::SquareLoader loader(std::move(files), how.image_px, threads, 2 * how.at_once + threads, how.make);
    base::Stopwatch watch, since_saved;
    std::size_t done = 0;
    const auto tell = [&](double seconds) {
        if (on_progress) on_progress(image_progress(done, jobs.size(), seconds, how.device));
    };
    tell(0);
    for (auto some = loader.next(how.at_once); !some.empty(); some = loader.next(how.at_once)) {
        std::vector<io::Image> images;
        std::vector<const CaptionJob*> owners;
        for (auto& each : some) {
            if (each.trouble) {
                left_out.push_back({jobs[each.index]->image->name, each.trouble->what, each.trouble->hint});
                continue;
            }
            images.push_back(std::move(*each.square));
            owners.push_back(jobs[each.index]);
        }
        if (!images.empty()) take(owners, images);
        done += some.size();
        tell(watch.seconds());
        if (since_saved.seconds() > kSecondsBetweenSaves) {
            save();
            since_saved.restart();
        }
        if (done < jobs.size() && cancel.stop_requested()) return true;
    }
    return false;
}

}  // namespace

bool look_at_images(const LookAt& how, const std::vector<const CaptionJob*>& jobs, const OnImages& take,
                    const std::function<void()>& save, std::vector<base::Problem>& left_out,
                    const OnImageProgress& on_progress, const base::Cancel& cancel) {
    if (jobs.empty()) return false;
    if (cancel.stop_requested()) return true;  // while the network was loaded
    try {
        return look_at_all(how, jobs, take, save, left_out, on_progress, cancel);
    } catch (const base::Error& error) {
        save();  // hours may have gone into it
        if (error.code() != base::ErrorCode::Interrupted) throw;
        return true;
    } catch (...) {
        save();
        throw;
    }
}

void KeptSaver::save(const std::function<void()>& write, std::vector<std::string>& notes) {
    if (failed_) return;
    try {
        write();
    } catch (const base::Error& error) {
        failed_ = true;
        notes.push_back(fmt::format("The {} are not kept. {}", what_, error.what()));
    }
}

void sort_plan(CaptionPlan& plan) {
    auto& texts = plan.change.texts;
    std::sort(texts.begin(), texts.end(), [](const auto& a, const auto& b) { return a.file < b.file; });
    auto& left = plan.left_out;
    std::sort(left.begin(), left.end(), [](const auto& a, const auto& b) { return a.where < b.where; });
}

std::vector<base::Problem> problems_of(const settings::Schema& schema, const void* object) {
    std::vector<base::Problem> problems;
    for (const auto& finding : settings::findings(schema, object))
        problems.push_back({finding.paths.front(), finding.what, finding.hint});
    return problems;
}

}  // namespace lorikeet::studio
