// One widget as Jupyter knows it: an id, a state that every window mirrors, and what the person does with it.
//
// The state lives here, in the kernel: windows come and go, and each that comes gets all of it. A change made here goes to
// the channel; a change that arrives from a window is taken over and told to whoever listens.
// Throws   Error{Internal} when two live widgets of a stage have one id.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "widgets/channel.hpp"

namespace lorikeet::widgets {

class Widget;

// All widgets that live, by id; the kernel finds here whom a message is for.
class WidgetRegistry {
  public:
    WidgetRegistry(Channel& channel, Loop& loop);
    ~WidgetRegistry();
    WidgetRegistry(const WidgetRegistry&) = delete;
    WidgetRegistry& operator=(const WidgetRegistry&) = delete;

    Channel& channel() const { return channel_; }
    Loop& loop() const { return loop_; }
    Widget* find(std::string_view id) const;  // nullptr when there is none
    std::vector<Widget*> all() const;         // in the order of their making
    // Differs from those of any other kernel, before or after: a view saved with a notebook never finds a stranger.
    std::string next_id();
    // The next widget gets this id, the same in every kernel: for what a saved notebook is to find again.
    void name_next(std::string id) { named_ = std::move(id); }
    // While it is on, a widget that goes is closed in the windows some seconds later: a window must have let go of a whole page
    // first, or it stumbles over boxes whose children are closed before they are drawn.
    void close_later(bool on) { closes_later_ = on; }

  private:
    friend class Widget;
    void close(const std::string& id);
    Channel& channel_;
    Loop& loop_;
    std::string run_;
    std::size_t made_ = 0;
    std::string named_;
    std::map<std::string, Widget*, std::less<>> widgets_;
    std::vector<Widget*> order_;
    bool closes_later_ = false;
    std::vector<std::string> going_;
    std::unique_ptr<Timer> later_;
};

class Widget {
  public:
    // Opens itself on the channel with `state`, which names its model and view, and the bytes that belong into it.
    Widget(WidgetRegistry& registry, nlohmann::json state, std::vector<Buffer> buffers = {});
    virtual ~Widget();  // closes itself
    Widget(const Widget&) = delete;
    Widget& operator=(const Widget&) = delete;

    const std::string& id() const { return id_; }
    const nlohmann::json& state() const { return *state_; }
    const std::vector<Buffer>& buffers() const { return buffers_; }
    // "IPY_MODEL_<id>": how the state of another widget points here.
    std::string reference() const;

    // From a window. Passed over: keys that the state does not have, keys of Jupyter's own (they begin with "_"), and
    // values of another kind than the one there, null excepted.
    void take_update(const nlohmann::json& changed, const std::vector<Buffer>& buffers);
    virtual void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers);

  protected:
    // Says new values to the windows; those that are as before are not sent. A buffer belongs to the key its path begins
    // with, and takes the place of those that the key had.
    void set(const nlohmann::json& changed, const std::vector<Buffer>& buffers = {});
    void send(const nlohmann::json& content, const std::vector<std::string>& buffers = {});
    // After a window changed something: the keys that have other values now.
    virtual void changed_by_person(const nlohmann::json& changed);

    WidgetRegistry& registry_;

  private:
    void keep_buffers(const std::vector<Buffer>& buffers);

    std::string id_;
    std::unique_ptr<nlohmann::json> state_;
    std::vector<Buffer> buffers_;
};

}  // namespace lorikeet::widgets
