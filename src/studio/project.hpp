// Projects: a project is a folder that owns images, recipes, runs and outputs; it is used as a working folder is.
//
//   <workspace>/.lorikeet/workspace.json    which project is open, and where projects lie
//   <workspace>/projects/<folder>/          a project; the folder's name is safe on every file system
//       .lorikeet/project.json              its name as it was typed, and since when
//   <workspace>/projects/.trash/            what was deleted
//
// A workspace where none is open is a working folder as ever. Nothing is ever written over: a damaged workspace.json is kept
// beside the one that takes its place.
//
// Source   docs/formats/project.md
// Throws   Error{NotFound} for a name that is none, with the nearest; Error{Conflict} where another project has the name, or
//          one that differs in case or in the form of Unicode alone, and while a run works in it; Error{InvalidInput} for
//          a name that is none; Error{Io}, Error{NoSpace}.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

struct Project {
    std::string name;  // as it was typed
    base::Path folder;
    std::string created;  // UTC
    bool is_open = false;
    bool operator==(const Project&) const = default;
};

struct ProjectSize {
    std::uint64_t bytes = 0;
    std::int64_t images = 0, runs = 0;
};
// Looks at every file, so it may take a moment.
ProjectSize size_of(const Project& project);

struct TrashedProject {
    std::string name;
    base::Path folder;
    std::string deleted;  // UTC
    std::uint64_t bytes = 0;
};

class Projects {
  public:
    // `folder` is where projects lie: empty is what the workspace remembers, else "projects" in it. One that is given is
    // remembered with the next project that is made or opened.
    explicit Projects(base::Path workspace, base::Path folder = {});

    std::vector<Project> list() const;  // by name; nothing is made
    Project find(std::string_view name) const;
    std::optional<Project> open_one() const;  // nothing also when its folder is gone
    // A sentence: why it cannot be told which is open, though one was. Empty where all is well, and where none was open.
    std::string trouble() const;

    Project create(std::string_view name);  // and opens it
    Project open(std::string_view name);
    void close();  // the workspace itself is worked in again
    // Its folder gets the new name too.
    Project rename(std::string_view name, std::string_view new_name);

    TrashedProject remove(std::string_view name);  // into the trash; it is closed where it was open
    std::vector<TrashedProject> trash() const;     // the last deleted first
    Project restore(std::string_view name);        // the last deleted of that name
    std::uint64_t empty_trash();                   // returns the bytes; for good

    const base::Path& folder() const { return folder_; }

  private:
    void remember(const std::string& open);
    base::Path free_folder(std::string_view name, const base::Path& but_for) const;
    void expect_free(std::string_view name, const base::Path& but_for) const;

    base::Path workspace_, folder_;
    std::string open_;      // the folder's name of the open project; empty: none
    bool damaged_ = false;  // workspace.json is there and is not what was written
};

}  // namespace lorikeet::studio
