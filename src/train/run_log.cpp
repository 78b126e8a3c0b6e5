#include "train/run_log.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "io/tensorboard.hpp"

namespace lorikeet::train {
namespace {

using Json = nlohmann::ordered_json;

// A file that only grows, a whole line at a time. A line that a kill cut short is ended first.
class LineFile {
  public:
    explicit LineFile(const base::Path& path)
        : path_(path), file_(std::fopen(path.c_str(), "a+be"), &std::fclose) {
        if (!file_) base::fail(base::ErrorCode::Io, fmt::format("Could not write {}.", path.string()));
        if (std::fseek(file_.get(), -1, SEEK_END) == 0 && std::fgetc(file_.get()) != '\n') write("");
    }
    void write(const std::string& line) {
        const std::string whole = line + "\n";
        if (std::fwrite(whole.data(), 1, whole.size(), file_.get()) != whole.size() ||
            std::fflush(file_.get()) != 0)
            base::fail(base::ErrorCode::NoSpace, fmt::format("Could not write {}.", path_.string()),
                       "Free some space on this disk and resume the run; what was saved before is intact.");
    }

  private:
    base::Path path_;
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
};

}  // namespace

struct RunLog::Files {
    explicit Files(const RunDir& run)
        : events(run.events_file()), log(run.log_file()), tensorboard(run.tensorboard()) {}
    LineFile events;
    LineFile log;
    io::TensorboardWriter tensorboard;
};

RunLog::RunLog(const RunDir& run) : files_(std::make_unique<Files>(run)) {}
RunLog::~RunLog() = default;

void RunLog::take(const base::Event& event) {
    files_->events.write(to_json_line(event, base::unix_seconds()));
    const auto line = to_log_line(event);
    if (!line.empty()) files_->log.write(fmt::format("{}  {}", base::utc_now(), base::printable(line)));
    if (event.kind != "metrics") return;
    const auto step = static_cast<std::int64_t>(event.number("step"));
    for (const auto* name : {"loss", "smoothed_loss", "lr", "lr_text", "grad_norm", "seconds_per_step"})
        if (event.find(name)) files_->tensorboard.scalar(name, step, static_cast<float>(event.number(name)));
    files_->tensorboard.flush();
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
    if (event.kind == "sample") return fmt::format("picture {}", event.text("file"));
    if (event.kind == "checkpoint") return fmt::format("saved {}", event.text("file"));
    if (event.kind == "end")
        return fmt::format("{} at step {:.0f}. {}", event.text("reason"), event.number("step"),
                           event.text("text"));
    if (event.kind == "metrics")
        return fmt::format("step {:.0f}/{:.0f}  epoch {:.0f}  loss {:.4f}  smoothed {:.4f}  {:.2f} s/step",
                           event.number("step"), event.number("total_steps"), event.number("epoch"),
                           event.number("loss"), event.number("smoothed_loss"),
                           event.number("seconds_per_step"));
    return {};
}

}  // namespace lorikeet::train
