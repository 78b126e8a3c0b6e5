// What all pages have in common, in this order: the strip that says where one stands, title, one line of purpose, fields, one main button, one status line, what
// goes on, one log folded away, the next step.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "studio/dataset_check.hpp"
#include "studio/dataset_files.hpp"
#include "studio/draft.hpp"
#include "studio/model_scanner.hpp"
#include "studio/project.hpp"
#include "studio/project_progress.hpp"
#include "widgets/controls.hpp"
#include "widgets/draft_saver.hpp"
#include "widgets/fold.hpp"
#include "widgets/image_gallery.hpp"
#include "widgets/strip.hpp"
#include "widgets/typed_job.hpp"

namespace lorikeet::widgets {

class ProjectWatch;

// What can be taken back on the page `project`, and what it says when another project was opened; both outlive the project.
struct ProjectChange {
    std::string what;  // "my-bird deleted"; empty: nothing
    std::function<void(studio::Projects&)> take_back;
    std::string said;  // "my-bird is open."
    // Changes that the page `project` is at: nobody moves before it has said what it did, and what takes it back.
    int going_on = 0;
};

// What the pages of one notebook share, of one project: another one that is opened gets pages of its own.
struct PageContext {
    // `workspace`: where the open project is remembered; empty: the folder itself.
    PageContext(WidgetRegistry& registry, base::Path folder, base::Path workspace = {});
    ~PageContext();

    SharedStyles styles;
    base::Path folder;  // where the person works: the open project's
    base::Path workspace;
    studio::Drafts drafts;
    studio::Drafts of_person;
    studio::ModelScanner found_models;
    TypedJob recipe;                                     // as it stands on the page `recipe`
    Texts recipe_page;                                   // what that page keeps beside it: "page.open"
    std::vector<std::function<void()>> recipe_changed;   // told after each change
    std::vector<std::function<void()>> runs_changed;     // a run began or ended, or a LoRA was written
    Texts dataset_page;                                  // "folder": of the images, as it was typed
    std::vector<std::function<void()>> dataset_changed;  // another folder, or other files in it
    // Of all pages: what one has read, the others need not.
    std::shared_ptr<studio::DatasetLister> lister = std::make_shared<studio::DatasetLister>();
    std::map<std::string, ImageFrame>
        dataset_frames;  // what training takes of each image, once it was checked
    std::vector<std::function<void()>> frames_changed;
    std::string trouble;  // why what is typed is not kept; empty when it is
    std::vector<std::function<void()>> trouble_changed;
    std::vector<studio::CheckFinding> findings;  // of the last check, with the names of their images
    std::string shown_finding;                   // the kind that the gallery shows alone; empty: all images
    std::vector<std::function<void()>> findings_changed;
    std::string after_setup = "recipe";  // the word of the notebook's next cell
    std::string after_project = "recipe";
    std::shared_ptr<ProjectChange> project_change;
    // To the project that is open now, once this turn of the loop has ended; nullptr where there are no pages to change.
    std::function<void()> follow_project;
    std::vector<std::function<std::string()>>
        busy;  // a sentence why this project cannot be left now, or nothing
    std::string busy_with() const;
    // The name of the notebook that has this cell, where it is another one.
    std::function<std::string(std::string_view word)> notebook_of;
    // Brings the page of another word into view where it is shown; false before it was made.
    std::function<bool(std::string_view word)> go_to;
    std::vector<std::function<void(std::string_view word)>> page_came;  // told when a window has it in view
    DraftSaver saver;

    Loop& loop() const { return styles.registry().loop(); }
    // The recipe has changed: it is kept on disk, and told to all who listen.
    void take_recipe(const TypedJob& typed);
    // A setting of the recipe changed by a button of another page.
    void type_recipe(std::string_view path, const std::string& text);
    void keep_recipe();
    // Where the images of the dataset lie: as typed on the page `project`, else the recipe's folder, else "pictures".
    std::string dataset_typed() const;
    base::Path dataset() const;
    // What another program typed into this project is taken over.
    void take_news();
    ProjectWatch& watch();
    void show_findings(std::vector<studio::CheckFinding> found);
    void show_finding(const std::string& kind);
    void type_dataset(const std::string& typed);
    // The images stay where they are typed now, whatever folder the recipe names from here on.
    void keep_dataset();
    // What is typed on all pages, as the strip and the cards read it.
    studio::TypedPages typed_pages() const;
    bool is_model_chosen() const { return studio::is_model_chosen(typed_pages().recipe); }
    void tell_dataset() const;
    void show_frames(std::map<std::string, ImageFrame> frames);
    void tell_runs() const;

  private:
    std::unique_ptr<ProjectWatch> watch_;  // comes with the first page, goes before all else
};

enum class Mood { Ready, Busy, Done, Look, Wrong };

class Page {
  public:
    explicit Page(PageContext& context);
    virtual ~Page();
    Page(const Page&) = delete;
    Page& operator=(const Page&) = delete;

    const Widget& widget() const { return *box_; }
    virtual void shown() {}  // its cell was run again
    void come();             // into view, in the window that is looked at
    virtual void came() {}   // another page has led here

    // For tests: what the page says and has.
    std::string status() const { return status_text_; }
    Mood mood() const { return mood_; }
    Button& main() const { return *main_; }

  protected:
    struct Wording {
        std::string title, purpose;
        std::string main, icon;  // of the main button
        std::string next;        // HTML
    };
    struct Parts {
        Children fields;
        Children beside;  // buttons after the main one
        Children below;   // what goes on: under the status line
    };
    // Once, at the end of the constructor of each page.
    void assemble(const Wording& wording, Parts parts, std::function<void()> pressed);

    void say(Mood mood, const std::string& sentence, const std::string& more = {});
    void say(const base::Error& error);  // cause and remedy; the raw words go into the log
    void log(const std::string& line);
    void write_log(const std::vector<std::string>& lines);  // in place of what was there
    void say_next(const std::string& html);
    void lead_to_trouble();  // the focus goes to the first field that needs a look
    // To the page of this word, and says which cell to run.
    enum class Way { Below, Above };
    void lead_on(std::string_view word, Way way = Way::Below);

    PageContext& context_;
    SharedStyles& styles_;

  private:
    void show_status();
    void take_came(std::string_view word);

    std::unique_ptr<Box> box_;
    void point_to(const StripItem& item);
    class Aid;
    Aid* aid_ = nullptr;
    Button* main_ = nullptr;
    Html* status_ = nullptr;
    Html* log_text_ = nullptr;
    Html* next_ = nullptr;
    std::string status_text_, more_, aside_;
    struct LedTo {
        std::string word, said, then;
    } led_to_;
    Mood mood_ = Mood::Ready;
    std::deque<std::string> log_;
};

// A table of facts: a name and what is to be said of it (plain text), a row each.
struct Fact {
    std::string name, text;
};
std::string facts_table(const std::vector<Fact>& facts);

}  // namespace lorikeet::widgets
