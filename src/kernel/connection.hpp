// The connection file: where Jupyter wants the kernel to listen, and the key that signs its messages.
//
// Throws   Error{NotFound}, Error{Io} from reading; Error{Corrupt} for what is no such file; Error{Unsupported} for a
//          signature or a transport that is not known here.
#pragma once

#include <string>

#include "base/file.hpp"

namespace lorikeet::kernel {

enum class Socket { Shell, Control, Iopub, Stdin, Heartbeat };

struct Connection {
    std::string transport = "tcp";  // or "ipc"
    std::string ip = "127.0.0.1";
    std::string key;
    int shell_port = 0;
    int control_port = 0;
    int iopub_port = 0;
    int stdin_port = 0;
    int hb_port = 0;

    // "tcp://127.0.0.1:5001", "ipc:///tmp/kernel-1"
    std::string endpoint(Socket socket) const;
};

Connection read_connection(const base::Path& file);

}  // namespace lorikeet::kernel
