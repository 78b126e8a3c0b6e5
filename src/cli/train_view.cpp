#include "cli/train_view.hpp"

#include <chrono>
#include <ostream>

#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/text.hpp"

namespace lorikeet::cli {

TrainView::TrainView(std::ostream& out, Screen screen, std::string run, Clock clock)
    : out_(out), screen_(screen), clock_(std::move(clock)) {
    status_.run = std::move(run);
    status_.began = status_.phase_began = clock_();
}

void TrainView::take(const base::Event& event) {
    const std::lock_guard held(lock_);
    const double now = clock_();
    status_.take(event, now);
    happened(event, now);
}

void TrainView::tick() {
    const std::lock_guard held(lock_);
    draw(clock_());
}

void TrainView::stopping() {
    const std::lock_guard held(lock_);
    if (status_.stopping) return;
    status_.stopping = true;
    stop_asked(clock_());
}

std::string LiveView::erased() {
    if (drawn_ == 0) return "";
    const std::string codes = fmt::format("\r\x1b[{}A\x1b[J", drawn_);
    drawn_ = 0;
    return codes;
}

// One write for the whole image: no flicker.
void LiveView::draw(double now) {
    if (over_) return;
    if (width_) screen_.width = width_();
    std::string text = erased();
    const auto lines = frame(status_, screen_, now);
    for (const auto& line : lines) text += line + '\n';
    drawn_ = lines.size();
    out_ << text << std::flush;
}

void LiveView::happened(const base::Event& event, double now) {
    const std::string news = news_of(event);
    over_ = over_ || event.kind == "end";
    if (over_ || !news.empty()) out_ << erased();
    if (!news.empty()) out_ << (event.kind == "warning" ? inked(Ink::Yellow, news, screen_) : news) << '\n';
    out_ << std::flush;
    if (event.kind == "phase" || !news.empty()) draw(now);
}

void LiveView::stop_asked(double now) { draw(now); }

void PlainView::say(const std::string& line, double now) {
    last_said_ = now;
    out_ << line << '\n' << std::flush;
}

void PlainView::draw(double now) {
    if (!over_ && now - last_said_ >= every_seconds_) say(summary(status_, now), now);
}

void PlainView::happened(const base::Event& event, double now) {
    const std::string news = news_of(event);
    over_ = over_ || event.kind == "end";
    if (!news.empty()) return say(news, now);
    if (event.kind == "phase") {
        const std::string total = status_.total > 0 ? fmt::format(" ({})", status_.total) : "";
        return say(words_for_phase(status_) + total, now);
    }
    if (event.kind != "metrics") return;
    const bool last = status_.total_steps > 0 && status_.step == status_.total_steps;
    if (first_step_said_ && !last && now - last_said_ < every_seconds_) return;
    first_step_said_ = true;
    say(summary(status_, now), now);
}

void PlainView::stop_asked(double now) {
    say("Finishing this step, saving; press Ctrl-C again to leave at once without saving.", now);
}

std::unique_ptr<TrainView> make_train_view(Console& console, std::string run) {
    const auto watch = std::make_shared<base::Stopwatch>();
    const Clock clock = [watch] { return watch->seconds(); };
    if (!console.out_screen.live)
        return std::make_unique<PlainView>(console.out, console.out_screen, std::move(run), clock);
    auto view = std::make_unique<LiveView>(console.out, console.out_screen, std::move(run), clock);
    view->ask_width([] { return screen_of(STDOUT_FILENO).width; });
    return view;
}

Heartbeat::Heartbeat(TrainView& view, std::function<bool()> stop_asked)
    : view_(view), stop_asked_(std::move(stop_asked)), thread_([this] { beat(); }) {}

Heartbeat::~Heartbeat() {
    {
        const std::lock_guard held(lock_);
        over_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

void Heartbeat::beat() {
    using namespace std::chrono_literals;
    std::unique_lock held(lock_);
    for (int part = 0; !over_; ++part) {
        if (stop_asked_()) view_.stopping();
        if (part % 4 == 0) view_.tick();  // once a second; an answer to Ctrl-C comes sooner
        wake_.wait_for(held, 250ms, [this] { return over_; });
    }
}

}  // namespace lorikeet::cli
