// A run as seen in a terminal: lines that are drawn again every second, or plain lines for a log.
#pragma once

#include <condition_variable>
#include <functional>
#include <iosfwd>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/event.hpp"
#include "cli/console.hpp"
#include "cli/train_lines.hpp"

namespace lorikeet::cli {

using Clock = std::function<double()>;  // seconds, never going back

// Takes events from the trainer's thread and ticks from another; a lock keeps them apart.
class TrainView : public base::EventSink {
  public:
    TrainView(std::ostream& out, Screen screen, std::string run, Clock clock);
    void take(const base::Event& event) final;
    void tick();
    // Says that the user asked to stop; once.
    void stopping();

  protected:
    virtual void draw(double now) = 0;                                // after every tick
    virtual void happened(const base::Event& event, double now) = 0;  // after status_ took it
    virtual void stop_asked(double now) = 0;

    std::ostream& out_;
    Screen screen_;
    TrainStatus status_;

  private:
    std::mutex lock_;
    Clock clock_;
};

// Lines that stay (samples, warnings, saved files) above lines that are drawn again in place.
class LiveView : public TrainView {
  public:
    using TrainView::TrainView;
    // The columns of the terminal are asked for again at every drawing: windows are resized.
    void ask_width(std::function<int()> width) { width_ = std::move(width); }

  private:
    void draw(double now) override;
    void happened(const base::Event& event, double now) override;
    void stop_asked(double now) override;
    std::string erased();  // the codes that take the last image away

    std::function<int()> width_;
    std::size_t drawn_ = 0;  // lines on the screen that are ours
    bool over_ = false;
};

// One line for each new phase and each piece of news, and one every `every_seconds` in between.
class PlainView : public TrainView {
  public:
    using TrainView::TrainView;
    void every(double seconds) { every_seconds_ = seconds; }

  private:
    void draw(double now) override;
    void happened(const base::Event& event, double now) override;
    void stop_asked(double now) override;
    void say(const std::string& line, double now);

    double every_seconds_ = 10;
    double last_said_ = 0;
    bool first_step_said_ = false;
    bool over_ = false;
};

// The view that fits the screen.
std::unique_ptr<TrainView> make_train_view(Console& console, std::string run);

// Ticks a view once a second from a thread of its own until it is destroyed; also looks whether the user
// asked to stop.
class Heartbeat {
  public:
    Heartbeat(TrainView& view, std::function<bool()> stop_asked);
    ~Heartbeat();
    Heartbeat(const Heartbeat&) = delete;
    Heartbeat& operator=(const Heartbeat&) = delete;

  private:
    void beat();

    TrainView& view_;
    std::function<bool()> stop_asked_;
    std::mutex lock_;
    std::condition_variable wake_;
    bool over_ = false;
    std::thread thread_;
};

}  // namespace lorikeet::cli
