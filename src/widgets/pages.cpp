#include "widgets/pages.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.hpp"
#include "widgets/check_page.hpp"
#include "widgets/controls.hpp"
#include "widgets/images_page.hpp"
#include "widgets/page.hpp"
#include "widgets/project_page.hpp"
#include "widgets/recipe_page.hpp"
#include "widgets/setup_page.hpp"
#include "widgets/test_page.hpp"
#include "widgets/train_page.hpp"

namespace lorikeet::widgets {

namespace {

// A draft: the words whose pages were shown in this folder, each with the notebooks that showed it, a line each. One whose
// name is not known is called "shown".
constexpr std::string_view kShown = "shown";

template <class T>
std::unique_ptr<Page> make(PageContext& context) {
    return std::make_unique<T>(context);
}

// The list of words, after a sentence of its own.
Answer list_of_words(const std::string& sentence) {
    Answer answer;
    answer.text = sentence + "\n\n";
    std::string rows;
    for (const auto& [word, what] : Pages::words()) {
        answer.text += fmt::format("  {:<8} {}\n", word, what);
        rows += fmt::format(
            "<tr><td style=\"text-align:left;padding-right:24px\"><code>{}</code></td>"
            "<td style=\"text-align:left\">{}</td></tr>",
            escape(word), escape(what));
    }
    const std::string ending =
        "Type one word into a cell and press Shift+Enter. Running a cell again is always safe.";
    answer.text += "\n" + ending + "\n";
    answer.html = fmt::format("<p>{}</p><table>{}</table><p>{}</p>", escape(sentence), rows, ending);
    return answer;
}

std::string sentence_for_unknown(std::string_view word) {
    std::vector<std::string> known;
    for (const auto& one : Pages::words()) known.push_back(one.word);
    const auto lower = base::to_lower(word);
    auto shown = std::string(word.substr(0, 40));
    if (shown.size() < word.size()) shown += "...";
    if (const auto near = base::nearest(lower, known))
        return fmt::format("\"{}\" is not a word that Lorikeet knows. Did you mean \"{}\"?", shown, *near);
    return fmt::format("\"{}\" is not a word that Lorikeet knows. It knows:", shown);
}

bool lists(std::string_view lines, std::string_view line) {
    const auto all = base::split(lines, "\n");
    return std::find(all.begin(), all.end(), line) != all.end();
}

// As people write a word: "Recipe", "HELP", "`train`", "train()", "setup.".
std::string word_in(std::string_view cell) {
    constexpr std::string_view kRound = " \t\r\n`'\"()[]<>.,;:!/\\%";
    const auto begin = cell.find_first_not_of(kRound);
    if (begin == std::string_view::npos) return std::string(base::trim(cell));
    return base::to_lower(cell.substr(begin, cell.find_last_not_of(kRound) - begin + 1));
}

}  // namespace

base::Table<PageRow>& page_table() {
    static const PageRow setup{{"setup", "Checks that this machine can train."}, make<SetupPage>};
    static const PageRow project{{"project", "Where your images lie."}, make<ProjectPage>};
    static const PageRow images{{"images", "Drop images here; see, choose and delete them."},
                                make<ImagesPage>};
    static const PageRow check{{"check", "What training would say of your images."}, make<CheckPage>};
    static const PageRow recipe{{"recipe", "What to train: a name, a model, images, a trigger word."},
                                make<RecipePage>};
    static const PageRow train{{"train", "The plan, Start, and the run as it goes."}, make<TrainPage>};
    static const PageRow test{{"test", "Images with the finished LoRA."}, make<TestPage>};
    static const PageRow help{{"help", "This list."}, nullptr};
    static base::Table<PageRow> table{&setup, &project, &images, &check, &recipe, &train, &test, &help};
    return table;
}

Pages::Pages(WidgetRegistry& registry, base::Path folder, std::string notebook)
    : registry_(registry), folder_(std::move(folder)), notebook_(std::move(notebook)) {}
Pages::~Pages() = default;

std::vector<Word> Pages::words() {
    std::vector<Word> words;
    for (const auto* row : page_table().rows()) words.push_back(row->word);
    return words;
}

Answer Pages::answer(std::string_view cell) {
    if (base::trim(cell).empty()) return {};
    const auto word = word_in(cell);
    if (word == "help" || word == "?") return list_of_words("Lorikeet trains LoRAs. These are the words:");
    if (pages_.contains(word)) return {&page(word).widget(), {}, {}};
    const auto known = words();
    if (std::none_of(known.begin(), known.end(), [&](const Word& one) { return one.word == word; }))
        return list_of_words(sentence_for_unknown(base::trim(cell)));
    return {&page(word).widget(), {}, {}};
}

PageContext& Pages::context() {
    if (context_ != nullptr) return *context_;
    context_ = std::make_unique<PageContext>(registry_, folder_);
    if (notebook_.starts_with("Dataset")) context_->after_setup = "project";
    context_->go_to = [this](std::string_view wanted) {
        const auto page = pages_.find(wanted);
        if (page == pages_.end()) return false;
        page->second->come();
        return true;
    };
    return *context_;
}

Page& Pages::page(const std::string& word) {
    const auto known = pages_.find(word);
    const auto make_it = [&] {
        const auto* row = page_table().find([&](const auto& one) { return one.word.word == word; });
        return pages_.emplace(word, row->make(context())).first->second.get();
    };
    auto& page = known != pages_.end() ? *known->second : *make_it();
    page.shown();
    if (known == pages_.end()) remember();
    return page;
}

void Pages::remember() {
    auto words = context().drafts.read(kShown).typed;
    const auto mine = notebook_.empty() ? std::string(kShown) : notebook_;
    for (const auto& [word, page] : pages_) {
        auto& notebooks = words[word];
        if (!lists(notebooks, mine)) notebooks += (notebooks.empty() ? "" : "\n") + mine;
    }
    context().saver.keep(std::string(kShown), words);
}

void Pages::restore() {
    std::error_code ignored;
    if (!std::filesystem::exists(studio::Drafts::folder_in(folder_), ignored)) return;
    const auto shown = context().drafts.read(kShown).typed;
    for (const auto& word : words()) {
        const auto known = shown.find(word.word);
        if (known == shown.end() || pages_.contains(word.word)) continue;
        if (notebook_.empty() || lists(known->second, notebook_) || lists(known->second, kShown))
            static_cast<void>(page(word.word));
    }
}

}  // namespace lorikeet::widgets
