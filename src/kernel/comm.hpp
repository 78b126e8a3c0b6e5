// Widgets on the wire: each is a comm (a numbered talk between kernel and windows) whose data follow the widget protocol.
//
// Updates of one widget leave at most ten times a second. The first goes out at once, when the work that made it is done;
// newer values take the place of those that wait; the last are always sent. A window that changes a value hears it again as
// an `echo_update`, and so does every other window: two of them stay in step.
// Source   https://github.com/jupyter-widgets/ipywidgets/blob/main/packages/schema/messages.md, version 2.1
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "kernel/session.hpp"
#include "widgets/channel.hpp"
#include "widgets/widget.hpp"

namespace lorikeet::kernel {

class Comm : public widgets::Channel {
  public:
    Comm(Session& session, widgets::Loop& loop);
    ~Comm() override;

    // Whose widgets they are; once, before the first message.
    void attach(widgets::WidgetRegistry& registry) { registry_ = &registry; }
    // Called before the state of everything is told.
    void before_states(std::function<void()> restore) { restore_ = std::move(restore); }

    void open(const std::string& id, const nlohmann::json& state,
              const std::vector<widgets::Buffer>& buffers) override;
    void update(const std::string& id, const nlohmann::json& changed,
                const std::vector<widgets::Buffer>& buffers) override;
    void send(const std::string& id, const nlohmann::json& content,
              const std::vector<std::string>& buffers) override;
    void close(const std::string& id) override;

    // comm_open, comm_msg, comm_close from a window. What names nobody here is closed, as the protocol asks.
    void take(const Message& message);
    nlohmann::json info(const nlohmann::json& request) const;  // of comm_info_request
    // Sends what may leave now. It happens by itself soon; before a cell is called done it should have happened.
    void flush();
    // The kernel ends: that widgets are closed is said to nobody any more. A window that heard it would take the pages away;
    // they stay as they are, say that their kernel is gone, and keep the places for those of the next kernel.
    void end() { ended_ = true; }

  private:
    struct Waiting;

    void flush_all();
    void send_waiting(std::string id);  // a copy: the caller's may be the key of what is erased
    void tick();
    void take_open(const nlohmann::json& content);
    void take_data(const std::string& id, const nlohmann::json& data,
                   const std::vector<std::string>& buffers);
    void take_update(widgets::Widget& widget, const nlohmann::json& data,
                     const std::vector<std::string>& buffers);
    void send_states(const std::string& control);
    void say_closed(const std::string& id);

    Session& session_;
    widgets::Loop& loop_;
    widgets::WidgetRegistry* registry_ = nullptr;
    std::function<void()> restore_;
    bool ended_ = false;
    std::set<std::string> controls_;  // open talks about the state of everything, one for each window
    std::map<std::string, std::unique_ptr<Waiting>> waiting_;
    std::map<std::string, int> resting_;     // ticks until the next update of a widget may leave
    std::unique_ptr<widgets::Timer> timer_;  // while something rests
    std::shared_ptr<bool> alive_;            // work that was posted may come after the end
};

}  // namespace lorikeet::kernel
