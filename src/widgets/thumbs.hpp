// Small images for windows, made in the background and sent a few at a time as they are ready: {kind: "thumbs", ids, broken}
// and the bytes of an image for each id.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "studio/dataset_files.hpp"
#include "widgets/background_task.hpp"

namespace lorikeet::widgets {

struct Thumb {
    std::string id;                     // of one version of one image: what a window keeps it by
    std::function<std::string()> make;  // its bytes, on any thread; what it throws makes it a broken one
};

// One version of one image of a dataset: what a window keeps its thumbnail by.
std::string thumb_id(const studio::ListedImage& image);
// Names go to windows and come back; one that JSON cannot hold is told by its id.
std::string name_for_window(const studio::ListedImage& image);

class Thumbs {
  public:
    using Send = std::function<void(const nlohmann::json& content, const std::vector<std::string>& images)>;
    Thumbs(Loop& loop, Send send);
    ~Thumbs();

    void want(std::vector<Thumb> thumbs);  // with those that were wanted before and are not sent yet
    void clear();                          // none is wanted any more

  private:
    struct Ready;
    void make();
    void hand_over(const Ready& ready);

    Loop& loop_;
    Send send_;
    std::vector<Thumb> wanted_;
    std::shared_ptr<bool> alive_;
    BackgroundTask task_;
};

}  // namespace lorikeet::widgets
