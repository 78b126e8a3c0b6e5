// What the tests of this floor share: a notebook without Jupyter, and a person's hands.
#pragma once

#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/recording_channel.hpp"
#include "support/temp_folder.hpp"
#include "widgets/controls.hpp"
#include "widgets/widget.hpp"

namespace lorikeet::widgets {

struct Room {
    support::RecordingChannel channel;
    support::HandLoop loop;
    WidgetRegistry registry{channel, loop};
};

// The last control of a kind that is labelled so; nullptr when there is none.
template <class W>
W* find_control(const WidgetRegistry& registry, std::string_view label) {
    W* found = nullptr;
    for (auto* widget : registry.all())
        if (auto* control = dynamic_cast<W*>(widget); control != nullptr && control->label() == label)
            found = control;
    return found;
}

template <class W>
W& control(const WidgetRegistry& registry, std::string_view label) {
    auto* found = find_control<W>(registry, label);
    if (found == nullptr) throw std::runtime_error("no control is labelled " + std::string(label));
    return *found;
}

inline void type_into(Widget& widget, const std::string& text) { widget.take_update({{"value", text}}, {}); }
inline void click(Widget& widget) { widget.take_message({{"event", "click"}}, {}); }

// Everything a window would read at present.
inline std::string all_text(const WidgetRegistry& registry) {
    std::string text;
    for (const auto* widget : registry.all())
        for (const auto* key : {"value", "description"})
            if (widget->state().contains(key) && widget->state().at(key).is_string())
                text += widget->state().at(key).get<std::string>() + "\n";
    return text;
}

}  // namespace lorikeet::widgets
