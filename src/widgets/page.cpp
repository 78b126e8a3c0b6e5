#include "widgets/page.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/path.hpp"
#include "base/text.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/project_watch.hpp"
#include "widgets/web.hpp"
#include "widgets/wording.hpp"

namespace lorikeet::widgets {

namespace {

constexpr std::size_t kKeptLogLines = 200;

std::string_view sign_of(Mood mood) {
    switch (mood) {
        case Mood::Ready: return "\u25cb";
        case Mood::Busy: return "\u2026";
        case Mood::Done: return "\u2713";
        case Mood::Look: return "\u2794";
        case Mood::Wrong: return "\u26a0";
    }
    return "";
}

// A project's first recipe is called as the project is, where a run can be called so.
void name_after_project(TypedJob& recipe, const base::Path& project) {
    constexpr std::string_view kName = "output.name";
    const auto usual = recipe.text(kName);
    if (base::is_there(project / recipe.job().output.folder / usual)) return;  // it was trained as that
    recipe.type(kName, project.filename().string());
    const auto is_of_name = [&](const Trouble& trouble) {
        return std::find(trouble.paths.begin(), trouble.paths.end(), kName) != trouble.paths.end();
    };
    if (std::any_of(recipe.troubles().begin(), recipe.troubles().end(), is_of_name))
        recipe.type(kName, usual);
}

}  // namespace

PageContext::PageContext(WidgetRegistry& registry, base::Path folder_, base::Path workspace_)
    : styles(registry),
      folder(std::move(folder_)),
      workspace(workspace_.empty() ? folder : std::move(workspace_)),
      drafts(studio::Drafts::folder_in(folder)),
      of_person(studio::Drafts::folder_of_person()),
      recipe({"data.subsets"}),
      project_change(std::make_shared<ProjectChange>()),
      saver(registry.loop(), drafts, [this](const std::string& said) {
          trouble = said;
          for (const auto& tell : trouble_changed) tell();
      }) {
    const auto reading = drafts.read("recipe");
    recipe.write(reading.typed);
    if (workspace != folder && !reading.typed.contains("output.name")) name_after_project(recipe, folder);
    for (const auto& [key, text] : reading.typed)
        if (key.starts_with("page.")) recipe_page[key] = text;
    trouble = reading.trouble;
    dataset_page = drafts.read("dataset").typed;
}

PageContext::~PageContext() = default;

ProjectWatch& PageContext::watch() {
    if (!watch_) watch_ = std::make_unique<ProjectWatch>(*this);
    return *watch_;
}

std::string PageContext::busy_with() const {
    for (const auto& ask : busy)
        if (auto why = ask(); !why.empty()) return why;
    return {};
}

studio::TypedPages PageContext::typed_pages() const {
    auto kept = recipe.kept();
    kept.insert(recipe_page.begin(), recipe_page.end());
    return {std::move(kept), dataset_page};
}

std::string PageContext::dataset_typed() const { return studio::dataset_typed(typed_pages()); }

base::Path PageContext::dataset() const { return studio::dataset_of(folder, typed_pages()); }

void PageContext::take_news() {
    if (!saver.is_idle()) return;  // what waits to be written was typed without knowing of it
    const auto take = [](Texts& texts, const std::string& key, const std::optional<std::string>& text) {
        if (text)
            texts[key] = *text;
        else
            texts.erase(key);
    };
    if (const auto news = drafts.news("dataset"); !news.empty()) {
        const auto before = dataset_typed();
        for (const auto& [key, text] : news) take(dataset_page, key, text);
        if (dataset_typed() != before) tell_dataset();
    }
    const auto news = drafts.news("recipe");
    if (news.empty()) return;
    auto texts = recipe.kept();
    for (const auto& [key, text] : news) take(key.starts_with("page.") ? recipe_page : texts, key, text);
    recipe.write(texts);
    for (const auto& tell : recipe_changed) tell();
}

void PageContext::type_dataset(const std::string& typed) {
    dataset_page["folder"] = typed;
    show_frames({});
    saver.keep("dataset", dataset_page);
    tell_dataset();
}

void PageContext::keep_dataset() {
    if (dataset_page.contains("folder")) return;
    dataset_page["folder"] = dataset_typed();
    saver.keep("dataset", dataset_page);
}

void PageContext::show_frames(std::map<std::string, ImageFrame> frames) {
    dataset_frames = std::move(frames);
    for (const auto& tell : frames_changed) tell();
}

void PageContext::show_findings(std::vector<studio::CheckFinding> found) {
    findings = std::move(found);
    const auto shown = [this](const auto& finding) { return finding.kind == shown_finding; };
    if (std::none_of(findings.begin(), findings.end(), shown)) shown_finding.clear();
    for (const auto& tell : findings_changed) tell();
}

void PageContext::show_finding(const std::string& kind) {
    shown_finding = kind;
    for (const auto& tell : findings_changed) tell();
}

void PageContext::tell_dataset() const {
    for (const auto& tell : dataset_changed) tell();
}

void PageContext::take_recipe(const TypedJob& typed) {
    recipe = typed;
    keep_recipe();
    for (const auto& tell : recipe_changed) tell();
}

void PageContext::type_recipe(std::string_view path, const std::string& text) {
    auto typed = recipe;
    typed.type(path, text);
    take_recipe(typed);
}

void PageContext::keep_recipe() { saver.keep("recipe", typed_pages().recipe); }

void PageContext::tell_runs() const {
    for (const auto& tell : runs_changed) tell();
}

// Shortcuts, descriptions, what is read aloud, and the focus: see web/page.js.
class Page::Aid : public Control {
  public:
    explicit Aid(SharedStyles& styles)
        : Control(styles, "Any", {{}, {}, {"lk-hidden"}},
                  anywidget_state("lorikeet.page", std::string(web_file("page.js")))) {}
    void come() { send({{"kind", "come"}}); }
    void to_trouble() { send({{"kind", "trouble"}}); }
    std::function<void()> on_came;  // a window shows the page

    void take_message(const nlohmann::json& content, const std::vector<std::string>& /*buffers*/) override {
        if (content.is_object() && content.value("kind", nlohmann::json()) == "came" && on_came) on_came();
    }
};

Page::Page(PageContext& context) : context_(context), styles_(context.styles) {}
Page::~Page() = default;

void Page::assemble(const Wording& wording, Parts parts, std::function<void()> pressed) {
    using Classes = std::vector<std::string>;
    Children all, row;
    put<Html>(all, styles_, fmt::format("<style>{}</style>", web_file("style.css")), Classes{"lk-hidden"});
    aid_ = &put<Aid>(all, styles_);
    const auto word = base::to_lower(wording.title);
    aid_->on_came = [this, word] {
        for (const auto& tell : context_.page_came) tell(word);
    };
    context_.page_came.emplace_back([this](std::string_view came) { take_came(came); });
    auto& strip = put<Strip>(all, styles_, word);
    const auto tell_strip = [this, &strip] { strip.tell(context_.watch().state()); };
    tell_strip();
    context_.watch().listen(tell_strip);
    strip.on_press = [this](const StripItem& item) { point_to(item); };
    put<Html>(all, styles_,
              fmt::format("<div role=\"heading\" aria-level=\"2\">{}</div>", escape(wording.title)),
              Classes{"lk-title"});
    put<Html>(all, styles_, escape(wording.purpose), Classes{"lk-purpose"});
    put<Box>(all, styles_, Box::Way::Down, std::move(parts.fields), Classes{"lk-fields"});
    main_ = &put<Button>(row, styles_, ControlText{wording.main, {}, {"lk-main"}}, wording.icon,
                         std::move(pressed), Button::Kind::Main);
    for (auto& control : parts.beside) row.push_back(std::move(control));
    put<Box>(all, styles_, Box::Way::Across, std::move(row), Classes{"lk-buttons"});
    status_ = &put<Html>(all, styles_, "", Classes{"lk-status"});
    for (auto& control : parts.below) all.push_back(std::move(control));
    Children inside;
    log_text_ = &put<Html>(inside, styles_, "<pre class=\"lk-log\">Nothing yet.</pre>");
    put<Fold>(all, styles_, "Log", std::move(inside));
    next_ = &put<Html>(all, styles_, wording.next, Classes{"lk-next"});
    box_ = std::make_unique<Box>(styles_, Box::Way::Down, std::move(all), Classes{"lk-page"});
    context_.trouble_changed.emplace_back([this] { show_status(); });
    show_status();
}

void Page::say(Mood mood, const std::string& sentence, const std::string& more) {
    mood_ = mood;
    status_text_ = sentence;
    more_ = more;
    aside_.clear();
    show_status();
}

// Brings the page of an item into view, and says where it is where that cannot be.
void Page::point_to(const StripItem& item) {
    const auto notebook = context_.notebook_of ? context_.notebook_of(item.cell) : std::string();
    const bool came = notebook.empty() && context_.go_to && context_.go_to(item.cell);
    aside_ = fmt::format("{}: {} the cell {}{}.", item.text, came ? "see" : "run", item.cell,
                         notebook.empty() ? "" : fmt::format(" in the notebook {}", notebook));
    show_status();
}

void Page::say(const base::Error& error) {
    say(Mood::Wrong, error.what(), error.hint());
    log(fmt::format("{} {}", error.what(), error.hint()));
}

void Page::show_status() {
    if (status_ == nullptr) return;
    auto html = fmt::format("<div><span class=\"lk-icon\" aria-hidden=\"true\">{}</span>{}", sign_of(mood_),
                            escape(words_for_page(status_text_)));
    if (!more_.empty()) html += "<br>" + escape(words_for_page(more_));
    if (!aside_.empty()) html += "<br>" + escape(aside_);
    if (!context_.trouble.empty())
        html += fmt::format("<br><span aria-hidden=\"true\">\u26a0</span> {}", escape(context_.trouble));
    status_->write(html + "</div>");
}

void Page::log(const std::string& line) {
    log_.push_back(line);
    while (log_.size() > kKeptLogLines) log_.pop_front();
    write_log({log_.begin(), log_.end()});
}

void Page::write_log(const std::vector<std::string>& lines) {
    log_.assign(lines.begin(), lines.end());
    log_text_->write(fmt::format("<pre class=\"lk-log\">{}</pre>", escape(base::join(lines, "\n"))));
}

void Page::come() {
    aid_->come();
    came();
}

void Page::lead_to_trouble() { aid_->to_trouble(); }

// That a page was made does not tell that its panel stands in the notebook: what to do where it does not is said until a window
// tells that it is there.
void Page::lead_on(std::string_view word, Way way) {
    const bool below = way == Way::Below;
    say(below ? Mood::Done : Mood::Look,
        fmt::format("Next: run the cell {} {}.", word, below ? "below" : "above"),
        "Click it and press Shift+Enter.");
    led_to_ = {std::string(word), status_text_,
               fmt::format("See the page {} {}.", word, below ? "below" : "above")};
    if (context_.go_to) context_.go_to(word);
}

void Page::take_came(std::string_view word) {
    if (led_to_.word != word) return;
    const auto led = std::exchange(led_to_, {});
    if (led.said == status_text_) say(Mood::Done, led.then);
}

void Page::say_next(const std::string& html) { next_->write(html); }

std::string facts_table(const std::vector<Fact>& facts) {
    std::string rows;
    for (const auto& fact : facts)
        rows += fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escape(fact.name),
                            escape(fact.text));
    return fmt::format("<table class=\"lk-facts\">{}</table>", rows);
}

}  // namespace lorikeet::widgets
