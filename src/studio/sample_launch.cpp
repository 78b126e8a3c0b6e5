#include "studio/sample_launch.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>

#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "studio/process.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

std::string number(double value) { return fmt::format("{}", value); }

std::string lora_word(const LoraUse& use) {
    return fmt::format("{}:{}", use.file.string(), number(use.strength));
}

std::vector<std::string> words_of(const SampleRequest& request, const base::Path& events) {
    // With "=", so that a text that begins with a minus is no option.
    std::vector<std::string> words{"sample",
                                   "--model=" + request.model,
                                   "--negative=" + request.negative,
                                   fmt::format("--steps={}", request.steps),
                                   "--cfg=" + number(request.cfg),
                                   fmt::format("--seed={}", request.seed),
                                   fmt::format("--sampler={}", say(request.sampler).word),
                                   fmt::format("--clip-skip={}", request.clip_skip),
                                   fmt::format("--count={}", request.count),
                                   "--out=" + request.out.string(),
                                   "--events=" + events.string()};
    if (request.negative.empty()) words.erase(words.begin() + 2);
    for (const auto& use : request.loras) words.push_back("--lora=" + lora_word(use));
    if (request.width_px && request.height_px)
        words.push_back(fmt::format("--size={}x{}", *request.width_px, *request.height_px));
    if (!request.strengths.empty()) {
        std::vector<std::string> strengths;
        for (const double one : request.strengths) strengths.push_back(number(one));
        words.push_back(fmt::format("--strengths={}", fmt::join(strengths, ",")));
    }
    words.insert(words.end(), {"--", request.prompt});
    return words;
}

}  // namespace

SampleProcess::SampleProcess(base::Path events, base::Path output, int pid, const SampleRequest& request)
    : tail_(std::move(events)), output_(std::move(output)), pid_(pid) {
    view_.images = images_of(request);
    view_.steps = request.steps;
}

SampleProcess SampleProcess::start(const SampleRequest& request, const LaunchPlace& place) {
    auto asked = request;
    if (asked.out.empty()) asked.out = kSamplesFolder;
    asked.out = fs::absolute(place.working_folder / asked.out).lexically_normal();
    const auto folder = asked.out / ".sampling";
    std::error_code trouble;
    fs::create_directories(folder, trouble);
    if (trouble)
        base::fail(base::ErrorCode::Io,
                   fmt::format("Could not make the folder {}: {}.", folder.string(), trouble.message()),
                   "Choose a folder that you may write to.");
    static std::atomic<int> count{0};
    const auto stem =
        (folder / fmt::format("{:.3f}-{}-{}", base::unix_seconds(), ::getpid(), ++count)).string();
    const base::Path events(stem + ".jsonl"), output(stem + ".txt");
    const auto program = place.program.empty() ? own_program() : place.program;
    const int pid = start_process({program, words_of(asked, events), place.working_folder, output});
    return SampleProcess(events, output, pid, asked);
}

bool SampleProcess::poll() {
    // Asked before the events are read: what it wrote before its end is then all there.
    const bool living = lives(output_);
    const auto parsed = parse_events(tail_.look().lines);
    const bool over = view_.state != SampleState::Loading && view_.state != SampleState::Sampling;
    bool changed = !parsed.events.empty();
    for (const auto& event : parsed.events) {
        const auto whole = [&](std::string_view name) {
            return static_cast<std::int64_t>(event.number(name));
        };
        if (event.kind == "phase" && event.text("name") == "sampling") view_.state = SampleState::Sampling;
        if (event.kind == "progress") {
            view_.image = whole("image");
            view_.step = whole("done");
        }
        if (event.kind == "note") view_.notes.push_back(event.text("text"));
        if (event.kind == "sample")
            view_.done.push_back(
                {event.text("file"), static_cast<std::uint64_t>(whole("seed")), event.number("strength", 1)});
        if (event.kind != "end") continue;
        const auto reason = event.text("reason");
        view_.state = reason == "finished"  ? SampleState::Done
                      : reason == "stopped" ? SampleState::Cancelled
                                            : SampleState::Failed;
        if (view_.state != SampleState::Failed) continue;
        view_.cause = event.text("text");
        view_.hint = event.text("hint");
    }
    const bool running = view_.state == SampleState::Loading || view_.state == SampleState::Sampling;
    if (living || over || !running) return changed;
    // It ended without a word in its events: before they began, or killed.
    const auto words = last_words(output_);
    view_.said = words.all;
    view_.state = asked_to_stop_ ? SampleState::Cancelled : SampleState::Failed;
    if (asked_to_stop_) return true;
    view_.cause = words.cause.empty() ? "Sampling ended without a message." : words.cause;
    view_.hint = words.cause.empty() ? "It may have run out of memory. Choose a smaller size." : words.hint;
    return true;
}

void SampleProcess::cancel() {
    if (asked_to_stop_) return;  // a second signal would end it at once, in the middle of an image
    asked_to_stop_ = true;
    // The lock tells that the pid is still this process's own.
    if (pid_ > 0 && lives(output_)) ::kill(pid_, SIGTERM);
}

}  // namespace lorikeet::studio
