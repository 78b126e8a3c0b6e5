#include "studio/project_progress.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "base/clock.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "studio/dataset_files.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kFirstImages = 3;
constexpr std::string_view kUsualFolder = "pictures";
constexpr std::string_view kModel = "model.checkpoint", kImages = "data.subsets.0.folder";

bool is_typed(const Typed& typed, std::string_view key) {
    const auto found = typed.find(key);
    return found != typed.end() && !base::trim(found->second).empty();
}

void take_time(double& newest, const base::Path& file) {
    std::error_code trouble;
    const auto time = fs::last_write_time(file, trouble);
    if (!trouble) newest = std::max(newest, base::unix_seconds_of(time));
}

}  // namespace

TypedPages read_typed_pages(const base::Path& folder) {
    Drafts drafts(Drafts::folder_in(folder));
    return {drafts.peek("recipe"), drafts.peek("dataset")};
}

bool is_model_chosen(const Typed& recipe) {
    return is_typed(recipe, kModel) || is_typed(recipe, kModelChosen);
}

std::string dataset_typed(const TypedPages& typed) {
    if (const auto found = typed.dataset.find("folder"); found != typed.dataset.end()) return found->second;
    const auto of_recipe = typed.recipe.find(kImages);
    return of_recipe == typed.recipe.end() || of_recipe->second.empty() ? std::string(kUsualFolder)
                                                                        : of_recipe->second;
}

base::Path dataset_of(const base::Path& folder, const TypedPages& typed) {
    const auto clean = base::clean_typed_path(dataset_typed(typed));
    return clean.empty() ? base::Path() : folder / clean;
}

ProjectProgress progress_of(const base::Path& folder, const TypedPages& typed,
                            const std::vector<std::string>& caption_extensions, const base::Cancel& cancel) {
    ProjectProgress progress;
    progress.dataset = dataset_of(folder, typed);
    const auto listing = list_dataset(progress.dataset, caption_extensions, cancel);
    progress.images = listing.images.size();
    for (const auto& image : listing.images) {
        progress.captions += image.caption.empty() ? 0 : 1;
        if (progress.first_images.size() < kFirstImages) progress.first_images.push_back(image.name);
    }
    std::error_code trouble;
    for (auto at = fs::directory_iterator(folder / "runs", trouble);
         !trouble && at != fs::directory_iterator(); at.increment(trouble)) {
        if (!base::is_file(at->path() / "job.toml")) continue;
        ++progress.runs;
        take_time(progress.used, at->path() / "events.jsonl");
    }
    // A name and a model stand in every recipe from the beginning; without images it is none.
    progress.has_recipe = is_typed(typed.recipe, kImages);
    progress.has_model = is_model_chosen(typed.recipe);
    for (const auto& file :
         {progress.dataset, folder / "runs", folder / ".lorikeet" / "project.json",
          Drafts::folder_in(folder) / "recipe.json", Drafts::folder_in(folder) / "dataset.json"})
        take_time(progress.used, file);
    return progress;
}

std::string words_for(const ProjectProgress& progress) {
    std::vector<std::string> words;
    if (progress.images > 0) words.push_back(base::counted(progress.images, "image"));
    if (progress.captions > 0) words.push_back(base::counted(progress.captions, "caption"));
    if (progress.has_recipe) words.emplace_back("recipe");
    if (progress.runs > 0) words.push_back(base::counted(progress.runs, "run"));
    return words.empty() ? "nothing yet" : base::join(words, ", ");
}

}  // namespace lorikeet::studio
