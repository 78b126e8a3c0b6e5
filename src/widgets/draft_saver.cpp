#include "widgets/draft_saver.hpp"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"

namespace lorikeet::widgets {

DraftSaver::DraftSaver(Loop& loop, studio::Drafts& drafts, std::function<void(const std::string&)> trouble)
    : loop_(loop),
      drafts_(drafts),
      trouble_(std::make_shared<std::function<void(const std::string&)>>(std::move(trouble))),
      thread_([this] { serve(); }) {}

DraftSaver::~DraftSaver() {
    {
        const std::lock_guard lock(mutex_);
        leaving_ = true;
    }
    news_.notify_all();
    thread_.join();
    *trouble_ = nullptr;
}

void DraftSaver::keep(const std::string& page, const studio::Typed& typed) {
    {
        const std::lock_guard lock(mutex_);
        waiting_[page] = typed;
    }
    news_.notify_all();
}

void DraftSaver::settle() {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [this] { return waiting_.empty() && !writing_; });
}

bool DraftSaver::is_idle() {
    const std::lock_guard lock(mutex_);
    return waiting_.empty() && !writing_;
}

void DraftSaver::serve() {
    std::unique_lock lock(mutex_);
    while (true) {
        news_.wait(lock, [this] { return leaving_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const auto next = waiting_.extract(waiting_.begin());
        writing_ = true;
        lock.unlock();
        write(next.key(), next.mapped());
        lock.lock();
        writing_ = false;
        news_.notify_all();
    }
}

void DraftSaver::write(const std::string& page, const studio::Typed& typed) {
    std::string said;
    try {
        drafts_.write(page, typed);
        if (!std::exchange(in_trouble_, false)) return;
    } catch (const base::Error& error) {
        in_trouble_ = true;
        said = fmt::format("What you typed could not be kept on disk. {} {}", error.what(), error.hint());
    }
    loop_.post([trouble = trouble_, said] {
        if (*trouble) (*trouble)(said);
    });
}

}  // namespace lorikeet::widgets
