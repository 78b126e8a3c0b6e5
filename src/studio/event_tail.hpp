// The end of a file that only grows, a line at a time: each look reads what was written since the last one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "base/file.hpp"

namespace lorikeet::studio {

class LineTail {
  public:
    explicit LineTail(base::Path file) : file_(std::move(file)) {}

    struct Look {
        std::vector<std::string> lines;  // whole ones; half a line waits for its end
        bool replaced = false;           // another file lies there, or it was cut: these lines are its first
        bool more = false;               // there is more than one look reads at once; look again
    };
    // An absent file has no lines.
    Look look();

  private:
    base::Path file_;
    std::uint64_t offset_ = 0;
    std::uint64_t device_ = 0, node_ = 0;
    std::string half_;
};

// The events among the lines; what is no event is counted, not told.
struct Parsed {
    std::vector<base::Event> events;
    std::size_t strange = 0;
};
Parsed parse_events(const std::vector<std::string>& lines);

// The line that such a file holds for an event that happens now, without its end.
std::string event_line(const base::Event& event);

// The last lines of a text file, read from its end.
std::vector<std::string> last_lines(const base::Path& file, std::size_t count);

}  // namespace lorikeet::studio
