#include "widgets/chart.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "widgets/anywidget.hpp"
#include "widgets/web.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

constexpr std::uintmax_t kLargestImage = 32u << 20;

json state_of_part() {
    auto state = anywidget_state("lorikeet.chart", std::string(web_file("chart.js")), web_file("chart.css"));
    state.update({{"run", 0}, {"title", ""}, {"samples", json::array()}});
    return state;
}

std::string read_image(const base::Path& file) {
    std::error_code trouble;
    if (std::filesystem::file_size(file, trouble) > kLargestImage || trouble) return {};
    return base::read_text(file);
}

}  // namespace

Chart::Chart(SharedStyles& styles)
    : Control(styles, "Any", {{}, {}, {"lk-chart"}}, state_of_part()), reading_(styles.registry().loop()) {}

void Chart::begin(const std::string& title) {
    points_.clear();
    samples_.clear();
    asked_.clear();
    reading_.stop();
    set({{"run", ++run_}, {"title", base::printable(title)}, {"samples", json::array()}});
}

void Chart::add(const std::vector<ChartPoint>& points) {
    if (points.empty()) return;
    auto first = points_.size();
    for (const auto& point : points) {
        while (!points_.empty() && points_.back().step >= point.step) points_.pop_back();
        first = std::min(first, points_.size());
        points_.push_back(point);
    }
    send_from(first);
}

void Chart::send_from(std::size_t first) {
    const auto count = points_.size() - first;
    static_assert(sizeof(ChartPoint) == 6 * sizeof(double), "the rows that chart.js reads");
    std::string bytes(reinterpret_cast<const char*>(points_.data() + first), count * sizeof(ChartPoint));
    send({{"kind", "points"}, {"run", run_}, {"first", first}, {"count", count}}, {std::move(bytes)});
}

void Chart::add_sample(ChartSample sample) {
    samples_.push_back(std::move(sample));
    say_samples();
}

void Chart::say_samples() {
    auto list = json::array();
    for (const auto& sample : samples_)
        list.push_back({{"step", sample.step}, {"prompt", base::printable(sample.prompt)}});
    set({{"samples", list}});
}

void Chart::take_message(const json& content, const std::vector<std::string>& /*buffers*/) {
    if (!content.is_object()) return;
    const auto kind = content.value("kind", json());
    if (kind == "hello") send_from(0);
    const auto sample = content.value("sample", json());
    if (kind != "image" || !sample.is_number_integer() || sample.get<std::int64_t>() < 0) return;
    const auto index = sample.get<std::size_t>();
    if (index >= samples_.size() || std::find(asked_.begin(), asked_.end(), index) != asked_.end()) return;
    asked_.push_back(index);
    send_images();
}

// All that are asked for at once: a newer task takes the place of the one before it.
void Chart::send_images() {
    std::vector<std::pair<std::size_t, base::Path>> files;
    for (const auto index : asked_) files.emplace_back(index, samples_[index].file);
    const auto failed = [this](const base::Error&) { asked_.clear(); };
    reading_.start(
        [this, files](base::Cancel&) -> BackgroundTask::Answer {
            std::vector<std::pair<std::size_t, std::string>> images;
            for (const auto& [index, file] : files) images.emplace_back(index, read_image(file));
            return [this, images] {
                for (const auto& [index, png] : images)
                    if (!png.empty()) send({{"kind", "image"}, {"run", run_}, {"sample", index}}, {png});
                asked_.clear();
            };
        },
        failed);
}

}  // namespace lorikeet::widgets
