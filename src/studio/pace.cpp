#include "studio/pace.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "io/safetensors.hpp"
#include "models/file_kind.hpp"
#include "settings/check.hpp"
#include "settings/chosen.hpp"
#include "tensor/device.hpp"
#include "train/precision_choice.hpp"
#include "train/trainees.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* kPaceFormat = "lorikeet pace 1";
constexpr std::size_t kMost = 200;  // rates that are kept, the newest

// The processor as its maker calls it, and how much of it this program may use; the GPU where a driver tells one.
std::string this_machine() {
    std::string processor = "unknown processor";
    std::ifstream cpuinfo("/proc/cpuinfo");
    for (std::string line; std::getline(cpuinfo, line);)
        if (line.starts_with("model name")) {
            processor = base::trim(line.substr(line.find(':') + 1));
            break;
        }
    std::string text = fmt::format("{}, {} threads", processor, base::processor_count());
    std::error_code ignored;
    for (const auto& gpu : fs::directory_iterator("/proc/driver/nvidia/gpus", ignored)) {
        std::ifstream facts(gpu.path() / "information");
        for (std::string line; std::getline(facts, line);)
            if (line.starts_with("Model:")) text += ", " + std::string(base::trim(line.substr(6)));
    }
    return text;
}

std::string model_of(const base::Path& checkpoint) {
    const io::SafetensorsFile file(checkpoint);
    std::int64_t weights = 0;
    for (const auto& entry : file.entries()) weights += entry.count();
    return fmt::format("{}, {} weights", models::identify(file).name(), weights);
}

// What "auto" comes to here.
std::string device_of(std::string_view wanted) {
    try {
        return tensor::pick_device(wanted).is_cuda() ? "cuda" : "cpu";
    } catch (const base::Error&) {
        return std::string(wanted);  // not there; the run will say so
    }
}

std::string date_of(double unix_seconds) {
    const auto when = static_cast<std::time_t>(unix_seconds);
    std::tm parts{};
    ::gmtime_r(&when, &parts);
    return fmt::format("{:04d}-{:02d}-{:02d}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

struct Rate {
    PaceKind kind;
    double seconds_per_step = 0;
    std::string run;
    double when = 0;
};

Json to_json(const Rate& rate) {
    return {{"machine", rate.kind.machine},
            {"model", rate.kind.model},
            {"pixels", rate.kind.pixels},
            {"batch", rate.kind.batch},
            {"precision", rate.kind.precision},
            {"device", rate.kind.device},
            {"rank_class", rate.kind.rank_class},
            {"trains_text", rate.kind.trains_text},
            {"seconds_per_step", rate.seconds_per_step},
            {"run", rate.run},
            {"when", rate.when}};
}

std::optional<Rate> from_json(const Json& json) {
    try {
        Rate rate;
        rate.kind.machine = json.at("machine").get<std::string>();
        rate.kind.model = json.at("model").get<std::string>();
        rate.kind.pixels = json.at("pixels").get<std::int64_t>();
        rate.kind.batch = json.at("batch").get<std::int64_t>();
        rate.kind.precision = json.at("precision").get<std::string>();
        rate.kind.device = json.at("device").get<std::string>();
        rate.kind.rank_class = json.at("rank_class").get<std::int64_t>();
        rate.kind.trains_text = json.at("trains_text").get<bool>();
        rate.seconds_per_step = json.at("seconds_per_step").get<double>();
        rate.run = json.at("run").get<std::string>();
        rate.when = json.at("when").get<double>();
        const bool sound = rate.seconds_per_step > 0 && std::isfinite(rate.seconds_per_step) &&
                           rate.kind.pixels > 0 && rate.kind.batch > 0;
        return sound ? std::optional(rate) : std::nullopt;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

// A file that is not ours, or of a newer version, holds no rate.
std::vector<Rate> read_rates(const base::Path& file) {
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return {};
    const Json json = Json::parse(base::read_text(file), nullptr, false);
    if (!json.is_object() || json.value("format", Json()) != Json(kPaceFormat) || !json.contains("rates"))
        return {};
    std::vector<Rate> rates;
    for (const auto& one : json["rates"])
        if (auto rate = from_json(one)) rates.push_back(std::move(*rate));
    return rates;
}

// What scaling by pixels and images cannot bridge.
bool can_be_scaled(const PaceKind& known, const PaceKind& wanted) {
    return known.machine == wanted.machine && known.model == wanted.model &&
           known.precision == wanted.precision && known.device == wanted.device &&
           known.trains_text == wanted.trains_text;
}

double work_of(const PaceKind& kind) {
    return static_cast<double>(kind.pixels) * static_cast<double>(kind.batch);
}

// How far apart two kinds of run are: in doublings of the work of a step, and of the rank a little.
double distance(const PaceKind& a, const PaceKind& b) {
    const auto rank = [](const PaceKind& kind) {
        return std::log2(static_cast<double>(std::max<std::int64_t>(1, kind.rank_class)));
    };
    return std::abs(std::log2(work_of(a) / work_of(b))) + 0.1 * std::abs(rank(a) - rank(b));
}

}  // namespace

double steps_of_samples(const settings::Job& job, std::int64_t samples) {
    const auto area = [](const std::vector<std::int64_t>& size) {
        return static_cast<double>(size.front()) * static_cast<double>(size.back());
    };
    const auto& sample = job.sample;
    const auto images = static_cast<double>(settings::chosen(job.data.batch) * job.train.accumulate);
    const double larger = sample.size.empty() ? 1 : area(sample.size) / area(job.data.resolution);
    const double forward = static_cast<double>(samples * sample.steps) * (sample.cfg == 1 ? 1 : 2);
    return forward * larger / (3 * images);
}

PaceKind pace_kind_of(const settings::Job& job, const base::Path& checkpoint) {
    PaceKind kind;
    kind.machine = this_machine();
    kind.model = model_of(checkpoint);
    kind.pixels = job.data.resolution.front() * job.data.resolution.back();
    kind.batch = settings::chosen(job.data.batch) * std::max<std::int64_t>(1, job.train.accumulate);
    kind.precision = say(train::with_precision(job).train.precision).word;
    kind.device = device_of(say(job.train.device).word);
    kind.rank_class = 1;
    while (kind.rank_class < settings::chosen(job.adapter.rank)) kind.rank_class *= 2;
    kind.trains_text = train::learns(job, models::Part::Text);
    return kind;
}

PaceBook::PaceBook(base::Path file) : file_(std::move(file)) {}

base::Path PaceBook::usual_file() {
    if (const char* given = std::getenv("LORIKEET_PACE_FILE"); given && *given) return given;
    if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache && *cache)
        return base::Path(cache) / "lorikeet" / "pace.json";
    if (const char* home = std::getenv("HOME"); home && *home)
        return base::Path(home) / ".cache" / "lorikeet" / "pace.json";
    return base::Path(".lorikeet") / "pace.json";
}

std::optional<PaceEstimate> PaceBook::estimate(const PaceKind& kind) const {
    std::vector<Rate> rates;
    try {
        rates = read_rates(file_);
    } catch (const base::Error&) {
        return std::nullopt;  // not readable: nobody knows
    }
    const Rate* nearest = nullptr;
    for (const auto& rate : rates) {
        if (!can_be_scaled(rate.kind, kind)) continue;
        // Of two that are as near, the newer one.
        if (nearest == nullptr || distance(rate.kind, kind) <= distance(nearest->kind, kind)) nearest = &rate;
    }
    if (nearest == nullptr) return std::nullopt;
    if (nearest->kind == kind)
        return PaceEstimate{nearest->seconds_per_step, true,
                            fmt::format("measured in run {} on {}", nearest->run, date_of(nearest->when))};
    const double factor = work_of(kind) / work_of(nearest->kind);
    const double side = std::sqrt(static_cast<double>(nearest->kind.pixels));
    return PaceEstimate{nearest->seconds_per_step * factor, false,
                        fmt::format("about: scaled from run {} ({:.0f} pixels a side, {} a step)",
                                    nearest->run, side, base::counted(nearest->kind.batch, "image"))};
}

void PaceBook::remember(const PaceKind& kind, double seconds_per_step, const std::string& run) noexcept {
    if (!(seconds_per_step > 0) || !std::isfinite(seconds_per_step)) return;
    try {
        fs::create_directories(file_.parent_path());
        const auto lock = base::FileLock::try_take(file_.string() + ".lock");
        auto rates = read_rates(file_);
        std::erase_if(rates, [&](const Rate& rate) { return rate.kind == kind; });
        rates.push_back({kind, seconds_per_step, run, base::unix_seconds()});
        if (rates.size() > kMost)
            rates.erase(rates.begin(), rates.end() - static_cast<std::ptrdiff_t>(kMost));
        Json json{{"format", kPaceFormat}, {"rates", Json::array()}};
        for (const auto& rate : rates) json["rates"].push_back(to_json(rate));
        base::write_whole(file_, json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
    } catch (const std::exception&) {
        // A rate that is not remembered is measured again.
    }
}

}  // namespace lorikeet::studio
