// A job as it is being typed: texts by path, right or wrong, kept just as they are. The job and all that is wrong with it
// follow from them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "settings/check.hpp"
#include "settings/job.hpp"

namespace lorikeet::widgets {

using Texts = std::map<std::string, std::string, std::less<>>;

// Something that cannot be so, as it is said beside each field it is about.
struct Trouble {
    std::vector<std::string> paths;
    std::string what;  // a sentence
    std::optional<settings::Assignment> fix;
    bool missing = false;  // nothing is wrong yet: it has to be filled in
};

class TypedJob {
  public:
    // `pinned`: lists of sections that never become empty ("data.subsets").
    explicit TypedJob(std::set<std::string> pinned = {});

    const Texts& texts() const { return texts_; }
    std::string text(std::string_view path) const;  // empty when there is no such setting
    // The texts worth keeping: those that are not as they were made, and all of what was added to a list.
    Texts kept() const;

    void write(const Texts& texts);  // what it does not name gets its default; unknown paths are passed over
    void write(const settings::Job& job);
    void type(std::string_view path, const std::string& text);

    std::size_t count(std::string_view list) const;
    void add(const std::string& list);
    void remove(const std::string& list, std::size_t index);
    bool can_undo(std::string_view list) const { return removed_ && removed_->list == list; }
    void undo();  // the last removal

    // With the default where there is trouble.
    const settings::Job& job() const { return job_; }
    const std::vector<Trouble>& troubles() const { return troubles_; }

  private:
    struct Removed {
        std::string list;
        std::size_t index = 0;
        Texts element;  // by key
    };
    std::vector<Texts> elements(const std::string& list) const;
    void set_elements(const std::string& list, const std::vector<Texts>& elements);
    void judge();
    void take_texts();
    void follow_rules();

    std::set<std::string> pinned_;
    Texts texts_;
    settings::Job job_;
    std::vector<Trouble> troubles_;
    std::optional<Removed> removed_;
};

}  // namespace lorikeet::widgets
