#include "widgets/recipe_folders.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "settings/field.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

namespace {

constexpr std::string_view kFolders = "data.subsets";
// What is taught of the subject, whichever images show it.
constexpr std::array<std::string_view, 14> kOfTheSubject{"trigger",
                                                         "shuffle_tags",
                                                         "keep_tokens",
                                                         "keep_separator",
                                                         "flip",
                                                         "secondary_separator",
                                                         "tag_dropout",
                                                         "tag_warmup",
                                                         "tag_warmup_min",
                                                         "prefix",
                                                         "suffix",
                                                         "wildcards",
                                                         "caption_dropout",
                                                         "caption_dropout_epochs"};
// What a dataset says of its folders itself.
constexpr std::array<std::string_view, 3> kOfTheFolder{"folder", "repeats", "class_words"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

Texts fresh_folder() {
    const settings::Subset subset;
    Texts texts;
    for (const auto& leaf : settings::leaves(settings::schema<settings::Subset>(), &subset))
        texts[leaf.path] = text_of(leaf.get());
    return texts;
}

std::vector<Texts> folders_in(const TypedJob& recipe) {
    std::vector<Texts> all(recipe.count(kFolders), fresh_folder());
    for (std::size_t i = 0; i < all.size(); ++i)
        for (auto& [key, text] : all[i]) text = recipe.text(fmt::format("{}.{}.{}", kFolders, i, key));
    return all;
}

bool is_empty(const Texts& folder) { return base::trim(folder.at("folder")).empty(); }

// Whose settings a new folder takes: the first that is trained on as it is.
const Texts* model_among(const std::vector<Texts>& folders) {
    const auto found = std::find_if(folders.begin(), folders.end(), [](const Texts& folder) {
        return folder.at("validation") != "true" && folder.at("regularisation") != "true";
    });
    return found == folders.end() ? nullptr : &*found;
}

Texts new_folder(const studio::CheckedFolder& folder, const Texts* like) {
    auto texts = fresh_folder();
    for (auto& [key, text] : texts)
        // Where no folder was chosen yet, all that was typed waits for this one.
        if (like != nullptr && (is_one_of(kOfTheSubject, key) || is_empty(*like))) text = like->at(key);
    texts["folder"] = folder.folder;
    texts["repeats"] = std::to_string(folder.repeats);
    texts["class_words"] = folder.class_words;
    return texts;
}

std::string sentence_of_left(const Texts& folder, bool goes_on) {
    const auto fresh = fresh_folder();
    std::vector<std::string> titles;
    for (const auto& leaf : settings::schema<settings::Subset>().fields) {
        const std::string key(leaf.key);
        const bool known = is_one_of(kOfTheFolder, key) || (goes_on && is_one_of(kOfTheSubject, key));
        if (!known && folder.at(key) != fresh.at(key)) titles.push_back(title_of(key));
    }
    if (titles.empty()) return {};
    return fmt::format("Not taken over from {}: {}.", base::trim(folder.at("folder")),
                       base::join(titles, ", "));
}

}  // namespace

base::Path place_of(const std::string& typed, const base::Path& project) {
    const base::Path place = (project / base::clean_typed_path(typed)).lexically_normal();
    return place.has_filename() ? place : place.parent_path();  // "birds/" is "birds"
}

FoldersTaken take_folders(const TypedJob& recipe, const std::vector<studio::CheckedFolder>& folders,
                          const base::Path& project) {
    const auto before = folders_in(recipe);
    const auto* like = model_among(before);
    std::vector<Texts> after;
    std::vector<bool> stays(before.size(), false);
    for (const auto& folder : folders) {
        bool known = false;
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (is_empty(before[i]) ||
                place_of(before[i].at("folder"), project) != place_of(folder.folder, project))
                continue;
            after.push_back(before[i]);
            known = stays[i] = true;
        }
        if (!known) after.push_back(new_folder(folder, like));
    }
    FoldersTaken taken{recipe, {}};
    for (std::size_t i = 0; i < before.size(); ++i) {
        if (stays[i] || is_empty(before[i])) continue;
        if (auto left = sentence_of_left(before[i], &before[i] == like); !left.empty())
            taken.left.push_back(std::move(left));
    }
    auto texts = recipe.kept();
    std::erase_if(texts,
                  [](const auto& item) { return item.first.starts_with(std::string(kFolders) + "."); });
    for (std::size_t i = 0; i < after.size(); ++i)
        for (const auto& [key, text] : after[i]) texts[fmt::format("{}.{}.{}", kFolders, i, key)] = text;
    taken.recipe.write(texts);
    return taken;
}

bool has_folders(const TypedJob& recipe, const std::vector<studio::CheckedFolder>& folders,
                 const base::Path& project) {
    const auto places = [](std::vector<base::Path> all) {
        std::sort(all.begin(), all.end());
        all.erase(std::unique(all.begin(), all.end()), all.end());
        return all;
    };
    std::vector<base::Path> mine, others;
    for (const auto& folder : folders_in(recipe)) {
        if (is_empty(folder)) return false;
        mine.push_back(place_of(folder.at("folder"), project));
    }
    for (const auto& folder : folders) others.push_back(place_of(folder.folder, project));
    return places(std::move(mine)) == places(std::move(others));
}

}  // namespace lorikeet::widgets
