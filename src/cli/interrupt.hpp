// Ctrl-C, asked politely first.
#pragma once

#include "base/cancel.hpp"

namespace lorikeet::cli {

// While it lives, the first SIGINT or SIGTERM asks `cancel` to stop, and a second one ends the process at once
// with exit code 130. One at a time. A terminal that closes (SIGHUP) counts as a polite request too.
class Interrupt {
  public:
    explicit Interrupt(base::Cancel& cancel);
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
};

}  // namespace lorikeet::cli
