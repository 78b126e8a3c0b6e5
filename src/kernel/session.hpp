// What the kernel says: answers to one, and news for all.
//
// Every message of ours gets its header here. While a request is handled, news name it as their parent, so that a notebook
// knows to which cell they belong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "kernel/connection.hpp"
#include "kernel/wire.hpp"

namespace lorikeet::kernel {

// The way out of the kernel: sockets, or a test that looks.
class Outlet {
  public:
    virtual ~Outlet() = default;
    virtual void send(Socket socket, const Message& message) = 0;
};

// The way in.
class Receiver {
  public:
    virtual ~Receiver() = default;
    virtual void take(Socket socket, const Message& message) = 0;
    virtual void subscribed(const std::string& topic) = 0;  // somebody listens to news of this kind now
    virtual void queue_is_empty() = 0;                      // the shell's, when it was looked at
    virtual bool hurries() const = 0;                       // wants the queue looked at again soon
    virtual bool ended() const = 0;
};

class Session {
  public:
    explicit Session(Outlet& outlet);

    // To the sender of `request`; the type is the request's with "_reply" at its end.
    void reply(Socket socket, const Message& request, const nlohmann::json& content);
    // To everybody who listens.
    void publish(std::string_view type, const nlohmann::json& content,
                 const std::vector<std::string>& buffers = {}, const nlohmann::json* metadata = nullptr);

    // To who began to listen: from here on nothing is missed.
    void welcome(const std::string& topic);

    // Says "busy" when handling begins and "idle" when it ends.
    class Handling {
      public:
        Handling(Session& session, const Message& request);
        ~Handling();
        Handling(const Handling&) = delete;
        Handling& operator=(const Handling&) = delete;

      private:
        Session& session_;
    };

  private:
    void say_state(std::string_view state);
    Message make(std::string type, const nlohmann::json& content);

    Outlet& outlet_;
    std::string id_;
    std::size_t made_ = 0;
    std::string parent_ = "{}";  // header of what is being handled
};

}  // namespace lorikeet::kernel
