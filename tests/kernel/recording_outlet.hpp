// Messages that left the kernel, kept for a test to look at.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "kernel/session.hpp"

namespace lorikeet::kernel {

struct RecordingOutlet : Outlet {
    struct Sent {
        Socket socket;
        Message message;
        nlohmann::json content;
        nlohmann::json data() const { return content.value("data", nlohmann::json::object()); }
    };
    void send(Socket socket, const Message& message) override {
        sent.push_back({socket, message, nlohmann::json::parse(message.content)});
    }
    std::vector<Sent> of(const std::string& type) const {
        std::vector<Sent> found;
        for (const auto& entry : sent)
            if (entry.message.type == type) found.push_back(entry);
        return found;
    }
    std::vector<std::string> types() const {
        std::vector<std::string> names;
        for (const auto& entry : sent) names.push_back(entry.message.type);
        return names;
    }
    std::vector<Sent> sent;
};

// A request as a notebook would send it.
inline Message request(const std::string& type, const nlohmann::json& content = nlohmann::json::object(),
                       std::vector<std::string> buffers = {}) {
    Message message;
    message.identities = {"window"};
    message.type = type;
    message.header =
        nlohmann::json{{"msg_id", "of-" + type}, {"msg_type", type}, {"session", "window"}}.dump();
    message.content = content.dump();
    message.buffers = std::move(buffers);
    return message;
}

}  // namespace lorikeet::kernel
