// The images that were generated on the page `test`, each with what it was made with. They stay until the next ones come,
// also when those are cancelled or the notebook is opened again.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "widgets/background_task.hpp"
#include "widgets/controls.hpp"
#include "widgets/typed_job.hpp"

namespace lorikeet::widgets {

class TestImages {
  public:
    explicit TestImages(SharedStyles& styles);
    std::unique_ptr<Control> take_control() { return std::move(control_); }  // once

    void begin() { fresh_ = true; }  // the next one takes the place of all that are there
    // `png` is small; empty when the file cannot be read.
    void add(const base::Path& file, const std::string& words, const std::string& png);
    std::size_t count() const { return box_->children().size(); }

    // The newest of them by file and words, among what is kept of the page; their files are read again in the background,
    // and one that is gone is left out.
    void keep(Texts& typed) const;
    void restore(const Texts& typed);

  private:
    struct Kept {
        std::string file, words;
    };
    void show(const Kept& image, const std::string& png);

    SharedStyles& styles_;
    std::unique_ptr<Control> control_;
    Box* box_ = nullptr;
    std::vector<Kept> kept_;
    bool fresh_ = false;
    BackgroundTask reading_;
};

// The bytes of a small PNG of an image; empty when it cannot be read.
std::string small_test_image(const base::Path& file);

}  // namespace lorikeet::widgets
