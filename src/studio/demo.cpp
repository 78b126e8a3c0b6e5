#include "studio/demo.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "adapters/lora_file.hpp"
#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "io/format.hpp"
#include "io/image.hpp"
#include "settings/toml.hpp"
#include "studio/demo_page.hpp"
#include "studio/likeness.hpp"
#include "studio/practice_images.hpp"
#include "train/loop.hpp"
#include "train/model_outline.hpp"
#include "train/preview.hpp"
#include "train/recipe.hpp"
#include "train/run_log.hpp"

namespace lorikeet::studio {
namespace {

using base::ErrorCode;

const std::vector<std::string> kPrompts = {
    "a lorikeet on a white background", "a lorikeet on a green background",
    "a lorikeet on a yellow background", "a lorikeet on a purple background"};
constexpr std::array<double, 3> kStrengths = {0, 0.5, 1};

std::vector<io::Image> read_subject(const base::Path& folder) {
    std::vector<base::Path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder))
        if (io::has_image_extension(entry.path())) files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::vector<io::Image> images;
    for (const auto& file : files) images.push_back(io::read_image(file));
    return images;
}

// Collects the smoothed losses as they go by.
class LossCurve : public base::EventSink {
  public:
    void take(const base::Event& event) override {
        if (event.kind == "metrics")
            losses.emplace_back(static_cast<std::int64_t>(event.number("step")),
                                event.number("smoothed_loss"));
    }
    std::vector<std::pair<std::int64_t, double>> losses;
};

ImageRow image_row(models::Model& model, double strength, std::int64_t side, const base::Cancel& cancel) {
    ImageRow row{fmt::format("strength {}", strength), {}};
    for (const auto& prompt : kPrompts) {
        train::ImageRequest request;
        request.prompt = prompt;
        request.cfg = 3;
        request.seed = 7;
        request.width_px = request.height_px = side;
        row.images.push_back(train::generate(model, request, cancel));
    }
    return row;
}

double mean_distance(const ImageRow& row, const std::vector<io::Image>& subject) {
    double sum = 0;
    for (const auto& image : row.images) sum += distance_to(image, subject);
    return sum / static_cast<double>(row.images.size());
}

std::vector<ImageRow> image_rows(const settings::Job& job, const base::Path& lora,
                                 const base::Cancel& cancel) {
    auto recipe = train::load_recipe(job);
    using models::Part;
    for (const auto part : {Part::Text, Part::Unet, Part::VaeDecoder}) recipe.model->ensure(part);
    std::vector<std::string> unknown;
    const auto network =
        adapters::network_from(adapters::read_lora(lora), train::targets_of(*recipe.model), {}, 0, unknown);
    network->set_mode(adapters::Mode::Eval);
    std::vector<ImageRow> rows;
    for (const double strength : kStrengths) {
        network->set_strength(strength);
        rows.push_back(image_row(*recipe.model, strength, job.data.resolution.front(), cancel));
    }
    return rows;
}

DemoStory tell(const settings::Job& job, std::vector<ImageRow> rows, const std::vector<io::Image>& subject,
               const LossCurve& curve, DemoResult& result) {
    DemoStory story;
    story.title = "A LoRA for a lorikeet";
    story.subtitle = fmt::format("Trained on {} in {}, on this machine, by one native program.",
                                 base::counted(subject.size(), "image"), base::human_seconds(result.seconds));
    story.prompts = kPrompts;
    story.subject = {
        "trained on",
        {subject.begin(), subject.begin() + static_cast<long>(std::min<std::size_t>(4, subject.size()))}};
    result.distance_before = mean_distance(rows.front(), subject);
    result.distance_after = mean_distance(rows.back(), subject);
    story.rows = std::move(rows);
    story.losses = curve.losses;
    story.facts = {{"Distance to the subject before", fmt::format("{:.3f}", result.distance_before)},
                   {"Distance to the subject after", fmt::format("{:.3f}", result.distance_after)},
                   {"Training", base::human_seconds(result.seconds)},
                   {"LoRA file", result.lora.filename().string()}};
    story.settings = settings::write_job(job);
    return story;
}

}  // namespace

settings::Job demo_job(const base::Path& folder) {
    settings::Job job;
    job.output.folder = folder.string();
    job.output.name = "lorikeet-demo";
    settings::Subset subset;
    subset.folder = included_images().string();
    job.data.subsets = {subset};
    job.sample.at_end = false;  // its page has images of its own
    job.sample.every_steps = 0;
    job.data.resolution = {64};
    job.data.bucket_step = 8;
    job.model.text_cleaning = settings::TextCleaning::Clip;
    job.data.batch = 4;
    job.data.cache_folder = (folder / "cache").string();
    job.adapter.rank = 32;
    job.adapter.alpha = 32;
    job.adapter.train_text = true;
    job.optim.lr = 2e-3;
    job.optim.text_lr = 5e-4;
    job.train.steps = 600;
    job.train.precision = settings::Precision::Float32;
    return job;
}

DemoResult run_demo(const base::Path& folder, base::EventSink& listener, const base::Cancel& cancel,
                    Others others) {
    const auto job = demo_job(folder);
    const auto subject = read_subject(included_images());
    LossCurve curve;
    base::EventFan events;
    events.add(curve);
    events.add(listener);
    const RunRecord record(folder / job.output.name, others);
    if (!record.trouble().empty()) events.take({"warning", {{"text", record.trouble()}}});
    const auto run = train::RunDir::create(folder, job.output.name, train::RunDir::Existing::Replace);
    const base::Stopwatch watch;
    const auto outcome = train::train(job, run, train::Start::Fresh, events, cancel);
    DemoResult result;
    result.seconds = watch.seconds();
    result.lora = outcome.lora;
    result.stopped = outcome.end == train::Outcome::End::Stopped;
    if (result.stopped) return result;
    const auto story = tell(job, image_rows(job, outcome.lora, cancel), subject, curve, result);
    result.page = folder / "demo.html";
    result.poster = folder / "demo.png";
    base::write_whole(result.page, demo_html(story));
    io::write_png(result.poster, io::draw_svg(poster_svg(story)));
    return result;
}

}  // namespace lorikeet::studio
