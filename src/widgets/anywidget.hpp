// What the state of every part of our own begins with: a module of JavaScript that anywidget shows.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json_fwd.hpp>

namespace lorikeet::widgets {

// "lorikeet.upload", the text of its module, and of its style sheet where it has one. The module's `initialize` is `hear`, of
// web/hear.js, which comes in front of it.
nlohmann::json anywidget_state(std::string_view id, const std::string& module, std::string_view style = {});

}  // namespace lorikeet::widgets
