#include "base/event.hpp"

namespace lorikeet::base {

const Event::Value* Event::find(std::string_view name) const {
    for (const auto& [key, value] : fields)
        if (key == name) return &value;
    return nullptr;
}

double Event::number(std::string_view name, double otherwise) const {
    const auto* value = find(name);
    if (!value) return otherwise;
    if (const auto* real = std::get_if<double>(value)) return *real;
    if (const auto* whole = std::get_if<std::int64_t>(value)) return static_cast<double>(*whole);
    return otherwise;
}

std::string Event::text(std::string_view name) const {
    const auto* value = find(name);
    const auto* text = value ? std::get_if<std::string>(value) : nullptr;
    return text ? *text : std::string();
}

void EventFan::take(const Event& event) {
    for (auto* sink : sinks_) sink->take(event);
}

}  // namespace lorikeet::base
