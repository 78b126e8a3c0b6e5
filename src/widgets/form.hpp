// A form of a job, made from describe() alone: every setting has its place on it, whatever settings there are.
//
// Nothing changes what stands in a field but the person, and what the person asks for by a button.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "settings/job.hpp"
#include "widgets/controls.hpp"
#include "widgets/field_view.hpp"
#include "widgets/fold.hpp"
#include "widgets/list_view.hpp"
#include "widgets/typed_job.hpp"

namespace lorikeet::widgets {

class Form {
  public:
    enum class Rest { BehindSwitch, LeftOut };
    // `lead`: settings that the page places by itself. All others are behind the switch, or left out.
    Form(SharedStyles& styles, std::vector<std::string> lead, Rest rest);
    ~Form();
    Form(const Form&) = delete;
    Form& operator=(const Form&) = delete;

    // Each once: the field of a lead setting, and the switch with everything behind it.
    std::unique_ptr<Control> take_lead(std::string_view path);
    std::unique_ptr<Control> take_rest();

    const TypedJob& typed() const { return typed_; }
    void write(const Texts& texts);  // what it does not name gets its default
    void write(const settings::Job& job);
    void type(std::string_view path, const std::string& text);  // as if the person had

    bool is_open() const;  // the switch
    void open(Shown shown);

    // What the page found out about what the fields name (a folder that is not there): told like the form's own
    // troubles, in place of what was found before.
    void set_found(std::vector<Trouble> found);
    // The troubles of settings that are on this form.
    std::vector<Trouble> troubles() const;
    // "2 fields need a look: Learning rate, Batch." Empty when all is well.
    std::string summary() const;
    FieldView* find(std::string_view path) const;  // nullptr when it is not on this form
    std::vector<std::string> paths() const;        // of all fields

    std::function<void()> on_change;  // after anything was typed, chosen, added or removed

  private:
    // A fold, and which settings are inside.
    struct FoldedSettings {
        Fold* fold;
        std::string title, prefix;
        settings::Level level;
        bool list;
    };
    bool holds(const FoldedSettings& part, const std::string& path) const;
    void make_rest();
    void make_section(Children& folds, const settings::Field& section, const std::string& path);
    void collect(Children& fields, const settings::Schema& table, const std::string& path,
                 settings::Level level);
    std::unique_ptr<Control> make_list(const settings::Field& field, const std::string& path);
    void make_fold(Children& folds, Children fields, FoldedSettings part);
    void show_folds();
    void adopt(FieldView& view);
    bool is_lead(std::string_view path) const;
    void show_lists();
    void show_all();
    void changed();

    SharedStyles& styles_;
    std::vector<std::string> lead_;
    TypedJob typed_;
    std::vector<Trouble> found_;
    std::vector<Trouble> all_troubles() const;
    std::map<std::string, std::unique_ptr<FieldView>, std::less<>> lead_views_;
    std::unique_ptr<Control> rest_;
    Checkbox* switch_ = nullptr;
    Box* behind_ = nullptr;
    std::vector<FoldedSettings> folds_;
    std::vector<ListView*> lists_;
    std::map<std::string, FieldView*, std::less<>> views_;
};

}  // namespace lorikeet::widgets
