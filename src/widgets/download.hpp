// A link that saves a file from the machine of the kernel on the person's own: an anywidget part of our own (web/download.js).
//
// Jupyter's server hands files out below the folder in which it was started. The window asks it; where it does not have this
// file, the part says so instead, and the path beside it is what there is.
#pragma once

#include "base/file.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

class Download : public Control {
  public:
    // `notebook_folder`: where the notebook lies, from which the window counts.
    Download(SharedStyles& styles, base::Path notebook_folder);
    // The link, or, for an empty path and for a file outside of the notebook's folder, nothing.
    void offer(const base::Path& file);

  private:
    base::Path notebook_folder_;
};

}  // namespace lorikeet::widgets
