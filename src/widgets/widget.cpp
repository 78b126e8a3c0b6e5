#include "widgets/widget.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"

namespace lorikeet::widgets {

namespace {

constexpr auto kUntilWindowsLetGo = std::chrono::seconds(5);

// A number stays a number, a text a text: what a form gets from a window has the kind that it gave.
bool same_kind(const nlohmann::json& before, const nlohmann::json& now) {
    if (before.is_null() || now.is_null()) return true;
    if (before.is_number()) return now.is_number();
    return before.type() == now.type();
}

bool may_change(const nlohmann::json& state, const std::string& key, const nlohmann::json& value) {
    return !key.starts_with("_") && state.contains(key) && same_kind(state.at(key), value);
}

bool belongs_to(const Buffer& buffer, std::string_view key) {
    return !buffer.path.empty() && buffer.path.front() == key;
}

}  // namespace

WidgetRegistry::WidgetRegistry(Channel& channel, Loop& loop) : channel_(channel), loop_(loop) {
    std::random_device draw;
    run_ = fmt::format("{:08x}{:08x}", draw(), draw());
}

WidgetRegistry::~WidgetRegistry() = default;

Widget* WidgetRegistry::find(std::string_view id) const {
    const auto found = widgets_.find(id);
    return found == widgets_.end() ? nullptr : found->second;
}

std::vector<Widget*> WidgetRegistry::all() const { return order_; }

std::string WidgetRegistry::next_id() {
    if (auto id = std::exchange(named_, {}); !id.empty() && find(id) == nullptr) return id;
    return fmt::format("lorikeet-{}-{}", run_, ++made_);
}

void WidgetRegistry::close(const std::string& id) {
    if (!closes_later_) return channel_.close(id);
    going_.push_back(id);
    later_ = loop_.every(kUntilWindowsLetGo, [this] {
        for (const auto& gone : std::exchange(going_, {})) channel_.close(gone);
        later_.reset();
    });
}

Widget::Widget(WidgetRegistry& registry, nlohmann::json state, std::vector<Buffer> buffers)
    : registry_(registry),
      id_(registry.next_id()),
      state_(std::make_unique<nlohmann::json>(std::move(state))),
      buffers_(std::move(buffers)) {
    base::expects(registry_.widgets_.emplace(id_, this).second, "two live widgets have one id");
    registry_.order_.push_back(this);
    registry_.channel().open(id_, *state_, buffers_);
}

Widget::~Widget() {
    registry_.widgets_.erase(id_);
    std::erase(registry_.order_, this);
    registry_.close(id_);
}

std::string Widget::reference() const { return "IPY_MODEL_" + id_; }

void Widget::take_update(const nlohmann::json& changed, const std::vector<Buffer>& buffers) {
    auto other = nlohmann::json::object();
    for (const auto& [key, value] : changed.items()) {
        if (may_change(*state_, key, value) && state_->at(key) != value) other[key] = value;
    }
    for (const auto& buffer : buffers) {
        if (buffer.path.empty() || !may_change(*state_, buffer.path.front(), nullptr)) continue;
        other[buffer.path.front()] = changed.value(buffer.path.front(), nlohmann::json());
        keep_buffers({buffer});
    }
    if (other.empty()) return;
    state_->update(other);
    changed_by_person(other);
}

void Widget::take_message(const nlohmann::json&, const std::vector<std::string>&) {}

void Widget::changed_by_person(const nlohmann::json&) {}

void Widget::set(const nlohmann::json& changed, const std::vector<Buffer>& buffers) {
    auto other = nlohmann::json::object();
    for (const auto& [key, value] : changed.items()) {
        const auto mine = [&key = key](const Buffer& buffer) { return belongs_to(buffer, key); };
        if (std::any_of(buffers.begin(), buffers.end(), mine) || !state_->contains(key) ||
            state_->at(key) != value)
            other[key] = value;
    }
    keep_buffers(buffers);
    if (other.empty() && buffers.empty()) return;
    state_->update(other);
    registry_.channel().update(id_, other, buffers);
}

void Widget::keep_buffers(const std::vector<Buffer>& buffers) {
    std::erase_if(buffers_, [&](const Buffer& old) {
        return std::any_of(buffers.begin(), buffers.end(),
                           [&](const Buffer& now) { return belongs_to(old, now.path.front()); });
    });
    buffers_.insert(buffers_.end(), buffers.begin(), buffers.end());
}

void Widget::send(const nlohmann::json& content, const std::vector<std::string>& buffers) {
    registry_.channel().send(id_, content, buffers);
}

}  // namespace lorikeet::widgets
