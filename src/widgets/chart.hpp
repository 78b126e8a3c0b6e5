// The chart of a run: an anywidget part of our own (web/chart.js). Points and images travel as binary messages; a window
// that opens or reloads asks for all of them.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "base/file.hpp"
#include "widgets/background_task.hpp"
#include "widgets/controls.hpp"

namespace lorikeet::widgets {

// One optimizer step. NaN where a run did not tell.
struct ChartPoint {
    double step = 0, loss = 0, smoothed = 0, lr = 0, seconds = 0;
    double validation = std::numeric_limits<double>::quiet_NaN();  // loss
};
struct ChartSample {
    std::int64_t step = 0;
    std::string prompt;
    base::Path file;
};

class Chart : public Control {
  public:
    explicit Chart(SharedStyles& styles);

    void begin(const std::string& title);  // another run: empty
    // In the order of their steps. A step that is not beyond the last one takes the place of all from there on: a run was
    // resumed.
    void add(const std::vector<ChartPoint>& points);
    void add_sample(ChartSample sample);
    std::size_t size() const { return points_.size(); }

    void take_message(const nlohmann::json& content, const std::vector<std::string>& buffers) override;

  private:
    void send_from(std::size_t first);
    void send_images();
    void say_samples();

    std::vector<ChartPoint> points_;
    std::vector<ChartSample> samples_;
    std::int64_t run_ = 0;
    std::vector<std::size_t> asked_;  // images on their way
    BackgroundTask reading_;
};

}  // namespace lorikeet::widgets
