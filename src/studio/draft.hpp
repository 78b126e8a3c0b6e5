// What a person typed, kept on disk as it is typed: one small file for each page, so that a closed tab, a restarted
// kernel or a machine that went away costs nothing. Texts are kept as they stand, also those that no setting takes yet.
//
// Two programs on one folder do not undo each other's work: what is written are the keys that this one changed since it
// last read or wrote, over whatever lies there by then. For one key the last writer wins.
//
// Source   docs/formats/draft.md
// Throws   Error{NoSpace}, Error{Io} when writing; what was there before is untouched, and the next write tries again.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace lorikeet::studio {

using Typed = std::map<std::string, std::string, std::less<>>;  // "optim.lr" -> "5e-"

struct DraftReading {
    Typed typed;
    std::string trouble;  // a sentence when the file was damaged; it is kept beside as it was
};

// Safe from any thread.
class Drafts {
  public:
    // Below `folder`; it is made at the first write.
    explicit Drafts(base::Path folder);
    // Where those of a working folder lie: `.lorikeet/draft` in it.
    static base::Path folder_in(const base::Path& working_folder);
    // What belongs to the person, not to a project: $XDG_CONFIG_HOME/lorikeet, else ~/.config/lorikeet.
    static base::Path folder_of_person();

    // Nothing typed yet is an empty answer. `name` is a word: a page, "preferences".
    DraftReading read(std::string_view name);
    // The same for one who only looks: nothing is remembered, and a damaged file stays where it is, as an empty answer.
    Typed peek(std::string_view name) const;
    // The keys that another program has changed since this one last read or wrote, with their texts now; none for a key
    // that is gone. From here on they are known: whoever writes next has to have taken them.
    std::map<std::string, std::optional<std::string>, std::less<>> news(std::string_view name);
    // All of a page as it stands now. A key that was known and is left out is forgotten. When nothing changed, nothing
    // is written.
    void write(std::string_view name, const Typed& typed);

  private:
    base::Path file_of(std::string_view name) const;
    base::Path folder_;
    std::mutex guard_;
    std::map<std::string, Typed, std::less<>> known_;  // as last read or written
};

// Person-level wishes, kept in the same manner under "preferences".
struct Preferences {
    int break_minutes = 45;  // a quiet line in long runs after so long; 0: none
    bool operator==(const Preferences&) const = default;
};
Preferences read_preferences(Drafts& of_person);
void write_preferences(Drafts& of_person, const Preferences& preferences);

}  // namespace lorikeet::studio
