#include "widgets/project_watch.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "studio/project.hpp"
#include "widgets/page.hpp"

namespace lorikeet::widgets {

namespace {

constexpr auto kPauseOfWatch = std::chrono::seconds(2);

// Of the images' folder and of each run: a run's own files come after its folder.
double newest_of(const base::Path& dataset, const base::Path& runs) {
    double newest = 0;
    const auto take = [&](const base::Path& place) {
        std::error_code trouble;
        const auto time = std::filesystem::last_write_time(place, trouble);
        if (!trouble) newest = std::max(newest, base::unix_seconds_of(time));
    };
    take(dataset);
    take(runs);
    std::error_code trouble;
    for (auto at = std::filesystem::directory_iterator(runs, trouble);
         !trouble && at != std::filesystem::directory_iterator(); at.increment(trouble))
        take(at->path());
    return newest;
}

StripMark mark_if(bool done) { return done ? StripMark::Done : StripMark::Open; }

std::string counted_or(std::size_t count, const std::string& word) {
    return count == 0 ? word + (word == "run" ? "" : "s") : base::counted(count, word);
}

std::vector<StripItem> items_of(const studio::ProjectProgress& progress) {
    const auto captions = progress.captions == 0                ? StripMark::Open
                          : progress.captions < progress.images ? StripMark::Part
                                                                : StripMark::Done;
    // A number where it says more than the mark does.
    const auto caption_words = captions == StripMark::Part
                                   ? fmt::format("{} of {} captions", progress.captions, progress.images)
                                   : std::string("captions");
    return {{"images", counted_or(progress.images, "image"), mark_if(progress.images > 0), "images"},
            {"captions", caption_words, captions, "images"},
            {"model", "model", mark_if(progress.has_model), "recipe"},
            {"recipe", "recipe", mark_if(progress.has_recipe), "recipe"},
            {"run", counted_or(progress.runs, "run"), mark_if(progress.runs > 0), "train"}};
}

}  // namespace

ProjectWatch::ProjectWatch(PageContext& context) : context_(context), task_(context.loop()) {
    const studio::Projects projects(context_.workspace);
    const auto open = projects.open_one();
    state_.is_project = open && open->folder == context_.folder;
    state_.place = state_.is_project ? open->name : context_.folder.filename().string();
    state_.folder = context_.folder.string();
    state_.trouble = projects.trouble();
    state_.items = items_of(progress_);
    for (auto* changed : {&context_.dataset_changed, &context_.recipe_changed, &context_.runs_changed})
        changed->emplace_back([this] { look(); });
    timer_ = context_.loop().every(kPauseOfWatch, [this] { look_now_and_then(); });
    look();
}

void ProjectWatch::look() {
    auto typed = context_.typed_pages();
    task_.start(
        [this, folder = context_.folder, typed = std::move(typed),
         captions = context_.recipe.job().data.caption_extensions](
            base::Cancel& cancel) -> BackgroundTask::Answer {
            // Read first: what comes while they are counted is counted the next time.
            const auto newest = newest_of(studio::dataset_of(folder, typed), folder / "runs");
            const auto progress = studio::progress_of(folder, typed, captions, cancel);
            return [this, progress, newest] {
                progress_ = progress;
                looked_at_ = newest;
                if (const auto items = items_of(progress);
                    items != state_.items || !std::exchange(told_, true))
                    tell();
            };
        },
        [](const base::Error&) {});  // the page `images` says what cannot be read
}

void ProjectWatch::look_now_and_then() {
    context_.take_news();
    const studio::Projects projects(context_.workspace);
    auto trouble = projects.trouble();
    const auto open = projects.open_one();
    const auto why = context_.busy_with();
    if (!why.empty() && (open ? open->folder : context_.workspace) != context_.folder)
        trouble = fmt::format("{} Then these pages change to {}.", why,
                              open ? open->name : "the folder itself, since the project was closed");
    if (trouble != state_.trouble) {
        state_.trouble = trouble;
        tell();
    }
    if (task_.busy()) return;
    if (newest_of(context_.dataset(), context_.folder / "runs") != looked_at_) look();
}

void ProjectWatch::tell() {
    state_.items = items_of(progress_);
    for (const auto& listener : listeners_) listener();
}

}  // namespace lorikeet::widgets
