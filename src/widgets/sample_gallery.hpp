// The samples of a run, oldest first: the newest as images by themselves, all the others behind one button.
#pragma once

#include <string>
#include <vector>

#include "widgets/background_task.hpp"
#include "widgets/controls.hpp"
#include "widgets/run_follower.hpp"

namespace lorikeet::widgets {

class SampleGallery {
  public:
    explicit SampleGallery(SharedStyles& styles);

    Children take_controls() { return std::move(controls_); }  // once
    void clear();
    void add(const std::vector<NewSample>& samples);

    std::size_t known() const { return samples_.size(); }
    std::size_t shown() const { return box_->children().size(); }
    Button& earlier_button() const { return *earlier_; }

  private:
    std::unique_ptr<Box> card(const studio::RunSample& sample, const std::string& png);
    void show_earlier();
    void put_before(const std::vector<std::string>& pngs);
    void say_earlier();

    SharedStyles& styles_;
    Children controls_;
    Button* earlier_ = nullptr;
    Box* box_ = nullptr;
    std::vector<studio::RunSample> samples_;
    std::size_t first_ = 0;  // of samples_, the first that is shown
    bool all_ = false;       // was asked for: nothing goes when something comes
    BackgroundTask reading_;
};

}  // namespace lorikeet::widgets
