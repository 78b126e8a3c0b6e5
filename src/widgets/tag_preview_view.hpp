// One image large, with what a tagger says of it as bars, and the threshold as a line that can be dragged: an anywidget part
// of our own (web/tag_preview.js).
//
// From a window: {kind: "threshold", value}, {kind: "step", by}; to it: {kind: "image", id} and the bytes of a PNG.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "studio/tag_preview.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

class TagPreviewView : public Control {
  public:
    explicit TagPreviewView(SharedStyles& styles);

    // The image that is looked at, the `place`th of `count`; empty: there is none.
    void show_image(const std::string& name, std::size_t place, std::size_t count);
    void send_image(const std::string& name, const std::string& png);
    void show(const studio::TagPreview& preview);
    void say(const std::string& words);  // in place of bars: what goes on, or why there are none
    void show_threshold(double threshold);

    std::function<void(double threshold)> on_threshold;
    std::function<void(std::int64_t by)> on_step;

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;
};

}  // namespace lorikeet::widgets
