#include "kernel/wire.hpp"

#include <gtest/gtest.h>

namespace lorikeet::kernel {

namespace {

Message some_message() {
    Message message;
    message.identities = {"one", std::string("\0two", 4)};
    message.type = "x";
    message.header = R"({"msg_type":"x"})";
    message.content = R"({"a":1})";
    message.buffers = {"", std::string("\0\1<IDS|MSG>", 11)};
    return message;
}

}  // namespace

TEST(Wire, WhatGoesOutComesIn) {
    const Wire wire("a-key");
    const auto back = wire.try_parse(wire.to_frames(some_message()));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->identities, some_message().identities);
    EXPECT_EQ(back->type, "x");
    EXPECT_EQ(back->header, some_message().header);
    EXPECT_EQ(back->content, some_message().content);
    EXPECT_EQ(back->buffers, some_message().buffers);
    EXPECT_EQ(back->complaint, "");
}

// The figure is that of Python's hmac.new(b"a-key", ..., "sha256").
TEST(Wire, SignsAsPythonDoes) {
    EXPECT_EQ(Wire("a-key").sign(R"({"msg_type":"x"})", "{}", "{}", R"({"a":1})"),
              "bc7450f7f490108c8ace552e474fd3e50558f556c4c0ed65040fe2a0e758418a");
    EXPECT_EQ(Wire("").sign("{}", "{}", "{}", "{}"), "");
}

TEST(Wire, AWrongSignatureIsDropped) {
    auto frames = Wire("a-key").to_frames(some_message());
    EXPECT_FALSE(Wire("other").try_parse(frames));
    frames[3].back() = frames[3].back() == '0' ? '1' : '0';
    EXPECT_FALSE(Wire("a-key").try_parse(frames));
    frames[3].clear();
    EXPECT_FALSE(Wire("a-key").try_parse(frames));
    EXPECT_TRUE(Wire("").try_parse(frames)) << "without a key nothing is checked";
}

TEST(Wire, WhatHasNoHeaderIsDropped) {
    const Wire wire("");
    EXPECT_FALSE(wire.try_parse({}));
    EXPECT_FALSE(wire.try_parse({"one", "two"}));
    EXPECT_FALSE(wire.try_parse({"<IDS|MSG>", "", "{}", "{}", "{}"}));
    for (const char* header : {"", "{", "[]", "{}", R"({"msg_type":1})", "\xff"})
        EXPECT_FALSE(wire.try_parse({"<IDS|MSG>", "", header, "{}", "{}", "{}"})) << header;
}

TEST(Wire, AContentThatCannotBeReadIsAComplaint) {
    const Wire wire("");
    const std::string deep = R"({"a":)" + std::string(100000, '[') + std::string(100000, ']') + "}";
    for (const std::string& content :
         {std::string(), std::string("["), std::string("[]"), std::string("\xff"), deep}) {
        const auto message = wire.try_parse({"<IDS|MSG>", "", R"({"msg_type":"x"})", "{}", "{}", content});
        ASSERT_TRUE(message);
        EXPECT_NE(message->complaint, "");
        EXPECT_EQ(message->content, "{}");
    }
}

}  // namespace lorikeet::kernel
