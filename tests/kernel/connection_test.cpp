#include "kernel/connection.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::kernel {

namespace {

constexpr auto kFile =
    R"({"transport": "tcp", "ip": "127.0.0.1", "key": "k", "signature_scheme": "hmac-sha256",
    "shell_port": 1, "control_port": 2, "iopub_port": 3, "stdin_port": 4, "hb_port": 5, "kernel_name": "lorikeet"})";

Connection read(const std::string& text) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "c.json", text);
    return read_connection(folder.path() / "c.json");
}

std::string with(const std::string& old, const std::string& now) {
    std::string text = kFile;
    return text.replace(text.find(old), old.size(), now);
}

}  // namespace

TEST(Connection, SaysWhereToListen) {
    auto connection = read(kFile);
    EXPECT_EQ(connection.key, "k");
    EXPECT_EQ(connection.endpoint(Socket::Shell), "tcp://127.0.0.1:1");
    EXPECT_EQ(connection.endpoint(Socket::Heartbeat), "tcp://127.0.0.1:5");
    connection = read(with(R"("tcp", "ip": "127.0.0.1")", R"("ipc", "ip": "/tmp/k")"));
    EXPECT_EQ(connection.endpoint(Socket::Iopub), "ipc:///tmp/k-3");
}

TEST(Connection, ADamagedFileIsRefused) {
    for (const auto& text :
         {std::string(), std::string("[]"), with("\"hb_port\"", "\"x\""),
          with("\"hb_port\": 5", "\"hb_port\": \"5\""), with("\"hb_port\": 5", "\"hb_port\": 70000")}) {
        try {
            (void)read(text);
            ADD_FAILURE() << text;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::Corrupt) << text;
            EXPECT_NE(error.hint(), "");
        }
    }
}

TEST(Connection, OnlyKnownSignaturesAndTransports) {
    EXPECT_THROW(read(with("hmac-sha256", "hmac-md5")), base::Error);
    EXPECT_THROW(read(with("\"tcp\"", "\"udp\"")), base::Error);
}

}  // namespace lorikeet::kernel
