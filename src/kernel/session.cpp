#include "kernel/session.hpp"

#include <chrono>
#include <ctime>
#include <random>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace lorikeet::kernel {

namespace {

std::string utc_microseconds() {
    const auto now = std::chrono::system_clock::now();
    const auto whole = std::chrono::floor<std::chrono::seconds>(now);
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(now - whole).count();
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(whole)), rest);
}

// Bytes that are no UTF-8 (a file's name, say) must not stop a message.
std::string to_text(const nlohmann::json& json) {
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string reply_type(const std::string& request) {
    return request.ends_with("_request") ? base::replace_all(request, "_request", "_reply")
                                         : request + "_reply";
}

}  // namespace

Session::Session(Outlet& outlet) : outlet_(outlet) {
    std::random_device draw;
    id_ = fmt::format("{:08x}-{:08x}", draw(), draw());
}

Message Session::make(std::string type, const nlohmann::json& content) {
    Message message;
    message.header = to_text({{"msg_id", fmt::format("{}_{}", id_, ++made_)},
                              {"session", id_},
                              {"username", "lorikeet"},
                              {"date", utc_microseconds()},
                              {"msg_type", type},
                              {"version", "5.4"}});
    message.type = std::move(type);
    message.parent = parent_;
    message.content = to_text(content);
    return message;
}

void Session::reply(Socket socket, const Message& request, const nlohmann::json& content) {
    auto message = make(reply_type(request.type), content);
    message.parent = request.header;
    message.identities = request.identities;
    outlet_.send(socket, message);
}

void Session::publish(std::string_view type, const nlohmann::json& content,
                      const std::vector<std::string>& buffers, const nlohmann::json* metadata) {
    auto message = make(std::string(type), content);
    message.identities = {fmt::format("kernel.{}.{}", id_, type)};
    message.buffers = buffers;
    if (metadata) message.metadata = to_text(*metadata);
    outlet_.send(Socket::Iopub, message);
}

void Session::welcome(const std::string& topic) {
    auto message = make("iopub_welcome", {{"subscription", topic}});
    message.parent = "{}";
    message.identities = {topic};
    outlet_.send(Socket::Iopub, message);
}

void Session::say_state(std::string_view state) { publish("status", {{"execution_state", state}}); }

Session::Handling::Handling(Session& session, const Message& request) : session_(session) {
    session_.parent_ = request.header;
    session_.say_state("busy");
}

Session::Handling::~Handling() {
    session_.say_state("idle");
    session_.parent_ = "{}";
}

}  // namespace lorikeet::kernel
