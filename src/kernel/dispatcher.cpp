#include "kernel/dispatcher.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/log.hpp"

namespace lorikeet::kernel {

namespace {

using nlohmann::json;

// Between the failing cell and the last of those a notebook sends behind it. Measured with JupyterLab 4: a few ms.
constexpr auto kAbortFor = std::chrono::milliseconds(100);

json error_content(const std::string& name, const std::string& sentence) {
    return {{"status", "error"}, {"ename", name}, {"evalue", sentence}, {"traceback", json::array()}};
}

bool is_comm(const Message& message) {
    return message.type.starts_with("comm_") && message.type != "comm_info_request";
}

}  // namespace

Dispatcher::Dispatcher(Session& session, Comm& comm, Interpreter& interpreter)
    : session_(session), comm_(comm), interpreter_(interpreter) {}

void Dispatcher::take(Socket socket, const Message& request) {
    const Session::Handling handling(session_, request);
    json reply;
    try {
        reply = request.complaint.empty() ? answer(socket, request, json::parse(request.content))
                                          : error_content("Malformed", request.complaint);
    } catch (const json::exception& error) {
        reply =
            error_content("Malformed", fmt::format("This {} cannot be read: {}", request.type, error.what()));
    } catch (const std::exception& error) {
        reply = error_content("Error", error.what());
    }
    comm_.flush();
    if (!is_comm(request)) {
        session_.reply(socket, request, reply);
    } else if (reply.is_object()) {  // nobody waits for an answer: it goes where the kernel's owner looks
        base::log_warning(reply.value("evalue", std::string()));
    }
}

json Dispatcher::answer(Socket socket, const Message& request, const json& content) {
    const auto& type = request.type;
    if (is_comm(request)) {
        comm_.take(request);
        return nullptr;
    }
    if (type == "kernel_info_request") return kernel_info();
    if (type == "comm_info_request") return comm_.info(content);
    if (type == "shutdown_request") return shutdown(content);
    if (type == "interrupt_request")
        return {{"status", "ok"}};  // cells return at once: there is nothing to break off
    if (socket == Socket::Shell) {
        if (type == "execute_request") return execute(content);
        if (type == "complete_request") return interpreter_.complete(content);
        if (type == "inspect_request") return interpreter_.inspect(content);
        if (type == "history_request") return interpreter_.history(content);
        if (type == "is_complete_request") return {{"status", "complete"}};
    }
    return error_content("Unknown", fmt::format("Lorikeet does not know the request {}.", type));
}

json Dispatcher::execute(const json& content) {
    // No execution_count: a notebook would number the cell as one that ran.
    if (aborting_) return {{"status", "aborted"}};
    auto reply = interpreter_.execute(content);
    if (reply.at("status") == "error" && content.value("stop_on_error", true)) {
        aborting_ = true;
        failed_at_ = std::chrono::steady_clock::now();
    }
    return reply;
}

void Dispatcher::queue_is_empty() {
    if (aborting_ && std::chrono::steady_clock::now() - failed_at_ >= kAbortFor) aborting_ = false;
}

json Dispatcher::shutdown(const json& content) {
    ended_ = true;
    json reply{{"status", "ok"}, {"restart", content.value("restart", false)}};
    session_.publish("shutdown_reply", reply);
    return reply;
}

}  // namespace lorikeet::kernel
