#include "kernel/session.hpp"

#include <gtest/gtest.h>

#include "recording_outlet.hpp"

namespace lorikeet::kernel {

using nlohmann::json;

TEST(Session, WhileARequestIsHandledItIsTheParentOfAllNews) {
    RecordingOutlet outlet;
    Session session(outlet);
    const auto asked = request("execute_request");
    {
        const Session::Handling handling(session, asked);
        session.publish("stream", {{"text", "a"}});
    }
    session.publish("stream", {{"text", "b"}});
    EXPECT_EQ(outlet.types(), (std::vector<std::string>{"status", "stream", "status", "stream"}));
    EXPECT_EQ(outlet.sent[0].content.at("execution_state"), "busy");
    EXPECT_EQ(outlet.sent[2].content.at("execution_state"), "idle");
    for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(outlet.sent[i].message.parent, asked.header);
    EXPECT_EQ(outlet.sent[3].message.parent, "{}");
}

TEST(Session, AReplyGoesToWhoAsked) {
    RecordingOutlet outlet;
    Session session(outlet);
    session.reply(Socket::Control, request("kernel_info_request"), {{"status", "ok"}});
    ASSERT_EQ(outlet.sent.size(), 1U);
    EXPECT_EQ(outlet.sent[0].socket, Socket::Control);
    EXPECT_EQ(outlet.sent[0].message.type, "kernel_info_reply");
    EXPECT_EQ(outlet.sent[0].message.identities, std::vector<std::string>{"window"});
}

TEST(Session, NoTwoMessagesHaveOneId) {
    RecordingOutlet outlet;
    Session one(outlet), other(outlet);
    for (auto* session : {&one, &other})
        for (int i = 0; i < 3; ++i) session->publish("stream", json::object());
    std::set<std::string> ids;
    for (const auto& sent : outlet.sent) ids.insert(json::parse(sent.message.header).at("msg_id"));
    EXPECT_EQ(ids.size(), 6U);
}

TEST(Session, BytesThatAreNoTextDoNotStopAMessage) {
    RecordingOutlet outlet;
    Session(outlet).publish("stream", {{"text", "a\xff"}});
    EXPECT_EQ(outlet.sent.at(0).content.at("text"), "a\xEF\xBF\xBD");
}

}  // namespace lorikeet::kernel
