#include "train/run_log.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "io/tensorboard.hpp"

namespace lorikeet::train {
namespace {

using Json = nlohmann::ordered_json;

// A file that only grows, a whole line at a time. A line that a kill cut short is ended first. What the disk does not take
// waits, and goes on from the very byte where it stopped.
class LineFile {
  public:
    explicit LineFile(const base::Path& path)
        : path_(path), fd_(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
        if (fd_ < 0)
            base::fail(base::ErrorCode::InvalidInput,
                       fmt::format("Could not write {}: {}.", path.string(), std::strerror(errno)),
                       "See that you may write to this folder.");
        char last = '\n';
        const auto size = ::lseek(fd_, 0, SEEK_END);
        if (size > 0 && ::pread(fd_, &last, 1, size - 1) == 1 && last != '\n') write("");
    }
    ~LineFile() { ::close(fd_); }
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;

    void write(const std::string& line) {
        // Of the oldest none is left out but whole lines that nothing of is written.
        while (waiting_.size() > kMostWaiting) {
            const auto first = waiting_.find('\n') + 1;
            const auto second = waiting_.find('\n', first);
            if (second == std::string::npos) break;
            waiting_.erase(first, second + 1 - first);
        }
        waiting_ += line + "\n";
        while (!waiting_.empty()) {
            const auto n = ::write(fd_, waiting_.data(), waiting_.size());
            if (n < 0 && errno == EINTR) continue;
            if (n <= 0) return begin_trouble(errno);
            waiting_.erase(0, static_cast<std::size_t>(n));
        }
        in_trouble_ = false;
    }
    std::string take_trouble() { return std::exchange(trouble_, {}); }

  private:
    void begin_trouble(int number) {
        if (std::exchange(in_trouble_, true)) return;
        trouble_ = fmt::format("Could not write {}: {}. It is tried again with every line.", path_.string(),
                               std::strerror(number));
    }

    static constexpr std::size_t kMostWaiting = 8 << 20;  // bytes
    base::Path path_;
    int fd_;
    std::string waiting_;
    bool in_trouble_ = false;
    std::string trouble_;
};

}  // namespace

struct RunLog::Files {
    explicit Files(const RunDir& run) : events(run.events_file()), log(run.log_file()) {
        draw([&] { tensorboard.emplace(run.tensorboard()); });
    }
    // Curves are for show: the first thing that cannot be written ends them, and nothing else.
    template <class Work>
    void draw(Work work) {
        try {
            work();
        } catch (const base::Error& error) {
            tensorboard.reset();
            trouble =
                fmt::format("There are no more curves for TensorBoard in this session: {}", error.what());
        }
    }
    LineFile events;
    LineFile log;
    std::optional<io::TensorboardWriter> tensorboard;
    std::string trouble;
};

RunLog::RunLog(const RunDir& run) : files_(std::make_unique<Files>(run)) {}
RunLog::~RunLog() = default;

void RunLog::take(const base::Event& event) {
    files_->events.write(to_json_line(event, base::unix_seconds()));
    const auto line = to_log_line(event);
    if (!line.empty()) files_->log.write(fmt::format("{}  {}", base::utc_now(), base::printable(line)));
    if (!files_->tensorboard) return;
    const auto step = static_cast<std::int64_t>(event.number("step"));
    if (event.kind == "validation")
        files_->draw([&] {
            files_->tensorboard->scalar("validation_loss", step, static_cast<float>(event.number("loss")));
            files_->tensorboard->flush();
        });
    if (event.kind != "metrics") return;
    files_->draw([&] {
        for (const auto* name : {"loss", "smoothed_loss", "lr", "lr_text", "grad_norm", "seconds_per_step"})
            if (event.find(name))
                files_->tensorboard->scalar(name, step, static_cast<float>(event.number(name)));
        files_->tensorboard->flush();
    });
}

std::string RunLog::take_trouble() {
    for (auto* file : {&files_->events, &files_->log})
        if (auto trouble = file->take_trouble(); !trouble.empty()) return trouble;
    return std::exchange(files_->trouble, {});
}

std::string to_json_line(const base::Event& event, double unix_seconds) {
    Json json;
    json["time"] = unix_seconds;
    json["kind"] = event.kind;
    for (const auto& [name, value] : event.fields)
        std::visit([&, key = name](const auto& v) { json[key] = v; }, value);
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

base::Event parse_json_line(std::string_view line) {
    const Json json = Json::parse(line, nullptr, false);
    if (!json.is_object() || !json.contains("kind") || !json["kind"].is_string())
        base::fail(base::ErrorCode::Corrupt, "A line of events.jsonl is not an event.");
    base::Event event{json["kind"].get<std::string>(), {}};
    for (const auto& [name, value] : json.items()) {
        if (name == "kind") continue;
        if (value.is_boolean())
            event.fields.emplace_back(name, value.get<bool>());
        else if (value.is_number_integer())
            event.fields.emplace_back(name, value.get<std::int64_t>());
        else if (value.is_number())
            event.fields.emplace_back(name, value.get<double>());
        else if (value.is_string())
            event.fields.emplace_back(name, value.get<std::string>());
        else if (value.is_array() &&
                 std::all_of(value.begin(), value.end(), [](const Json& v) { return v.is_string(); }))
            event.fields.emplace_back(name, value.get<std::vector<std::string>>());
    }
    return event;
}

std::string to_log_line(const base::Event& event) {
    if (event.kind == "phase") return fmt::format("{}", event.text("name"));
    if (event.kind == "note") return event.text("text");
    if (event.kind == "warning") return fmt::format("warning: {}", event.text("text"));
    if (event.kind == "sample") return fmt::format("image {}", event.text("file"));
    if (event.kind == "checkpoint") return fmt::format("saved {}", event.text("file"));
    if (event.kind == "session")
        return fmt::format("{} session, process {:.0f}", event.text("start"), event.number("pid"));
    if (event.kind == "request")
        return fmt::format("asked to {}: {}. {}", event.text("request"), event.text("answer"),
                           event.text("text"));
    if (event.kind == "accepted")
        return fmt::format("resumed with changes: {}",
                           base::join(std::get<std::vector<std::string>>(*event.find("changes")), "; "));
    if (event.kind == "end")
        return fmt::format("{} at step {:.0f}. {}", event.text("reason"), event.number("step"),
                           event.text("text"));
    if (event.kind == "validation")
        return fmt::format("step {:.0f}  validation loss {:.4f} of {:.0f} images", event.number("step"),
                           event.number("loss"), event.number("images"));
    if (event.kind == "metrics")
        return fmt::format("step {:.0f}/{:.0f}  epoch {:.0f}  loss {:.4f}  smoothed {:.4f}  {:.2f} s/step",
                           event.number("step"), event.number("total_steps"), event.number("epoch"),
                           event.number("loss"), event.number("smoothed_loss"),
                           event.number("seconds_per_step"));
    return {};
}

}  // namespace lorikeet::train
