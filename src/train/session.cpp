#include "train/session.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "train/run_log.hpp"

namespace lorikeet::train {
namespace {

using base::Event;

constexpr std::chrono::milliseconds kLookEvery{200};

// When a request will be done.
std::string promise(Request request, bool steps) {
    switch (request) {
        case Request::Stop:
            return steps ? "The run stops after this step and saves."
                         : "The run stops before its first step.";
        case Request::Save:
            return steps ? "A file is saved after this step." : "A file is saved after the first step.";
        case Request::Sample:
            return steps ? "Samples are made after this step." : "Samples are made after the first step.";
    }
    return {};
}

}  // namespace

struct Session::State {
    State(const RunDir& of, base::EventSink& to, const base::Cancel& from)
        : run(of), log(of), listener(to), outer(from) {}

    const RunDir& run;
    RunLog log;
    base::EventSink& listener;
    const base::Cancel& outer;
    base::Cancel inner;  // what the given one asks for, and the control file too

    std::recursive_mutex telling;  // an event at a time; a listener may ask for more
    std::int64_t step = 0;

    std::mutex looking;  // one look at the control file at a time
    std::mutex guard;    // of what follows
    std::vector<Request> waiting;
    bool stop_heard = false;
    bool steps = false;
    bool over = false;
    std::condition_variable wake;
    std::thread thread;

    void tell(const Event& event);
    void answer(Request request, std::string_view word, std::string text);
    void hear();
    void look();
    void stop_hearing();
    void close(base::Event end, const std::function<void(Request)>& about);
};

void Session::State::tell(const Event& event) {
    const std::lock_guard held(telling);
    const bool tells_step = event.kind == "metrics" || (event.kind == "phase" && event.find("step"));
    if (tells_step) step = static_cast<std::int64_t>(event.number("step"));
    log.take(event);
    // The disk cannot say it; whoever listens can.
    if (auto trouble = log.take_trouble(); !trouble.empty())
        listener.take({"warning", {{"text", std::move(trouble)}}});
    listener.take(event);
    if (outer.stop_requested()) inner.request_stop();
}

void Session::State::answer(Request request, std::string_view word, std::string text) {
    const std::lock_guard held(telling);
    tell({"request",
          {{"request", std::string(name_of(request))},
           {"answer", std::string(word)},
           {"step", step},
           {"text", std::move(text)}}});
}

void Session::State::look() {
    const std::lock_guard alone(looking);
    const auto asked = run.take_requests();
    bool begun = false;
    {
        // All of them before the first answer: one that fails must not lose the others.
        const std::lock_guard held(guard);
        begun = steps;
        for (const auto request : asked) {
            if (request == Request::Stop)
                stop_heard = true;
            else if (std::find(waiting.begin(), waiting.end(), request) == waiting.end())
                waiting.push_back(request);
        }
        if (stop_heard) inner.request_stop();
    }
    for (const auto request : asked) answer(request, "heard", promise(request, begun));
}

void Session::State::hear() {
    std::unique_lock held(guard);
    while (!over) {
        held.unlock();
        try {
            if (outer.stop_requested()) inner.request_stop();
            look();
        } catch (...) {
            // The folder went away, or whoever listens is in trouble: the run itself will say so.
        }
        held.lock();
        wake.wait_for(held, kLookEvery, [this] { return over; });
    }
}

Session::Session(const RunDir& run, SessionStart begins, base::EventSink& listener,
                 const base::Cancel& cancel, std::int64_t step)
    : state_(std::make_unique<State>(run, listener, cancel)) {
    state_->step = step;
    const auto left = run.take_requests();
    take({"session",
          {{"start", std::string(begins == SessionStart::Fresh ? "fresh" : "resume")},
           {"pid", static_cast<std::int64_t>(::getpid())},
           {"step", step}}});
    for (const auto request : left)
        dropped(request, "It was left over from an earlier session of this run and is not heeded.");
    state_->thread = std::thread([this] { state_->hear(); });
}

void Session::State::stop_hearing() {
    {
        const std::lock_guard held(guard);
        over = true;
    }
    wake.notify_all();
    if (thread.joinable()) thread.join();
}

// Everything that was asked for is answered before the last line; what is asked later waits for the next session, which
// drops it. Whoever listens may be in trouble: that costs an answer, and never the end.
void Session::State::close(Event end, const std::function<void(Request)>& about) {
    const auto try_to = [](const std::function<void()>& work) {
        try {
            work();
        } catch (...) {
        }
    };
    stop_hearing();
    try_to([this] { look(); });
    if (stop_heard) try_to([&] { about(Request::Stop); });
    for (const auto request : std::exchange(waiting, {})) try_to([&] { about(request); });
    stop_heard = false;
    tell(end);
}

Session::~Session() { state_->stop_hearing(); }

void Session::take(const Event& event) { state_->tell(event); }

void Session::phase(std::string name) { take({"phase", {{"name", std::move(name)}}}); }
void Session::note(std::string text) { take({"note", {{"text", std::move(text)}}}); }
void Session::warn(std::string text) { take({"warning", {{"text", std::move(text)}}}); }

void Session::progress(std::size_t done, std::size_t total, std::string what) {
    take({"progress",
          {{"done", static_cast<std::int64_t>(done)},
           {"total", static_cast<std::int64_t>(total)},
           {"what", std::move(what)}}});
}

void Session::end_finished(const std::string& file, const std::string& result) {
    Event end{"end",
              {{"reason", std::string("finished")},
               {"step", step()},
               {"file", file},
               {"text", fmt::format("The {} is {}.", result, file)}}};
    state_->close(std::move(end), [&](Request request) {
        if (request == Request::Sample)
            dropped(request, "The run was finished first.");
        else
            done(request, fmt::format("The run is finished, and its {} saved.", result));
    });
}

void Session::end_stopped(const std::string& text, const std::string& hint, const std::string& unsaved) {
    Event end{"end", {{"reason", std::string("stopped")}, {"step", step()}, {"text", text}}};
    if (!hint.empty()) end.fields.emplace_back("hint", hint);
    if (!unsaved.empty()) end.fields.emplace_back("unsaved", unsaved);
    state_->close(std::move(end), [&](Request request) {
        if (request == Request::Stop)
            done(request, step() > 0 ? fmt::format("Stopped after step {}.", step())
                                     : "Stopped before the first step.");
        else
            dropped(request, "The run was stopped first.");
    });
}

void Session::end_failed(const base::Error& error) {
    Event end{"end",
              {{"reason", std::string("failed")},
               {"step", step()},
               {"text", std::string(error.what())},
               {"hint", error.hint()}}};
    state_->close(std::move(end), [&](Request request) { dropped(request, "The run failed first."); });
}

void Session::begin_steps() {
    const std::lock_guard held(state_->guard);
    state_->steps = true;
}

const base::Cancel& Session::cancel() const { return state_->inner; }
bool Session::stop_requested() const {
    return state_->outer.stop_requested() || state_->inner.stop_requested();
}

std::vector<Request> Session::take_requests() {
    state_->look();  // not a fifth of a second late
    const std::lock_guard held(state_->guard);
    return std::exchange(state_->waiting, {});
}

void Session::done(Request request, std::string text) { state_->answer(request, "done", std::move(text)); }
void Session::dropped(Request request, std::string text) {
    state_->answer(request, "dropped", std::move(text));
}

std::int64_t Session::step() const {
    const std::lock_guard held(state_->telling);
    return state_->step;
}

}  // namespace lorikeet::train
