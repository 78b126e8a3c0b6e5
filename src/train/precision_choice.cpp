#include "train/precision_choice.hpp"

#include <utility>

#include <fmt/format.h>

#include "models/family.hpp"
#include "tensor/cuda.hpp"
#include "tensor/device.hpp"
#include "train/words.hpp"

namespace lorikeet::train {
namespace {

using settings::Precision;

constexpr int kWithBfloat16 = 80;  // compute capability: Ampere

bool is_known_without_bfloat16(const Hardware& hardware) {
    return hardware.capability && *hardware.capability > 0 && *hardware.capability < kWithBfloat16;
}

bool computes_bfloat16(const Hardware& hardware) {
    if (hardware.capability) return !is_known_without_bfloat16(hardware);
    return hardware.processor >= base::Processor::Avx512Bf16;
}

at::ScalarType type_of(Precision precision) {
    switch (precision) {
        case Precision::Bfloat16: return at::kBFloat16;
        case Precision::Float16: return at::kHalf;
        case Precision::Float32:
        case Precision::Auto: break;
    }
    return at::kFloat;
}

// "This GPU (Tesla T4, compute capability 7.5)", "This processor".
std::string device_words(const Hardware& hardware) {
    if (!hardware.capability) return "this processor";
    if (*hardware.capability == 0) return "this GPU";
    return fmt::format("this GPU ({}compute capability {}.{})",
                       hardware.card.empty() ? "" : hardware.card + ", ", *hardware.capability / 10,
                       *hardware.capability % 10);
}

Precision best_for(const Hardware& hardware) {
    if (computes_bfloat16(hardware)) return Precision::Bfloat16;
    return hardware.capability ? Precision::Float16 : Precision::Float32;
}

std::string why_of(Precision best, const Hardware& hardware) {
    const auto device = device_words(hardware);
    if (best == Precision::Bfloat16) return fmt::format("bfloat16: {} is fast in it.", device);
    if (best == Precision::Float16)
        return fmt::format("float16, with loss scaling: {} has no bfloat16.", device);
    return fmt::format(
        "float32, over weights that stay in the file's 16 bits: {} has no instructions for bfloat16.",
        device);
}

}  // namespace

Hardware hardware_for(settings::DeviceChoice device) {
    Hardware hardware;
    hardware.processor = base::processor();
    if (!tensor::pick_device(name_of(device)).is_cuda()) return hardware;
    const auto facts = tensor::cuda_facts();
    hardware.capability = facts.capability;
    hardware.card = facts.card;
    return hardware;
}

PrecisionChoice choose_precision(Precision wanted, const Hardware& hardware) {
    const auto precision = wanted == Precision::Auto ? best_for(hardware) : wanted;
    const auto sentence = wanted == Precision::Auto
                              ? why_of(precision, hardware)
                              : fmt::format("{}, as train.precision says.", say(precision).word);
    return {precision, type_of(precision), sentence};
}

std::vector<base::Problem> slow_settings(const settings::Job& job, const Hardware& hardware) {
    std::vector<base::Problem> slow;
    const auto device = device_words(hardware);
    const auto precision = job.train.precision;
    const bool emulated = (precision == Precision::Bfloat16 && !computes_bfloat16(hardware)) ||
                          (precision == Precision::Float16 && !hardware.capability);
    if (emulated)
        slow.push_back({"train.precision",
                        fmt::format("train.precision is \"{}\", and {} has no instructions for it, so a step "
                                    "takes many times as long.",
                                    say(precision).word, device),
                        "Set train.precision = \"auto\"."});
    if (job.model.vae_precision == settings::VaePrecision::Bfloat16 && !computes_bfloat16(hardware))
        slow.push_back({"model.vae_precision",
                        fmt::format("model.vae_precision is \"bfloat16\", and {} has no instructions for it, "
                                    "so caching images takes many times as long.",
                                    device),
                        "Set model.vae_precision = \"auto\"."});
    return slow;
}

at::ScalarType compute_type_of(const settings::Train& train) {
    if (train.precision != Precision::Auto) return type_of(train.precision);
    return choose_precision(train.precision, hardware_for(train.device)).compute;
}

settings::Job with_precision(settings::Job job) {
    if (job.train.precision == Precision::Auto)
        job.train.precision = choose_precision(Precision::Auto, hardware_for(job.train.device)).precision;
    return job;
}

settings::Job settle_precision(const settings::Job& job, Begins begins, base::EventSink& events) {
    const auto tell = [&](const char* kind, std::string text) {
        if (!text.empty()) events.take({kind, {{"text", std::move(text)}}});
    };
    const auto hardware = hardware_for(job.train.device);
    const auto choice = choose_precision(job.train.precision, hardware);
    if (begins == Begins::Earlier)
        tell("note", note_on_resuming(job.train.precision, hardware));
    else if (job.train.precision == Precision::Auto)
        tell("note", "Steps are computed in " + choice.sentence);
    for (const auto& slow : slow_settings(job, hardware)) tell("warning", slow.what + " " + slow.hint);
    auto settled = job;
    settled.train.precision = choice.precision;
    return settled;
}

std::string note_on_resuming(Precision begun, const Hardware& hardware) {
    const auto here = best_for(hardware);
    if (begun == Precision::Auto || begun == here) return {};
    return fmt::format(
        "The run goes on in {}, as it began, so that its numbers stay what they were; begun here, \"auto\" "
        "would come to {}",
        say(begun).word, why_of(here, hardware));
}

at::ScalarType vae_type_of(settings::VaePrecision wanted, const models::Spec& spec, at::ScalarType compute) {
    switch (wanted) {
        case settings::VaePrecision::Float32: return at::kFloat;
        case settings::VaePrecision::Bfloat16: return at::kBFloat16;
        case settings::VaePrecision::Auto: break;
    }
    const bool as_unet = spec.family->in_16_bits && compute != at::kHalf;
    return as_unet ? compute : at::kFloat;
}

}  // namespace lorikeet::train
