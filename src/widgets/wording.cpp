#include "widgets/wording.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/path.hpp"
#include "base/text.hpp"
#include "settings/job.hpp"
#include "settings/typed_paths.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

using settings::Field;
using settings::Kind;
using settings::Value;

namespace {

// The words that keys shorten, as people say them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kWords{{
    {"adamw", "AdamW"},
    {"cfg", "guidance (CFG)"},
    {"data", "images"},
    {"eps", "epsilon"},
    {"grad", "gradient"},
    {"lr", "learning rate"},
    {"optim", "optimizer"},
    {"rule", "optimizer"},
    {"snr", "SNR"},
    {"subsets", "folders"},
    {"train", "training"},
    {"unet", "U-Net"},
    {"vae", "VAE"},
    {"min", "min"},
    {"max", "max"},
    {"prompts", "prompts"},
}};
// Keys whose words do not make the label by themselves.
constexpr std::array<std::pair<std::string_view, std::string_view>, 15> kKeys{{
    {"train_unet", "train the U-Net"},
    {"train_text", "train the text encoder"},
    {"text_lr", "text encoder learning rate"},
    {"min_snr", "Min-SNR gamma"},
    {"max_grad_norm", "max gradient norm"},
    {"max_tokens", "caption length"},
    {"every_steps", "every N steps"},
    {"every_epochs", "every N epochs"},
    {"state_every_steps", "resume state every N steps"},
    {"keep_tokens", "keep tags in front"},
    {"at_start", "samples before the first step"},
    {"at_end", "samples at the end"},
    {"keep_last", "keep only the last N"},
    {"text", "prompt"},
    {"negative", "negative prompt"},
}};

template <std::size_t N>
std::optional<std::string_view> look_up(
    const std::array<std::pair<std::string_view, std::string_view>, N>& table, std::string_view word) {
    for (const auto& [key, words] : table)
        if (key == word) return words;
    return std::nullopt;
}

std::string with_capital(std::string text) {
    if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
    return text;
}

bool is_number(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); });
}

std::string small(std::string_view name, std::string_view text) {
    return fmt::format("<span class=\"lk-hint\"><b>{}</b> {}</span>", name, escape(text));
}

// Advice for a terminal, which a page has buttons for: "such as --name bird_v2, or stop it first: lorikeet stop bird."
std::string without_commands(std::string_view text) {
    auto words = base::replace_all(std::string(text), "--name ", "");
    for (const auto* command : {" (lorikeet ", ": lorikeet "}) {
        const auto at = words.find(command);
        if (at == std::string::npos) continue;
        const auto end = words.find(*command == ':' ? '.' : ')', at);
        words.erase(at, end == std::string::npos ? end : end - at + (*command == ':' ? 0 : 1));
    }
    return words;
}

// "optim.lr" "data.subsets[0].folder" "[[data.subsets]]" as the form calls them, in quotes; empty for anything else.
std::string label_of_path(std::string path) {
    while (path.starts_with('[')) path.erase(0, 1);
    while (path.ends_with("]]") || (path.ends_with(']') && path.find('[') == std::string::npos))
        path.pop_back();
    path = base::replace_all(base::replace_all(std::move(path), "[", "."), "]", "");
    if (path.find('.') == std::string::npos) return {};
    const auto* field = find_field(path);
    if (field == nullptr) return {};
    return fmt::format("\"{}\"", field->is_section() ? title_of(field->key) : full_label(path));
}

// Words joined by commas need no quotes; any other list is written as in a file.
bool is_plain(const std::string& word) {
    return !word.empty() && word == base::trim(word) && word.front() != '[' &&
           word.find(',') == std::string::npos;
}

}  // namespace

std::string title_of(std::string_view key) {
    if (const auto whole = look_up(kKeys, key)) return with_capital(std::string(*whole));
    std::vector<std::string> words;
    for (const auto& word : base::split(key, "_"))
        words.emplace_back(look_up(kWords, word).value_or(std::string_view(word)));
    return with_capital(base::join(words, " "));
}

std::string label_of(const Field& field) {
    auto label = title_of(field.key);
    if (!field.unit.empty() && base::to_lower(label).find(field.unit) == std::string::npos)
        label += fmt::format(" ({})", field.unit);
    return label;
}

std::string full_label(std::string_view path) {
    const auto keys = base::split(path, ".");
    if (keys.size() < 2) return title_of(path);
    if (path == "output.name" || path == "model.checkpoint") return title_of(keys.back());
    const auto& above = keys[keys.size() - 2];
    const auto title = title_of(keys.back());
    if (!is_number(above))
        return title == title_of(above) ? title : fmt::format("{}: {}", title_of(above), title);
    const int number = std::stoi(above) + 1;  // of the first, which most people have alone, nothing is said
    if (number == 1) return title;
    auto list = title_of(keys[keys.size() - 3]);
    if (list.ends_with('s')) list.pop_back();
    return list == title ? fmt::format("{} {}", list, number) : fmt::format("{} {}: {}", list, number, title);
}

std::string full_label_with_unit(std::string_view path) {
    const auto& field = *find_field(path);
    return full_label(path) + label_of(field).substr(title_of(field.key).size());
}

std::string condition_of(const settings::When& when) {
    if (when.key.empty()) return {};
    const auto label = title_of(base::split(when.key, ".").back());
    if (when.words.empty()) return fmt::format("Only with \"{}\".", label);
    return fmt::format("Only when \"{}\" is {}.", label, fmt::join(when.words, " or "));
}

std::string note_of(const Field& field, std::string_view text) {
    std::string note = escape(field.what);
    if (field.type->choices != nullptr)
        for (const auto& choice : field.type->choices())
            if (choice.word == text && !choice.what.empty()) note += "<br>" + small(choice.word, choice.what);
    std::vector<std::string> hints;
    if (!field.more.empty()) hints.push_back(small("Higher:", field.more));
    if (!field.less.empty()) hints.push_back(small("Lower:", field.less));
    if (field.type->optional) hints.push_back(small("Empty:", field.unset));
    // Shown from when the field has the focus until another has it: see web/page.js.
    if (!hints.empty())
        note += fmt::format("<div class=\"lk-more-hints\">{}</div>", base::join(hints, "<br>"));
    return note;
}

std::string sentence(std::string_view predicate, std::string_view path) {
    if (!predicate.starts_with("must ")) return with_capital(std::string(predicate));
    return fmt::format("{} {}", title_of(base::split(path, ".").back()), predicate);
}

std::string how_to_write(const Field& field) {
    switch (field.type->kind) {
        case Kind::Whole: return "Write a whole number, as in 1200.";
        case Kind::Number: return "Write a number, as in 0.5.";
        case Kind::Wholes: return "Write whole numbers with commas between, as in 512, 768.";
        case Kind::Numbers: return "Write numbers with commas between, as in 0.9, 0.99.";
        case Kind::Texts: return "Write words with commas between.";
        default: return {};
    }
}

std::string words_for_problem(const Field& field, const std::string& path, const base::Problem& problem) {
    const auto how = problem.what.starts_with("wants ") ? how_to_write(field) : std::string();
    if (how.empty()) return base::join(std::vector{sentence(problem.what, path), problem.hint}, " ");
    const bool says_number = problem.hint.starts_with("Write ") && !problem.hint.starts_with("Write it ");
    return says_number ? problem.hint : how;
}

std::string fix_label(const settings::Assignment& fix) {
    const auto label = title_of(base::split(fix.path, ".").back());
    const auto* field = find_field(fix.path);
    if (field != nullptr && field->type->kind == Kind::Flag)
        return fmt::format("Turn \"{}\" {}", label, fix.text == "true" ? "on" : "off");
    return fmt::format("Set \"{}\" to {}", label, fix.text);
}

const Field* find_field(std::string_view path) {
    const auto* table = &settings::schema<settings::Job>();
    const Field* field = nullptr;
    for (const auto& key : base::split(path, ".")) {
        if (field != nullptr && field->type->kind == Kind::Sections && is_number(key)) continue;
        field = table->find(key);
        if (field == nullptr) return nullptr;
        if (field->is_section()) table = &field->type->schema();
    }
    return field;
}

std::string words_for_page(std::string_view given) {
    const auto text = without_commands(given);
    const auto part_of_path = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
               std::string_view("_.[]").find(c) != std::string_view::npos;
    };
    std::string words;
    for (std::size_t at = 0; at < text.size();) {
        if (!part_of_path(text[at])) {
            words += text[at++];
            continue;
        }
        auto end = at;
        while (end < text.size() && part_of_path(text[end])) ++end;
        auto token = std::string(std::string_view(text).substr(at, end - at));
        const auto dots = token.size() - std::min(token.size(), token.find_last_not_of('.') + 1);
        token.resize(token.size() - dots);
        const bool in_file_name = at > 0 && (text[at - 1] == '/' || text[at - 1] == '-');
        const auto label = in_file_name ? std::string() : label_of_path(token);
        words += label.empty() ? token : label;
        words.append(dots, '.');
        at = end;
        // "Set optim.lr = 1e-4." is how a file says it.
        if (!label.empty() && std::string_view(text).substr(at).starts_with(" = ")) {
            words += " to ";
            at += 3;
        }
    }
    return words;
}

namespace {

struct Texting {
    std::string operator()(std::monostate) const { return {}; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return fmt::format("{}", number); }
    std::string operator()(const std::string& text) const { return text; }
    template <class T>
    std::string operator()(const std::vector<T>& list) const {
        std::vector<std::string> parts;
        for (const auto& one : list) parts.push_back((*this)(one));
        const bool plain = std::all_of(parts.begin(), parts.end(), is_plain);
        return plain ? base::join(parts, ", ") : settings::to_text(Value(list));
    }
};

}  // namespace

std::string text_of(const Value& value) { return std::visit(Texting{}, value); }

std::string applied_text(const Field& field, std::string_view typed) {
    if (is_path(field)) return base::clean_typed_path(typed);
    if (field.key == "name")
        return std::string(base::trim(typed));  // a blank that is typed between two words
    if (field.type->optional && base::trim(typed).empty()) return "unset";
    return std::string(typed);
}

}  // namespace lorikeet::widgets
