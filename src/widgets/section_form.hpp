// Fields for settings that are no part of a job, such as a tagger's: each of a schema gets one.
//
// Nothing changes what stands in a field but the person.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "settings/field.hpp"
#include "widgets/controls.hpp"
#include "widgets/field_view.hpp"
#include "widgets/typed_job.hpp"

namespace lorikeet::widgets {

class SectionForm {
  public:
    // `object` is of the type that `schema` describes, and outlives the form: what is typed stands in it, and the default
    // where that cannot be so.
    SectionForm(SharedStyles& styles, const settings::Schema& schema, void* object);

    // The field of one setting; all that were not taken yet. Each once.
    std::unique_ptr<Control> take(std::string_view key);
    Children take_rest();

    Texts kept() const;              // that are not as they were made
    void write(const Texts& texts);  // what it does not name gets its default
    void type(std::string_view key, const std::string& text);
    std::string text(std::string_view key) const;
    FieldView& field(std::string_view key) const;

    // "2 fields need a look: Threshold, Extension." Empty when all is well.
    std::string summary() const;

    std::function<void()> on_change;

  private:
    void judge();
    void read_texts(std::vector<Trouble>& troubles);
    bool in_force(const settings::Field& field) const;

    const settings::Schema& schema_;
    void* object_;
    Texts texts_;
    std::map<std::string, std::unique_ptr<FieldView>, std::less<>> made_;
    std::map<std::string, FieldView*, std::less<>> views_;
    std::vector<std::string> troubled_;  // keys
};

}  // namespace lorikeet::widgets
