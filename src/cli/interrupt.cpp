#include "cli/interrupt.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <string_view>

#include <unistd.h>

#include "base/error.hpp"

namespace lorikeet::cli {

namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};
std::atomic<base::Cancel*> asked_to{nullptr};
std::array<struct sigaction, kSignals.size()> earlier{};

// Only what POSIX allows in a handler: atomics, write, _exit.
void on_signal(int which) {
    base::Cancel* cancel = asked_to.load();
    if (cancel == nullptr) return;
    if (!cancel->stop_requested()) return cancel->request_stop();
    if (which == SIGHUP) return;
    constexpr std::string_view words = "\nLeft at once; nothing was saved since the last state.\n";
    [[maybe_unused]] const auto written = ::write(STDERR_FILENO, words.data(), words.size());
    ::_exit(130);
}

}  // namespace

Interrupt::Interrupt(base::Cancel& cancel) {
    base::Cancel* nobody = nullptr;
    base::expects(asked_to.compare_exchange_strong(nobody, &cancel), "one Interrupt at a time");
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    for (std::size_t i = 0; i < kSignals.size(); ++i) {
        ::sigaction(kSignals[i], &action, &earlier[i]);
        // What nohup or a script's "&" had ignored stays ignored.
        if (earlier[i].sa_handler == SIG_IGN) ::sigaction(kSignals[i], &earlier[i], nullptr);
    }
}

Interrupt::~Interrupt() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &earlier[i], nullptr);
    asked_to.store(nullptr);
}

}  // namespace lorikeet::cli
