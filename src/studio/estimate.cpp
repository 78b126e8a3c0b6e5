#include "studio/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "base/text.hpp"
#include "train/memory_plan.hpp"
#include "train/recipe.hpp"
#include "train/run_schedule.hpp"

namespace lorikeet::studio {

namespace {

constexpr std::uint64_t kHeaderPerModule = 400;      // names, shapes and offsets of three tensors
constexpr std::uint64_t kMetadataBytes = 64 * 1024;  // a generous bound
constexpr std::uint64_t kEventBytesPerStep = 700;    // events.jsonl, log.txt and TensorBoard together

std::uint64_t unsigned_of(std::int64_t number) {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number));
}

std::uint64_t bytes_per_number(settings::SavePrecision precision) {
    return precision == settings::SavePrecision::Float32 ? 4 : 2;
}

struct Side {
    std::int64_t width = 512, height = 512;
};

Side side_of(const std::vector<std::int64_t>& size) {
    if (size.empty()) return {};
    return {size.front(), size.back()};
}

std::uint64_t sample_bytes(const settings::Job& job, const RunLength& length) {
    const auto& sample = job.sample;
    const Side side = side_of(sample.size.empty() ? job.data.resolution : sample.size);
    // A PNG of an image is rarely larger than its bytes.
    return unsigned_of(train::samples_of(sample, length.training) * side.width * side.height * 3);
}

std::uint64_t text_bytes(const settings::Job& job, const RunLength& length, std::int64_t width) {
    using settings::Precision;
    const auto precision = job.train.precision;  // auto: the larger case
    const std::int64_t number = precision == Precision::Bfloat16 || precision == Precision::Float16 ? 2 : 4;
    return unsigned_of(length.kept_texts * ((job.model.max_tokens + 2) * width * number + 4096));
}

std::uint64_t latent_bytes(const settings::Job& job, const RunLength& length,
                           const models::LatentFacts& latents) {
    if (!job.data.cache_latents) return 0;
    const bool flips =
        std::any_of(job.data.subsets.begin(), job.data.subsets.end(), [](const auto& s) { return s.flip; });
    const Side side = side_of(job.data.resolution);
    const auto places = (side.width / latents.factor) * (side.height / latents.factor);
    const std::int64_t entry = 2 * 4 * latents.channels * places + 1024;  // mean and deviation, float32
    return unsigned_of((length.images * (flips ? 2 : 1) + length.held_out) * entry);
}

}  // namespace

std::uint64_t DiskEstimate::total() const {
    return lora_bytes * lora_files + 2 * state_bytes + sample_bytes + cache_bytes + log_bytes;
}

DiskEstimate estimate_disk(const settings::Job& job, const train::AdapterSize& size, const RunLength& length,
                           const models::LatentFacts& latents, std::int64_t text_width) {
    const std::uint64_t weights = unsigned_of(size.numbers);
    const std::uint64_t header = unsigned_of(size.modules) * kHeaderPerModule + kMetadataBytes;
    DiskEstimate disk;
    disk.lora_bytes = weights * bytes_per_number(job.output.precision) + header;
    disk.lora_files = unsigned_of(train::lora_files_of(job.output, length.training));
    // The weights in float32, and what the optimizer keeps for each.
    const auto kept =
        static_cast<std::uint64_t>(train::optimizer_bytes(job.optim.rule) * static_cast<double>(weights));
    disk.state_bytes = weights * 4 + kept + 2 * header;
    disk.sample_bytes = sample_bytes(job, length);
    disk.cache_bytes = latent_bytes(job, length, latents) + text_bytes(job, length, text_width);
    disk.log_bytes = unsigned_of(length.training.total_steps) * kEventBytesPerStep;
    return disk;
}

MemoryEstimate estimate_memory(const settings::Job& job, const std::vector<data::DatasetImage>& images) {
    const auto plan = train::plan_memory(job, images);
    const auto& f = plan.forecast;
    MemoryEstimate memory;
    for (const auto& [name, bytes] : {std::pair{"weights of the model", f.weights},
                                      {"activations", f.step_beyond() - f.gradients},
                                      {"adapter", f.adapter},
                                      {"gradients", f.gradients},
                                      {"optimizer", f.optimizer},
                                      {"captions read", f.captions},
                                      {"images read", f.decodes_in_steps ? f.decoding : 0},
                                      {"program", f.program}})
        if (bytes > 0) memory.parts.push_back({name, unsigned_of(bytes)});
    memory.step_bytes = unsigned_of(f.step());
    memory.cache_bytes = unsigned_of(f.caching());
    if (f.sampling > 0) memory.sampling_bytes = unsigned_of(f.resting() + f.sampling);
    memory.most_bytes = unsigned_of(f.most());
    memory.room_bytes = unsigned_of(plan.room);
    memory.way = train::words_of(f.plan);
    memory.choice = plan.unknown.empty() ? plan.choice : plan.unknown;
    if (!plan.fits) memory.problems.push_back({"memory", plan.why, plan.advice});
    return memory;
}

std::string words_for(const RunLength& length) {
    using base::counted;
    const auto each = std::max<std::int64_t>(1, length.training.steps_per_epoch);
    const auto steps = length.training.total_steps, whole = steps / each, rest = steps % each;
    if (whole == 0) return fmt::format("part of an epoch, which has {}", counted(each, "step"));
    auto text = fmt::format("{} of {}", counted(whole, "epoch"), counted(each, "step"));
    if (rest > 0) text += fmt::format(", then {}", counted(rest, "step"));
    return text;
}

}  // namespace lorikeet::studio
