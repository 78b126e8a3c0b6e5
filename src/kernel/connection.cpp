#include "kernel/connection.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace lorikeet::kernel {

namespace {

int port_of(const Connection& connection, Socket socket) {
    switch (socket) {
        case Socket::Shell: return connection.shell_port;
        case Socket::Control: return connection.control_port;
        case Socket::Iopub: return connection.iopub_port;
        case Socket::Stdin: return connection.stdin_port;
        case Socket::Heartbeat: return connection.hb_port;
    }
    return 0;
}

void check(const Connection& connection, const std::string& scheme) {
    const std::string hint = "Start the kernel from Jupyter, which writes a new one each time.";
    if (connection.transport != "tcp" && connection.transport != "ipc")
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("The connection file asks for the transport \"{}\".", connection.transport),
                   "Jupyter knows tcp and ipc.");
    if (!connection.key.empty() && scheme != "hmac-sha256")
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("The connection file asks for the signature \"{}\".", scheme),
                   "Set Jupyter's Session.signature_scheme to hmac-sha256, its default.");
    for (const auto socket :
         {Socket::Shell, Socket::Control, Socket::Iopub, Socket::Stdin, Socket::Heartbeat})
        if (const int port = port_of(connection, socket); port < 1 || port > 65535)
            base::fail(base::ErrorCode::Corrupt, fmt::format("The connection file names the port {}.", port),
                       hint);
}

}  // namespace

std::string Connection::endpoint(Socket socket) const {
    return fmt::format("{}://{}{}{}", transport, ip, transport == "tcp" ? ':' : '-', port_of(*this, socket));
}

Connection read_connection(const base::Path& file) {
    Connection connection;
    std::string scheme = "hmac-sha256";
    try {
        const auto json = nlohmann::json::parse(base::read_text(file));
        connection.transport = json.value("transport", connection.transport);
        connection.ip = json.value("ip", connection.ip);
        connection.key = json.value("key", std::string());
        scheme = json.value("signature_scheme", scheme);
        connection.shell_port = json.at("shell_port");
        connection.control_port = json.at("control_port");
        connection.iopub_port = json.at("iopub_port");
        connection.stdin_port = json.at("stdin_port");
        connection.hb_port = json.at("hb_port");
    } catch (const nlohmann::json::exception& error) {
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("{} is no connection file: {}.", file.string(), error.what()),
                   "Start the kernel from Jupyter, which writes a new one each time.");
    }
    check(connection, scheme);
    return connection;
}

}  // namespace lorikeet::kernel
