#include "cli/train_lines.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::cli {

namespace {

std::int64_t whole(const base::Event& event, std::string_view name, std::int64_t otherwise = 0) {
    return static_cast<std::int64_t>(event.number(name, static_cast<double>(otherwise)));
}

std::string bar(double share, int cells, const Screen& screen) {
    const int full = static_cast<int>(std::floor(std::clamp(share, 0.0, 1.0) * cells));
    std::string text;
    for (int i = 0; i < cells; ++i) text += screen.unicode ? (i < full ? "█" : "░") : (i < full ? "#" : ".");
    return screen.unicode ? text : "[" + text + "]";
}

// One of these a second: a sign of life where no number moves.
std::string spinner(double now, const Screen& screen) {
    static const std::vector<std::string> round{"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧"};
    static const std::vector<std::string> ascii{"|", "/", "-", "\\"};
    const auto& signs = screen.unicode ? round : ascii;
    return signs[static_cast<std::size_t>(std::max(now, 0.0)) % signs.size()];
}

std::string speed(double seconds_per_step) {
    if (seconds_per_step <= 0) return "";
    return seconds_per_step < 1 ? fmt::format("{:.2f} it/s", 1 / seconds_per_step)
                                : fmt::format("{:.2f} s/it", seconds_per_step);
}

std::string heading(const TrainStatus& status, const Screen& screen, double now) {
    const std::string left =
        fmt::format("{} {}  {}", spinner(now, screen), status.run, words_for_phase(status));
    const std::string right = base::human_seconds(std::max(0.0, now - status.began));
    const int room = screen.width - columns_of(right) - 2;
    const std::string text = fit(left, room);
    return text +
           std::string(
               static_cast<std::size_t>(std::max(2, screen.width - columns_of(text) - columns_of(right))),
               ' ') +
           right;
}

std::string progress_line(const TrainStatus& status, const Screen& screen, double now) {
    const bool training = status.phase == "training" || (status.phase == "saving" && status.total == 0);
    const std::int64_t done = training ? status.step : status.done;
    const std::int64_t total = training ? status.total_steps : status.total;
    if (total <= 0) {
        const std::string what = status.what.empty() ? "" : ": " + status.what;
        return fmt::format("  {} for {}{}", words_for_phase(status),
                           base::human_seconds(std::max(0.0, now - status.phase_began)), what);
    }
    const double share = static_cast<double>(done) / static_cast<double>(total);
    const int cells = std::clamp(screen.width - 36, 8, 50);
    std::string line = fmt::format("  {} {:>3.0f} %  {} of {}{}", bar(share, cells, screen),
                                   std::floor(share * 100), done, total,
                                   !training    ? ""
                                   : total == 1 ? " step"
                                                : " steps");
    if (!training && !status.what.empty()) line += "  " + status.what;
    return line;
}

std::vector<std::string> loss_words(const TrainStatus& status) {
    std::vector<std::string> words;
    if (status.smoothed_loss)
        words.push_back(fmt::format("loss {:.4f}", *status.smoothed_loss));
    else if (status.loss)
        words.push_back(fmt::format("loss {:.4f}", *status.loss));
    if (status.validation_loss)
        words.push_back(fmt::format("validation loss {:.4f}", *status.validation_loss));
    if (status.lr) words.push_back(fmt::format("rate {:.2e}", *status.lr));
    if (status.lr_text) words.push_back(fmt::format("text rate {:.2e}", *status.lr_text));
    if (status.total_epochs > 0)
        words.push_back(fmt::format("epoch {} of {}", status.epoch, status.total_epochs));
    return words;
}

std::vector<std::string> speed_words(const TrainStatus& status, double now) {
    std::vector<std::string> words;
    if (status.seconds_per_step && *status.seconds_per_step > 0)
        words.push_back(speed(*status.seconds_per_step));
    // Counts down between two reports, so that a slow step does not look like a dead one.
    if (status.eta_seconds && !status.stopping)
        words.push_back(fmt::format("about {} left", base::human_seconds(std::max(
                                                         0.0, *status.eta_seconds - (now - status.eta_at)))));
    if (status.memory_bytes > 0) words.push_back("memory " + base::human_bytes(status.memory_bytes));
    return words;
}

}  // namespace

std::vector<std::string> frame(const TrainStatus& status, const Screen& screen, double now) {
    std::vector<std::string> lines{heading(status, screen, now), progress_line(status, screen, now)};
    for (const auto& words : {loss_words(status), speed_words(status, now)})
        if (!words.empty()) lines.push_back("  " + base::join(words, "   "));
    lines.push_back(status.stopping
                        ? "  Finishing this step, saving; press again to leave at once without saving."
                        : "  Ctrl-C finishes this step, saves and stops.");
    for (auto& line : lines) line = fit(base::printable(line), screen.width);
    lines.front() = inked(Ink::Bold, lines.front(), screen);
    lines.back() = inked(Ink::Dim, lines.back(), screen);
    return lines;
}

namespace {

std::string summary_of(const TrainStatus& status, double now) {
    if (status.phase != "training" || status.total_steps <= 0) {
        std::string text = words_for_phase(status);
        if (status.total > 0) text += fmt::format(" {}/{}", status.done, status.total);
        if (!status.what.empty()) text += ", " + status.what;
        return text + fmt::format(", for {}", base::human_seconds(std::max(0.0, now - status.phase_began)));
    }
    std::vector<std::string> words{fmt::format(
        "step {}/{} ({:.0f} %)", status.step, status.total_steps,
        std::floor(100.0 * static_cast<double>(status.step) / static_cast<double>(status.total_steps)))};
    for (const auto& word : loss_words(status)) words.push_back(word);
    for (const auto& word : speed_words(status, now)) words.push_back(word);
    return base::join(words, ", ");
}

std::string news_in(const base::Event& event) {
    const std::string file = event.text("file");
    if (event.kind == "note") return event.text("text");
    if (event.kind == "warning") return "warning: " + event.text("text");
    if (event.kind == "request") return event.text("text");
    if (event.kind == "accepted") return "Resumed with what differs from its beginning; the run records it.";
    if (event.kind == "sample") return fmt::format("sample at step {}: {}", whole(event, "step"), file);
    if (event.kind == "checkpoint") return fmt::format("saved at step {}: {}", whole(event, "step"), file);
    if (event.kind != "end") return "";
    const std::int64_t at = whole(event, "step");
    const std::string reason = event.text("reason");
    std::string text;
    if (reason == "finished") text = fmt::format("Finished after {}.", base::counted(at, "step"));
    const std::string unsaved = event.text("unsaved");
    if (reason == "stopped" && at > 0)
        text = fmt::format("Stopped after step {}; {}.", at,
                           unsaved.empty() ? "all is saved" : "all but " + unsaved + " is saved");
    if (reason == "stopped" && at == 0) text = "Stopped before the first step.";
    // Why a run failed is said by the command, as every error is.
    return file.empty() ? text : text + " The result: " + file;
}

}  // namespace

std::string summary(const TrainStatus& status, double now) {
    return base::printable(summary_of(status, now));
}

std::string news_of(const base::Event& event) { return base::printable(news_in(event)); }

}  // namespace lorikeet::cli
