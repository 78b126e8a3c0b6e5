#include "kernel/comm.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace lorikeet::kernel {

namespace {

using nlohmann::json;

constexpr auto kTick = std::chrono::milliseconds(20);
// The first tick may come at once when the timer runs for another widget already: six are never less than 100 ms.
constexpr int kRestTicks = 6;

constexpr auto kWidgetTarget = "jupyter.widget";
constexpr auto kControlTarget = "jupyter.widget.control";

// Paths of buffers, below `prefix`.
json paths_of(const std::vector<widgets::Buffer>& buffers, const std::vector<std::string>& prefix = {}) {
    auto paths = json::array();
    for (const auto& buffer : buffers) {
        auto path = prefix;
        path.insert(path.end(), buffer.path.begin(), buffer.path.end());
        paths.push_back(path);
    }
    return paths;
}

std::vector<std::string> bytes_of(const std::vector<widgets::Buffer>& buffers) {
    std::vector<std::string> bytes;
    for (const auto& buffer : buffers) bytes.push_back(buffer.bytes);
    return bytes;
}

// What a message says about its buffers; steps into a list come as numbers.
std::vector<widgets::Buffer> buffers_of(const json& data, const std::vector<std::string>& bytes) {
    std::vector<widgets::Buffer> buffers;
    const auto paths = data.value("buffer_paths", json::array());
    for (std::size_t i = 0; i < std::min(paths.size(), bytes.size()); ++i) {
        widgets::Buffer buffer{{}, bytes[i]};
        for (const auto& step : paths[i])
            buffer.path.push_back(step.is_string() ? step.get<std::string>() : step.dump());
        buffers.push_back(std::move(buffer));
    }
    return buffers;
}

json update_data(const char* method, const json& state, const std::vector<widgets::Buffer>& buffers) {
    return {{"method", method}, {"state", state}, {"buffer_paths", paths_of(buffers)}};
}

}  // namespace

// Values of a widget that have not left yet.
struct Comm::Waiting {
    json changed = json::object();
    std::vector<widgets::Buffer> buffers;

    void drop(const std::string& key) {
        changed.erase(key);
        std::erase_if(buffers,
                      [&](const auto& buffer) { return !buffer.path.empty() && buffer.path.front() == key; });
    }
};

Comm::Comm(Session& session, widgets::Loop& loop)
    : session_(session), loop_(loop), alive_(std::make_shared<bool>(true)) {}

Comm::~Comm() = default;

void Comm::open(const std::string& id, const json& state, const std::vector<widgets::Buffer>& buffers) {
    const json metadata{{"version", "2.1.0"}};
    session_.publish("comm_open",
                     {{"comm_id", id},
                      {"target_name", kWidgetTarget},
                      {"data", {{"state", state}, {"buffer_paths", paths_of(buffers)}}}},
                     bytes_of(buffers), &metadata);
}

void Comm::update(const std::string& id, const json& changed, const std::vector<widgets::Buffer>& buffers) {
    if (waiting_.empty())
        loop_.post([this, alive = std::weak_ptr(alive_)] {
            if (!alive.expired()) flush();
        });
    auto& waiting = waiting_[id];
    if (!waiting) waiting = std::make_unique<Waiting>();
    for (const auto& [key, value] : changed.items()) {
        waiting->drop(key);
        waiting->changed[key] = value;
    }
    waiting->buffers.insert(waiting->buffers.end(), buffers.begin(), buffers.end());
}

void Comm::send_waiting(std::string id) {
    const auto found = waiting_.find(id);
    const auto waiting = std::move(found->second);
    waiting_.erase(found);
    if (waiting->changed.empty()) return;  // a person changed those keys meanwhile
    session_.publish("comm_msg",
                     {{"comm_id", id}, {"data", update_data("update", waiting->changed, waiting->buffers)}},
                     bytes_of(waiting->buffers));
    resting_[id] = kRestTicks;
    if (!timer_) timer_ = loop_.every(kTick, [this] { tick(); });
}

void Comm::flush() {
    std::vector<std::string> ready;
    for (const auto& [id, waiting] : waiting_)
        if (!resting_.contains(id)) ready.push_back(id);
    for (const auto& id : ready) send_waiting(id);
}

void Comm::flush_all() {
    while (!waiting_.empty()) send_waiting(waiting_.begin()->first);
}

void Comm::tick() {
    for (auto& [id, ticks] : resting_) --ticks;
    std::erase_if(resting_, [](const auto& entry) { return entry.second <= 0; });
    flush();
    if (resting_.empty()) timer_.reset();
}

void Comm::send(const std::string& id, const json& content, const std::vector<std::string>& buffers) {
    session_.publish("comm_msg", {{"comm_id", id}, {"data", {{"method", "custom"}, {"content", content}}}},
                     buffers);
}

// Before a widget goes, the others have heard that they no longer show it.
void Comm::close(const std::string& id) {
    if (ended_) return;
    waiting_.erase(id);
    resting_.erase(id);
    flush_all();
    say_closed(id);
}

void Comm::say_closed(const std::string& id) {
    session_.publish("comm_close", {{"comm_id", id}, {"data", json::object()}});
}

void Comm::take(const Message& message) {
    const auto content = json::parse(message.content);
    const auto id = content.value("comm_id", std::string());
    if (message.type == "comm_open") {
        take_open(content);
    } else if (message.type == "comm_close") {
        // A window that lets a widget go takes it from no other: only talks about everything end so.
        controls_.erase(id);
    } else {
        take_data(id, content.value("data", json::object()), message.buffers);
    }
}

void Comm::take_open(const json& content) {
    const auto id = content.value("comm_id", std::string());
    if (content.value("target_name", std::string()) == kControlTarget)
        controls_.insert(id);
    else
        say_closed(id);  // windows make no widgets here
}

void Comm::take_data(const std::string& id, const json& data, const std::vector<std::string>& buffers) {
    const auto method = data.value("method", std::string());
    if (controls_.contains(id)) {
        if (method == "request_states") send_states(id);
        return;
    }
    auto* widget = registry_ ? registry_->find(id) : nullptr;
    if (!widget) {
        say_closed(id);
    } else if (method == "update") {
        take_update(*widget, data, buffers);
    } else if (method == "request_state") {
        session_.publish(
            "comm_msg",
            {{"comm_id", id}, {"data", update_data("update", widget->state(), widget->buffers())}},
            bytes_of(widget->buffers()));
    } else if (method == "custom") {
        widget->take_message(data.value("content", json()), buffers);
    }
}

void Comm::take_update(widgets::Widget& widget, const json& data, const std::vector<std::string>& bytes) {
    const auto state = data.value("state", json::object());
    const auto buffers = buffers_of(data, bytes);
    session_.publish("comm_msg",
                     {{"comm_id", widget.id()}, {"data", update_data("echo_update", state, buffers)}}, bytes);
    // What the person did is newer than what waits to be said.
    if (const auto found = waiting_.find(widget.id()); found != waiting_.end())
        for (const auto& [key, value] : state.items()) found->second->drop(key);
    widget.take_update(state, buffers);
}

void Comm::send_states(const std::string& control) {
    if (restore_) restore_();
    auto states = json::object();
    auto paths = json::array();
    std::vector<std::string> bytes;
    for (const auto* widget : registry_ ? registry_->all() : std::vector<widgets::Widget*>()) {
        const auto& state = widget->state();
        states[widget->id()] = {{"model_name", state.value("_model_name", "")},
                                {"model_module", state.value("_model_module", "")},
                                {"model_module_version", state.value("_model_module_version", "")},
                                {"state", state}};
        for (auto& path : paths_of(widget->buffers(), {widget->id(), "state"}))
            paths.push_back(std::move(path));
        for (auto& part : bytes_of(widget->buffers())) bytes.push_back(std::move(part));
    }
    const json data{
        {"method", "update_states"}, {"states", std::move(states)}, {"buffer_paths", std::move(paths)}};
    session_.publish("comm_msg", {{"comm_id", control}, {"data", data}}, bytes);
}

json Comm::info(const json& request) const {
    const auto wanted = request.value("target_name", std::string());
    auto comms = json::object();
    if (wanted.empty() || wanted == kWidgetTarget)
        for (const auto* widget : registry_ ? registry_->all() : std::vector<widgets::Widget*>())
            comms[widget->id()] = {{"target_name", kWidgetTarget}};
    if (wanted.empty() || wanted == kControlTarget)
        for (const auto& id : controls_) comms[id] = {{"target_name", kControlTarget}};
    return {{"status", "ok"}, {"comms", std::move(comms)}};
}

}  // namespace lorikeet::kernel
