#include "studio/dataset_report.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/path.hpp"
#include "base/text.hpp"
#include "data/caption_draw.hpp"
#include "data/draw_plan.hpp"
#include "io/safetensors.hpp"
#include "models/family.hpp"
#include "settings/chosen.hpp"
#include "studio/image_folder.hpp"
#include "studio/subset_folder.hpp"
#include "train/caption_cleaning.hpp"
#include "train/caption_length.hpp"
#include "train/choose.hpp"
#include "train/recipe.hpp"

namespace lorikeet::studio {

namespace {

using Json = nlohmann::json;

constexpr std::int64_t kEpochsShown = 3;

// Samples of a LoRA among its images: what it learned would be learned again.
void find_generated(DatasetReport& report) {
    data::Finding finding{
        "generated", {}, "Samples of a LoRA do not belong here: move them to the trash.", {}};
    for (std::size_t i = 0; i < report.images.size(); ++i)
        if (is_generated(report.images[i].file)) finding.images.push_back(i);
    const auto count = finding.images.size();
    if (count == 0) return;
    finding.what = fmt::format("{} {} a prompt, as samples do.", base::counted(count, "image"),
                               count == 1 ? "carries" : "carry");
    report.findings.push_back(std::move(finding));
}

// Empty where it is not there, or none is named yet.
base::Path checkpoint_of(const settings::Model& model) {
    try {
        const auto file = model.checkpoint.empty() ? base::Path() : train::checkpoint_file(model);
        return base::is_file(file) ? file : base::Path();
    } catch (const base::Error&) {
        return {};
    }
}

// Where there is no checkpoint yet, the commonest size is taken.
settings::Job with_sizes_chosen(settings::Job job, const models::Family*& family) {
    if (const auto checkpoint = checkpoint_of(job.model); !checkpoint.empty()) {
        const auto spec = models::spec_of(io::SafetensorsFile(checkpoint));
        family = spec->family;
        return train::choose_for_model(std::move(job), *spec);
    }
    family = models::families().front();
    if (job.data.resolution.empty()) job.data.resolution = {512};
    if (!job.data.bucket_step) job.data.bucket_step = 64;
    if (!job.data.batch) job.data.batch = 1;
    return job;
}

double lost_share(const data::Crop& crop) {
    const auto area = [](data::Size s) { return static_cast<double>(s.width_px * s.height_px); };
    return 1 - area(crop.size) / area(crop.resized);
}

void report_images(DatasetReport& report, const settings::Job& job,
                   const std::vector<data::DatasetImage>& images, const models::TokenCounter& tokens) {
    const data::JobCrops crops(job.data);
    const auto repeats = data::repeats_of(images, job.data);
    for (std::size_t i = 0; i < images.size(); ++i) {
        const auto& image = images[i];
        ReportedImage row;
        row.file = image.file;
        row.subset = image.subset;
        row.crop = crops.of({image.width_px, image.height_px}, image.subset);
        row.lost = lost_share(row.crop);
        row.caption = train::usual_caption(job, image);
        row.has_caption = image.has_caption;
        row.bad_caption = image.bad_caption;
        row.tokens = tokens.count(row.caption, models::text_options_of(job));
        row.repeats = repeats[i];
        report.images.push_back(std::move(row));
    }
}

void report_showings(DatasetReport& report, const settings::Job& job,
                     const std::vector<data::DatasetImage>& images) {
    const auto seed = static_cast<std::uint64_t>(job.train.seed);
    const auto draws = data::draw_plan_of(images, job.data, seed);
    report.showings_per_epoch = draws.draws_per_epoch();
    report.batches_per_epoch = draws.batches_per_epoch();
    for (std::int64_t epoch = 0; epoch < kEpochsShown; ++epoch) {
        auto& shown = report.epochs.emplace_back();
        for (const auto& draw : draws.epoch(epoch))
            shown.push_back(
                {draw.image,
                 data::caption_for_draw(job.data.subsets.at(images[draw.image].subset),
                                        images[draw.image].caption, draws.caption_draw(epoch, draw.place)),
                 draw.mirrored == data::Mirrored::Yes});
    }
}

Json json_of_size(data::Size size) { return {size.width_px, size.height_px}; }

Json json_of_problems(const std::vector<base::Problem>& problems) {
    auto list = Json::array();
    for (const auto& problem : problems)
        list.push_back({{"where", problem.where}, {"what", problem.what}, {"hint", problem.hint}});
    return list;
}

Json json_of_images(const DatasetReport& report) {
    auto list = Json::array();
    for (const auto& image : report.images)
        list.push_back({{"file", image.file.string()},
                        {"folder", report.data.subsets.at(image.subset).folder},
                        {"size", json_of_size(image.crop.image)},
                        {"resized", json_of_size(image.crop.resized)},
                        {"trained_at", json_of_size(image.crop.size)},
                        {"cropped", image.lost},
                        {"caption", image.caption},
                        {"has_caption", image.has_caption},
                        {"tokens", image.tokens},
                        {"repeats", image.repeats}});
    return list;
}

Json json_of_findings(const DatasetReport& report) {
    auto list = Json::array();
    for (const auto& finding : report.findings) {
        auto files = Json::array(), pairs = Json::array();
        for (const auto i : finding.images) files.push_back(report.images[i].file.string());
        for (const auto& pair : finding.pairs)
            pairs.push_back({{"first", report.images[pair.first].file.string()},
                             {"second", report.images[pair.second].file.string()},
                             {"likeness", pair.likeness}});
        list.push_back({{"kind", finding.kind},
                        {"what", finding.what},
                        {"remedy", finding.remedy},
                        {"files", files},
                        {"pairs", pairs}});
    }
    return list;
}

}  // namespace

std::size_t DatasetReport::captions_longer_than(std::int64_t tokens) const {
    return static_cast<std::size_t>(std::count_if(images.begin(), images.end(),
                                                  [&](const auto& image) { return image.tokens > tokens; }));
}

std::vector<std::vector<std::string>> DatasetReport::captions_drawn() const {
    std::vector<std::vector<std::string>> drawn(images.size());
    for (const auto& epoch : epochs)
        for (const auto& showing : epoch) {
            auto& captions = drawn[showing.image];
            if (std::find(captions.begin(), captions.end(), showing.caption) == captions.end())
                captions.push_back(showing.caption);
        }
    return drawn;
}

DatasetReport report_on(settings::Job job, const base::Cancel& cancel, const data::OnProgress& on_progress) {
    const models::Family* family = nullptr;
    job = with_sizes_chosen(std::move(job), family);
    auto found = data::scan(job.data, cancel, on_progress, data::Measure::Yes);
    DatasetReport report;
    report.data = job.data;
    report.max_tokens = job.model.max_tokens;
    report.left_out = std::move(found.left_out);
    report.errors = std::move(found.errors);
    report.notes = std::move(found.news);
    if (!found.held_out.empty())
        report.notes.push_back(
            {"data.validation",
             fmt::format("{} kept out of training, for the validation loss, and not listed here.",
                         base::counted(std::ssize(found.held_out), "image")),
             ""});
    if (found.images.empty()) return report;
    report_images(report, job, found.images, *family->make_token_counter());
    for (auto& news : train::news_of_cleaning(job, found.images)) report.notes.push_back(std::move(news));
    report.findings = data::lint(found.images, job.data);
    find_generated(report);
    report.tags = data::count_tags(found.images);
    report.sizes = trained_sizes(found.images, job.data);
    report_showings(report, job, found.images);
    return report;
}

settings::Job job_of_folder(const base::Path& folder) {
    settings::Job job;
    job.model.checkpoint.clear();
    for (const auto& found : find_subsets(folder, job.data.caption_extensions)) {
        auto& subset = job.data.subsets.emplace_back();
        subset.folder = (found.folder.empty() ? folder : folder / found.folder).string();
        subset.repeats = found.repeats;
        subset.class_words = found.words;
    }
    if (job.data.subsets.empty()) job.data.subsets.emplace_back().folder = folder.string();  // it says why
    return job;
}

std::string json_of(const DatasetReport& report) {
    auto tags = Json::array(), sizes = Json::array(), epochs = Json::array();
    for (const auto& tag : report.tags) tags.push_back({{"tag", tag.tag}, {"images", tag.images}});
    for (const auto& size : report.sizes)
        sizes.push_back({{"width", size.width_px}, {"height", size.height_px}, {"images", size.images}});
    for (const auto& epoch : report.epochs) {
        auto showings = Json::array();
        for (const auto& showing : epoch)
            showings.push_back({{"file", report.images[showing.image].file.string()},
                                {"caption", showing.caption},
                                {"mirrored", showing.mirrored}});
        epochs.push_back(std::move(showings));
    }
    const Json json{{"images", json_of_images(report)},
                    {"findings", json_of_findings(report)},
                    {"tags", tags},
                    {"sizes", sizes},
                    {"max_tokens", report.max_tokens},
                    {"captions_cut", report.captions_longer_than(report.max_tokens)},
                    {"showings_per_epoch", report.showings_per_epoch},
                    {"batches_per_epoch", report.batches_per_epoch},
                    {"epochs", epochs},
                    {"left_out", json_of_problems(report.left_out)},
                    {"errors", json_of_problems(report.errors)},
                    {"notes", json_of_problems(report.notes)}};
    return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

}  // namespace lorikeet::studio
