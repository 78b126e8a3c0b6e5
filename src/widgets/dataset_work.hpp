// Changes that a page makes to the files of the dataset: each in its turn on a thread of its own, and what came of it on the
// loop's thread, with the words for it. None is dropped, and none of them can end the kernel.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "studio/undo_journal.hpp"
#include "widgets/work_queue.hpp"

namespace lorikeet::widgets {

class DatasetWork {
  public:
    using Answer = WorkQueue::Answer;
    using Work = std::function<Answer()>;  // may throw
    using Failed = std::function<void(const base::Error&)>;
    using Does =
        std::function<std::optional<studio::ChangeOutcome>()>;  // nothing: there was nothing to be done
    using Done = std::function<void(const std::optional<studio::ChangeOutcome>&)>;

    explicit DatasetWork(Loop& loop) : queue_(loop) {}

    std::function<void(bool busy)> on_busy;           // with the first that waits, and after the last one
    std::function<void(const std::string&)> on_line;  // for the log: each file that stays as it was, and why

    void add(Work work, Failed failed);
    void change(Does does, Done done, Failed failed);
    std::size_t going_on() const { return going_on_; }

    struct Words {
        std::string text;
        bool failed = false;  // some file stays as it was
    };
    // "Taken back: 3 images renamed." by an ending such as "Taken back: {}."; with how many files stay as they were, and why
    // the first of them does.
    Words words_for(const studio::ChangeOutcome& outcome, const std::string& ending) const;

  private:
    std::size_t going_on_ = 0;  // the loop's thread alone
    WorkQueue queue_;           // goes first
};

}  // namespace lorikeet::widgets
