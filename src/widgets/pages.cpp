#include "widgets/pages.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "studio/open_project.hpp"
#include "studio/project.hpp"
#include "widgets/captions_page.hpp"
#include "widgets/check_page.hpp"
#include "widgets/controls.hpp"
#include "widgets/images_page.hpp"
#include "widgets/page.hpp"
#include "widgets/project_page.hpp"
#include "widgets/recipe_page.hpp"
#include "widgets/setup_page.hpp"
#include "widgets/tags_page.hpp"
#include "widgets/test_page.hpp"
#include "widgets/train_page.hpp"

namespace lorikeet::widgets {

namespace {

// A draft: the words whose pages were shown in this folder, each with the notebooks that showed it, a line each. One whose
// name is not known is called "shown".
constexpr std::string_view kShown = "shown";
constexpr std::string_view kDatasetMaker = "Dataset_Maker", kLoraTrainer = "Lora_Trainer";
constexpr auto kLookForProject = std::chrono::seconds(1);
constexpr auto kUntilItIsDrawn = std::chrono::milliseconds(400);

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
    static const PageRow project{{"project", "Makes, opens, renames and deletes projects."},
                                 make<ProjectPage>};
    static const PageRow images{
        {"images", "Drop images here; see, choose and delete them."}, make<ImagesPage>, kDatasetMaker};
    static const PageRow tags{
        {"tags", "Has a tagger name what it sees on each image."}, make<TagsPage>, kDatasetMaker};
    static const PageRow captions{{"captions", "See, edit and change captions, one or many at once."},
                                  make<CaptionsPage>,
                                  kDatasetMaker};
    static const PageRow check{
        {"check", "What training would say of your images."}, make<CheckPage>, kDatasetMaker};
    static const PageRow recipe{{"recipe", "What to train: a name, a model, images, a trigger word."},
                                make<RecipePage>,
                                kLoraTrainer};
    static const PageRow train{
        {"train", "The plan, Start, and the run as it goes."}, make<TrainPage>, kLoraTrainer};
    static const PageRow test{{"test", "Images with the finished LoRA."}, make<TestPage>, kLoraTrainer};
    static const PageRow help{{"help", "This list."}, nullptr};
    static base::Table<PageRow> table{&setup, &project, &images, &tags, &captions,
                                      &check, &recipe,  &train,  &test, &help};
    return table;
}

class Pages::Frame : public Control {
  public:
    explicit Frame(SharedStyles& styles)
        : Control(styles, "VBox", {{}, {}, {"lk-place"}},
                  {{"children", nlohmann::json::array()}, {"box_style", ""}}) {}
    void show(const Widget& page) { set({{"children", nlohmann::json::array({page.reference()})}}); }
};

Pages::Pages(WidgetRegistry& registry, base::Path folder, std::string notebook, base::Path workspace)
    : registry_(registry),
      folder_(std::move(folder)),
      workspace_(workspace.empty() ? folder_ : std::move(workspace)),
      notebook_(std::move(notebook)),
      shown_(studio::Drafts::folder_in(workspace_)),
      project_change_(std::make_shared<ProjectChange>()),
      alive_(std::make_shared<bool>(true)) {
    watch_ = registry_.loop().every(kLookForProject, [this] { follow(); });
}
Pages::~Pages() { pages_.clear(); }

std::vector<Word> Pages::words() {
    std::vector<Word> words;
    for (const auto* row : page_table().rows()) words.push_back(row->word);
    return words;
}

Answer Pages::answer(std::string_view cell) {
    if (base::trim(cell).empty()) return {};
    const auto word = word_in(cell);
    if (word == "help" || word == "?") return list_of_words("Lorikeet trains LoRAs. These are the words:");
    const auto shown = [&] {
        page(word);
        return Answer{pages_.at(word).frame.get(), {}, {}};
    };
    if (pages_.contains(word)) return shown();
    const auto known = words();
    if (std::none_of(known.begin(), known.end(), [&](const Word& one) { return one.word == word; }))
        return list_of_words(sentence_for_unknown(base::trim(cell)));
    return shown();
}

PageContext& Pages::context() {
    if (context_ != nullptr) return *context_;
    context_ = std::make_unique<PageContext>(registry_, folder_, workspace_);
    context_->project_change = project_change_;
    if (notebook_.starts_with("Dataset"))
        context_->after_setup = "project", context_->after_project = "images";
    context_->go_to = [this](std::string_view wanted) {
        const auto shown = pages_.find(wanted);
        if (shown == pages_.end()) return false;
        shown->second.page->come();
        return true;
    };
    context_->notebook_of = [this](std::string_view word) -> std::string {
        const auto* row = page_table().find([&](const auto& one) { return one.word.word == word; });
        const bool known = notebook_ == kDatasetMaker || notebook_ == kLoraTrainer;
        if (row == nullptr || row->notebook.empty() || !known || row->notebook == notebook_) return {};
        return std::string(row->notebook);
    };
    context_->follow_project = [this] { follow_soon(); };
    return *context_;
}

void Pages::make(const std::string& word, Shown& shown) {
    const auto* row = page_table().find([&](const auto& one) { return one.word.word == word; });
    shown.page = row->make(context());
    shown.frame->show(shown.page->widget());
}

Page& Pages::page(const std::string& word) {
    const bool known = pages_.contains(word);
    auto& shown = pages_[word];
    if (!known) {
        if (!styles_) styles_ = std::make_unique<SharedStyles>(registry_);
        registry_.name_next("lorikeet-page-" + word);
        shown.frame = std::make_unique<Frame>(*styles_);
        make(word, shown);
    }
    shown.page->shown();
    if (!known) remember();
    return *shown.page;
}

// ---- Another project

void Pages::follow() {
    if (project_change_->going_on > 0) return;  // and it follows by itself when that is done
    const studio::Projects projects(workspace_);
    if (!projects.trouble().empty())
        return;  // the strip says it; nobody is moved to a folder he did not open
    const auto open = projects.open_one();
    if ((open ? open->folder : workspace_) == folder_) return;
    // What is on its way into this one's folder ends first; the strip says so.
    if (context_ != nullptr && !context_->busy_with().empty()) return;
    move_to_open_project();
}

void Pages::move_to_open_project() {
    registry_.close_later(true);
    for (auto& [word, shown] : pages_) shown.page.reset();
    context_.reset();  // writes what was typed, and waits for its threads
    registry_.close_later(false);
    std::string trouble;
    try {
        folder_ = studio::enter_project_of(workspace_);
    } catch (const base::Error& error) {
        trouble = fmt::format("{} {}", error.what(), error.hint());
        folder_ = workspace_;
    }
    for (auto& [word, shown] : pages_) {
        make(word, shown);
        shown.page->shown();
    }
    if (context_ != nullptr && !trouble.empty()) {
        context_->trouble = trouble;
        for (const auto& tell : context_->trouble_changed) tell();
    }
}

// Not from within a page that is about to go; and the page `project` comes into view when it is drawn.
void Pages::follow_soon() {
    registry_.loop().post([this, alive = std::weak_ptr(alive_)] {
        if (alive.expired()) return;
        const auto before = folder_;
        follow();
        if (folder_ == before) return;
        coming_ = registry_.loop().every(kUntilItIsDrawn, [this] {
            if (const auto shown = pages_.find("project"); shown != pages_.end()) shown->second.page->come();
            coming_.reset();
        });
    });
}

// In the workspace: the pages of a saved notebook are the same whichever project is open.
void Pages::remember() {
    auto words = shown_.read(kShown).typed;
    const auto mine = notebook_.empty() ? std::string(kShown) : notebook_;
    for (const auto& [word, page] : pages_) {
        auto& notebooks = words[word];
        if (!lists(notebooks, mine)) notebooks += (notebooks.empty() ? "" : "\n") + mine;
    }
    try {
        shown_.write(kShown, words);
    } catch (const base::Error&) {  // as with all that is typed here: the pages say so when something is
    }
}

void Pages::restore() {
    std::error_code ignored;
    if (!std::filesystem::exists(studio::Drafts::folder_in(workspace_), ignored)) return;
    const auto shown = shown_.read(kShown).typed;
    for (const auto& word : words()) {
        const auto known = shown.find(word.word);
        if (known == shown.end() || pages_.contains(word.word)) continue;
        if (notebook_.empty() || lists(known->second, notebook_) || lists(known->second, kShown))
            static_cast<void>(page(word.word));
    }
}

}  // namespace lorikeet::widgets
