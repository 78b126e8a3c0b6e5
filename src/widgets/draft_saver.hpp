// Keeps what is typed on disk without making anybody wait: a thread writes the newest of each page, and what waits is
// written before the saver goes.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "studio/draft.hpp"
#include "widgets/channel.hpp"

namespace lorikeet::widgets {

class DraftSaver {
  public:
    // `trouble` is told on the loop's thread when something could not be written, with an empty text once it can again.
    DraftSaver(Loop& loop, studio::Drafts& drafts, std::function<void(const std::string&)> trouble);
    ~DraftSaver();
    DraftSaver(const DraftSaver&) = delete;
    DraftSaver& operator=(const DraftSaver&) = delete;

    void keep(const std::string& page, const studio::Typed& typed);
    void settle();   // waits until all of it is on the disk
    bool is_idle();  // it is

  private:
    void serve();
    void write(const std::string& page, const studio::Typed& typed);

    Loop& loop_;
    studio::Drafts& drafts_;
    std::shared_ptr<std::function<void(const std::string&)>> trouble_;  // empty once the saver is gone
    bool in_trouble_ = false;                                           // the writing thread alone
    std::mutex mutex_;
    std::condition_variable news_;
    std::map<std::string, studio::Typed> waiting_;
    bool writing_ = false, leaving_ = false;
    std::thread thread_;
};

}  // namespace lorikeet::widgets
