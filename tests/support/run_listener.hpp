// Hears a run, and does something at a certain event.
#pragma once

#include <algorithm>
#include <functional>
#include <iterator>
#include <mutex>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/event.hpp"

namespace lorikeet::support {

class RunListener : public base::EventSink {
  public:
    using At = std::function<void(const base::Event&)>;
    explicit RunListener(At at = {}) : at_(std::move(at)) {}
    void take(const base::Event& event) override {
        events.push_back(event);
        if (at_) at_(event);
    }
    std::vector<base::Event> of(std::string_view kind) const {
        std::vector<base::Event> found;
        std::copy_if(events.begin(), events.end(), std::back_inserter(found),
                     [&](const auto& event) { return event.kind == kind; });
        return found;
    }
    // All warnings and notes in one text.
    std::string said() const {
        std::string text;
        for (const auto& event : events)
            if (event.kind == "warning" || event.kind == "note") text += event.text("text") + "\n";
        return text;
    }
    std::vector<base::Event> events;
    base::Cancel cancel;

  private:
    At at_;
};

// "metrics" of this step.
inline bool is_step(const base::Event& event, std::int64_t step) {
    return event.kind == "metrics" && event.number("step") == static_cast<double>(step);
}

}  // namespace lorikeet::support
