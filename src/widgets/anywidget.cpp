#include "widgets/anywidget.hpp"

#include <nlohmann/json.hpp>

#include "widgets/web.hpp"

namespace lorikeet::widgets {

nlohmann::json anywidget_state(std::string_view id, const std::string& module, std::string_view style) {
    // "*": any release of anywidget will do; nothing in our parts depends on one.
    nlohmann::json state{{"_model_module", "anywidget"}, {"_model_module_version", "*"},
                         {"_model_name", "AnyModel"},    {"_view_module", "anywidget"},
                         {"_view_module_version", "*"},  {"_view_name", "AnyView"},
                         {"_anywidget_id", id},          {"_esm", std::string(web_file("hear.js")) + module}};
    if (!style.empty()) state["_css"] = style;
    return state;
}

}  // namespace lorikeet::widgets
