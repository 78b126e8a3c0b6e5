// What is worth a look in a dataset, each finding with the images that it is about, and under it what the trainer will see: an
// anywidget part of our own (web/findings.js). Thumbnails are made in the background, as they come into view.
//
// From a window: {kind: "want", ids}, {kind: "show", finding}, {kind: "trash", finding}, {kind: "more"}; to it thumbs, and
// {kind: "report", name} with the bytes of a page of HTML.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "studio/dataset_check.hpp"
#include "widgets/controls.hpp"
#include "widgets/thumbs.hpp"

namespace lorikeet::widgets {

class Findings : public Control {
  public:
    static constexpr std::size_t kShownOfAFinding = 6;
    static constexpr std::size_t kSeenAtOnce = 12;

    explicit Findings(SharedStyles& styles);

    void show(const base::Path& folder, std::vector<studio::CheckFinding> findings,
              std::vector<studio::SeenImage> seen);
    void say_busy(bool busy);
    void offer_report(const std::string& name, const std::string& html);

    std::function<void(const studio::CheckFinding&)> on_show, on_trash;

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    void show_seen();
    std::string thumb_of(const std::string& name);
    void want(const std::vector<std::string>& ids);

    base::Path folder_;
    std::vector<studio::CheckFinding> findings_;
    std::vector<studio::SeenImage> seen_;
    std::size_t seen_shown_ = kSeenAtOnce;
    std::map<std::string, std::function<std::string()>> make_;  // by id
    Thumbs thumbs_;
};

// A finding in a word or two, as a tile of the gallery has it: "too small".
std::string words_for_kind(const std::string& kind);

}  // namespace lorikeet::widgets
