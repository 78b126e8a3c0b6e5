// The notebook's side of widgets without a notebook: a channel that writes down what was said, and a loop turned by hand.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "widgets/channel.hpp"

namespace lorikeet::support {

struct Said {
    std::string what;  // "open", "update", "message", "close"
    std::string id;
    nlohmann::json content;
    std::vector<widgets::Buffer> buffers;
    std::vector<std::string> parts;  // of a message: its buffers
};

// Nothing is coalesced here: every update is one entry.
class RecordingChannel : public widgets::Channel {
  public:
    void open(const std::string& id, const nlohmann::json& state,
              const std::vector<widgets::Buffer>& buffers) override {
        said.push_back({"open", id, state, buffers, {}});
    }
    void update(const std::string& id, const nlohmann::json& changed,
                const std::vector<widgets::Buffer>& buffers) override {
        said.push_back({"update", id, changed, buffers, {}});
    }
    void send(const std::string& id, const nlohmann::json& content,
              const std::vector<std::string>& buffers) override {
        said.push_back({"message", id, content, {}, buffers});
    }
    void close(const std::string& id) override { said.push_back({"close", id, {}, {}, {}}); }

    // What a window would show of a widget: its opening state with all updates laid over it; null when there is none.
    nlohmann::json shown(const std::string& id) const {
        nlohmann::json state;
        for (const auto& entry : said) {
            if (entry.id != id) continue;
            if (entry.what == "open") state = entry.content;
            if (entry.what == "update") state.update(entry.content);
            if (entry.what == "close") state = nullptr;
        }
        return state;
    }
    std::vector<Said> of(const std::string& id, const std::string& what) const {
        std::vector<Said> found;
        for (const auto& entry : said)
            if (entry.id == id && entry.what == what) found.push_back(entry);
        return found;
    }

    std::vector<Said> said;
};

// Time stands still until it is moved. `post` may be called from any thread, everything else from the test's alone.
class HandLoop : public widgets::Loop {
  public:
    void post(std::function<void()> work) override {
        const std::lock_guard hold(mutex_);
        posted_.push_back(std::move(work));
        came_.notify_all();
    }
    std::unique_ptr<widgets::Timer> every(std::chrono::milliseconds pause,
                                          std::function<void()> work) override {
        auto ring = std::make_shared<Ring>(Ring{now_ + pause, pause, std::move(work)});
        rings_.push_back(ring);
        return std::make_unique<Held>(std::move(ring));
    }

    // Runs all that was posted, and what that posts in turn.
    void run() {
        while (auto work = next()) work();
    }
    // The same until `done`; waits for threads that post. False when that takes longer than `longest`.
    template <class Done>
    bool run_until(Done done, std::chrono::milliseconds longest = std::chrono::seconds(20)) {
        const auto end = std::chrono::steady_clock::now() + longest;
        for (;;) {
            run();
            if (done()) return true;
            std::unique_lock hold(mutex_);
            const auto some = [this] { return !posted_.empty(); };
            if (!came_.wait_until(hold, end, some)) return false;
        }
    }
    // Lets time pass: timers ring as often as they would have.
    void advance(std::chrono::milliseconds time) {
        for (const auto end = now_ + time; now_ < end;) {
            now_ += std::chrono::milliseconds(1);
            for (const auto& weak : std::vector(rings_))
                if (const auto ring = weak.lock(); ring && ring->next <= now_) {
                    ring->next += ring->pause;
                    ring->work();
                }
            run();
        }
    }

  private:
    struct Ring {
        std::chrono::milliseconds next, pause;
        std::function<void()> work;
    };
    struct Held : widgets::Timer {
        explicit Held(std::shared_ptr<Ring> held) : ring(std::move(held)) {}
        std::shared_ptr<Ring> ring;
    };

    std::function<void()> next() {
        const std::lock_guard hold(mutex_);
        if (posted_.empty()) return {};
        auto work = std::move(posted_.front());
        posted_.pop_front();
        return work;
    }

    std::mutex mutex_;
    std::condition_variable came_;
    std::deque<std::function<void()>> posted_;
    std::chrono::milliseconds now_{0};
    std::vector<std::weak_ptr<Ring>> rings_;
};

}  // namespace lorikeet::support
