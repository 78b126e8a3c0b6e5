// Where imported files wait until all of them can be put in their places at once: a hidden folder inside the dataset's, so
// that the last move is a rename on the same disk. It goes when this goes; what is left after a crash is removed by the
// next import.
//
// Throws   Error{Conflict} when another import works on that folder; Error{NoSpace}, Error{Io}, Error{InvalidInput} when
//          the folder cannot be written to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "studio/import_plan.hpp"

namespace lorikeet::studio {

class ImportStaging {
  public:
    // Makes the folder where it is not there; one that this made and that stays empty is removed again.
    explicit ImportStaging(base::Path dataset);
    ~ImportStaging();
    ImportStaging(const ImportStaging&) = delete;
    ImportStaging& operator=(const ImportStaging&) = delete;

    struct Written {
        base::Path file;
        std::uint64_t bytes = 0;
        std::string sha256;
    };
    // `more` gives piece after piece, and nothing at the end. When it throws, nothing of the file stays.
    Written write(const std::function<std::span<const std::byte>()>& more);
    void drop(const base::Path& file);

    // All of them, or none: what was moved already is moved back when one cannot be. Never over a file that is there.
    void publish(std::span<const TakenFile> files);

    // The files of the dataset as they were before, without what begins with a dot; links are not followed.
    std::vector<ExistingFile> existing() const;

    const base::Path& dataset() const { return dataset_; }
    const base::Path& folder() const { return folder_; }

  private:
    base::Path dataset_, folder_;
    std::vector<base::Path> made_;  // folders, outermost first
    std::optional<base::FileLock> lock_;
    std::size_t count_ = 0;
};

}  // namespace lorikeet::studio
