// The words that cells hold, and the page that each of them shows: `setup`, `images`, `recipe`, `train` and more.
//
// A word run again shows the same living page, never a second one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/table.hpp"
#include "studio/draft.hpp"
#include "widgets/controls.hpp"
#include "widgets/widget.hpp"

namespace lorikeet::widgets {

class Page;
struct PageContext;
struct ProjectChange;

struct Word {
    std::string word;
    std::string what;  // one sentence
};

// What a cell shows: a widget, or a text where there is none (`html` for notebooks, `text` for everything else).
struct Answer {
    const Widget* widget = nullptr;
    std::string text;
    std::string html;
};

// A page is its class, and a row in the table of pages.cpp.
struct PageRow {
    Word word;
    std::unique_ptr<Page> (*make)(PageContext& context);  // nullptr: the word has an answer of its own
    std::string_view notebook = {};                       // that has its cell; empty: both
};

// In the order of the notebook.
base::Table<PageRow>& page_table();

class Pages {
  public:
    // `folder` is where the person works, the open project's: runs, models and what was typed lie below it. `notebook` is the
    // name of the notebook whose cells these are, "Dataset_Maker"; empty where it is not known. `workspace` is where it is
    // remembered which project is open; empty: the folder.
    Pages(WidgetRegistry& registry, base::Path folder, std::string notebook = {}, base::Path workspace = {});
    ~Pages();
    Pages(const Pages&) = delete;
    Pages& operator=(const Pages&) = delete;

    // The answer to a cell. An unknown word gets the nearest known one and the list; nothing throws but our own bugs.
    Answer answer(std::string_view cell);
    static std::vector<Word> words();
    // Where another project is open by now, here or anywhere else: it gets pages of its own, each in the place where one
    // was shown. Asked every second.
    void follow();
    // Makes the pages that an earlier kernel of this notebook showed in this folder, so that a notebook that was saved with
    // them finds them.
    void restore();

  private:
    // What a cell shows for good, also while the page in it is another project's.
    class Frame;
    struct Shown {
        std::unique_ptr<Frame> frame;
        std::unique_ptr<Page> page;  // goes first
    };
    PageContext& context();
    Page& page(const std::string& word);
    void make(const std::string& word, Shown& shown);
    void move_to_open_project();
    void follow_soon();
    void remember();

    WidgetRegistry& registry_;
    base::Path folder_, workspace_;
    std::string notebook_;
    std::unique_ptr<SharedStyles> styles_;  // of the frames
    studio::Drafts shown_;
    std::shared_ptr<ProjectChange> project_change_;
    std::unique_ptr<PageContext> context_;  // what the pages share; it comes with the first of them
    std::map<std::string, Shown, std::less<>> pages_;
    std::unique_ptr<Timer> watch_, coming_;
    std::shared_ptr<bool> alive_;
};

}  // namespace lorikeet::widgets
