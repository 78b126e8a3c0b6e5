#include "settings/tagging.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "settings/assign.hpp"
#include "settings/field.hpp"

namespace lorikeet::settings {

namespace {

void describe_thresholds(Section<Tagging>& s) {
    s.add("threshold", &Tagging::threshold, "The score that a tag needs to be written.")
        .kohya("thresh")
        .range(0, 1.1)
        .basic()
        .more("fewer tags, more of them right")
        .less("more tags, more of them wrong");
    s.add("general_threshold", &Tagging::general_threshold, "The same for general tags.")
        .range(0, 1.1)
        .unset("as threshold");
    s.add("character_threshold", &Tagging::character_threshold,
          "The same for names of characters. Above 1: none.")
        .range(0, 1.1)
        .unset("as threshold");
    s.add("rating_threshold", &Tagging::rating_threshold,
          "The score that the likeliest rating needs to be written.")
        .range(0, 1.1)
        .unset("it is always written")
        .when("rating", {"first", "last"});
    s.add("tag_thresholds", &Tagging::tag_thresholds, "Scores that single tags need, each as tag=score.");
}

void describe_form(Section<Tagging>& s) {
    s.add("rating", &Tagging::rating, "Where the likeliest rating (general, sensitive, ...) is written.")
        .kohya("use_rating_tags", "\"first\"")
        .kohya("use_rating_tags_as_last_tag", "\"last\"");
    s.add("characters_first", &Tagging::characters_first,
          "Names of characters before all other tags but the rating.")
        .kohya("character_tags_first");
    s.add("first_tags", &Tagging::first_tags,
          "Tags that stand in front, in this order, where they are found.")
        .kohya("always_first_tags");
    s.add("exclude", &Tagging::exclude, "Tags that are never written; * stands for anything.")
        .basic()
        .kohya("undesired_tags");
    s.add("replace", &Tagging::replace,
          "Tags written in the place of others: \"found,written;found,written\". A comma or semicolon of a "
          "tag has a "
          "backslash in front.")
        .kohya("tag_replacement");
    s.add("split_characters", &Tagging::split_characters, "name_(series) becomes two tags: name, series.")
        .kohya("character_tag_expand");
    s.add("drop_implied", &Tagging::drop_implied,
          "Leave out tags that another one says too: \"hair\" beside \"long hair\". Whole words alone count: "
          "\"1girl\" stays beside \"girl\".");
    s.add("underscores", &Tagging::underscores,
          "Keep underscores; else they become blanks, but in faces such as ^_^.")
        .kohya("remove_underscore", "false");
}

}  // namespace

void describe(Section<Tagging>& s) {
    s.says(
        "How images are tagged. These belong to no job: `lorikeet tag` has them as options "
        "(`--general-threshold 0.4`) and reads them "
        "from a file of their own (`--settings tags.toml`), where they stand at the top.");
    s.add("model", &Tagging::model, "The folder of the tagger, with model.safetensors and selected_tags.csv.")
        .required()
        .basic();
    describe_thresholds(s);
    describe_form(s);
    s.add("existing", &Tagging::existing, "What becomes of captions that are there already.")
        .basic()
        .kohya("append_tags", "\"append\"");
    s.add("extension", &Tagging::extension, "The ending of new captions.")
        .required()
        .kohya("caption_extension");
    s.add("recursive", &Tagging::recursive, "Also images in folders inside.");
    s.add("keep_scores", &Tagging::keep_scores,
          "Keep the scores beside the images, so that other thresholds need no second run.")
        .effect(Effect::Speed);
    s.add("device", &Tagging::device, "What computes.").effect(Effect::Speed);
    s.add("precision", &Tagging::precision, "The numbers that it computes in.");
    s.rule(
        {"tag_thresholds"},
        [](const Tagging& t) {
            return std::any_of(t.tag_thresholds.begin(), t.tag_thresholds.end(),
                               [](const auto& text) { return !tag_threshold_of(text); });
        },
        "must be a tag and a number from 0 to 1.1 each, as in \"long hair=0.5\".",
        Fix{"tag_thresholds", "[]"});
    s.rule(
        {"replace"}, [](const Tagging& t) { return !replacements_of(t.replace); },
        "must be pairs, as in \"found,written;found,written\".", Fix{"replace", ""});
    s.rule(
        {"extension"}, [](const Tagging& t) { return !is_caption_extension(t.extension); },
        "must begin with a dot and name no folder.", Fix{"extension", ".txt"});
}

bool is_caption_extension(const std::string& text) {
    return text.size() >= 2 && text.front() == '.' && text.find_first_of("/\\ ") == std::string::npos;
}

std::optional<std::pair<std::string, double>> tag_threshold_of(const std::string& text) {
    const auto equals = text.rfind('=');
    if (equals == std::string::npos) return std::nullopt;
    const auto tag = std::string(base::trim(std::string_view(text).substr(0, equals)));
    const auto number = number_typed(std::string_view(text).substr(equals + 1));
    if (tag.empty() || !number || !(*number >= 0 && *number <= 1.1)) return std::nullopt;
    return std::pair{tag, *number};
}

std::optional<std::vector<std::pair<std::string, std::string>>> replacements_of(const std::string& text) {
    std::vector<std::pair<std::string, std::string>> pairs;
    if (base::trim(std::string_view(text)).empty()) return pairs;
    std::vector<std::string> parts(1);
    const auto end_pair = [&] {
        if (parts.size() != 2 || base::trim(std::string_view(parts[0])).empty()) return false;
        pairs.emplace_back(std::string(base::trim(std::string_view(parts[0]))),
                           std::string(base::trim(std::string_view(parts[1]))));
        parts.assign(1, "");
        return true;
    };
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escaped = text[i] == '\\' && i + 1 < text.size() &&
                             (text[i + 1] == ',' || text[i + 1] == ';');
        if (escaped) {
            parts.back() += text[++i];
        } else if (text[i] == ',') {
            parts.emplace_back();
        } else if (text[i] == ';') {
            if (!end_pair()) return std::nullopt;
        } else {
            parts.back() += text[i];
        }
    }
    const bool ends_with_semicolon = parts.size() == 1 && base::trim(std::string_view(parts[0])).empty();
    if (!ends_with_semicolon && !end_pair()) return std::nullopt;
    return pairs;
}

}  // namespace lorikeet::settings
