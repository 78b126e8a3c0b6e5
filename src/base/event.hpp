// Things that happen during a run, told to whoever listens: the run directory, the terminal view.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace lorikeet::base {

// One thing that happened. `kind` is one of: phase, progress, metrics, warning, sample, checkpoint, state,
// end. docs/formats/run-directory.md lists the fields of each.
struct Event {
    using Value = std::variant<bool, std::int64_t, double, std::string, std::vector<std::string>>;
    std::string kind;
    std::vector<std::pair<std::string, Value>> fields;

    const Value* find(std::string_view name) const;
    double number(std::string_view name, double otherwise = 0) const;  // also of a whole number
    std::string text(std::string_view name) const;                     // empty when absent
};

// Called from one thread at a time.
class EventSink {
  public:
    virtual ~EventSink() = default;
    virtual void take(const Event& event) = 0;
};

// Hands every event to several listeners, in order.
class EventFan : public EventSink {
  public:
    void add(EventSink& sink) { sinks_.push_back(&sink); }
    void take(const Event& event) override;

  private:
    std::vector<EventSink*> sinks_;
};

}  // namespace lorikeet::base
