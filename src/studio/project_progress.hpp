// How far a folder that is worked in has come, as the strip on every page and the cards of projects say it.
//
// Images are counted as a page lists them, nothing is decoded; runs are counted by their job.toml.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "studio/draft.hpp"

namespace lorikeet::studio {

// What the person has typed in that folder.
struct TypedPages {
    Typed recipe, dataset;
};
TypedPages read_typed_pages(const base::Path& folder);

// Set in a draft of a recipe once a person has chosen its model: "tiny" stands in every recipe from the beginning.
constexpr const char* kModelChosen = "page.model_chosen";
bool is_model_chosen(const Typed& recipe);

// Where the images lie, as it was typed: on the page `project`, else in the recipe's first folder, else "pictures".
std::string dataset_typed(const TypedPages& typed);
// The same as a path; empty when nothing is left of what was typed.
base::Path dataset_of(const base::Path& folder, const TypedPages& typed);

struct ProjectProgress {
    std::size_t images = 0, captions = 0, runs = 0;
    bool has_model = false;   // one was chosen
    bool has_recipe = false;  // it names its images
    base::Path dataset;
    std::vector<std::string> first_images;  // three at most, names below the dataset's folder
    double used = 0;                        // when something was last typed, added or run: seconds since 1970
};
// An absent folder is an answer. Throws Error{Interrupted} alone.
ProjectProgress progress_of(const base::Path& folder, const TypedPages& typed,
                            const std::vector<std::string>& caption_extensions, const base::Cancel& cancel);

// "24 images, 20 captions, recipe, 2 runs"; "nothing yet".
std::string words_for(const ProjectProgress& progress);

}  // namespace lorikeet::studio
