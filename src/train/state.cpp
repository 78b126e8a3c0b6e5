#include "train/state.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "io/finite.hpp"

namespace lorikeet::train {
namespace {

constexpr std::string_view kFormat = "lorikeet state 2";
constexpr std::string_view kFirstFormat = "lorikeet state 1";
constexpr std::string_view kTrainee = "adapter.";
constexpr std::string_view kOptimizer = "optimizer.";

const std::string& text_of(const io::Metadata& metadata, const std::string& key, const base::Path& file) {
    const auto at = metadata.find(key);
    if (at == metadata.end())
        base::fail(base::ErrorCode::Corrupt,
                   fmt::format("{} is not a state of a run: it has no {}.", file.string(), key));
    return at->second;
}

template <class Number>
Number number_of(const io::Metadata& metadata, const std::string& key, const base::Path& file) {
    const auto& text = text_of(metadata, key, file);
    Number number{};
    const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (trouble != std::errc() || end != text.data() + text.size())
        base::fail(base::ErrorCode::Corrupt, fmt::format("{}: {} is not a number.", file.string(), key));
    return number;
}

}  // namespace

void save_state(const base::Path& file, const State& state) {
    tensor::NamedTensors tensors;
    for (const auto& [name, tensor] : state.trainee) tensors[std::string(kTrainee) + name] = tensor;
    for (const auto& [name, tensor] : state.optimizer) tensors[std::string(kOptimizer) + name] = tensor;
    io::Metadata metadata{{"format", std::string(kFormat)},
                          {"step", fmt::format("{}", state.step)},
                          {"loss_sum", fmt::format("{}", state.loss_sum)},
                          {"loss_weight", fmt::format("{}", state.loss_weight)},
                          {"recompute", state.plan.recompute ? "1" : "0"},
                          {"parts", fmt::format("{}", state.plan.parts)},
                          {"job", state.job},
                          {"inputs", state.inputs},
                          {"accepted", base::join(state.accepted, "\n")}};
    if (state.validated > 0) metadata["validated"] = fmt::format("{}", state.validated);
    if (state.loss_scale.value > 0) {
        metadata["loss_scale"] = fmt::format("{}", state.loss_scale.value);
        metadata["loss_scale_steps"] = fmt::format("{}", state.loss_scale.steps);
    }
    std::filesystem::create_directories(file.parent_path());
    tensor::save_tensors(file, tensors, metadata);
}

State load_state(const base::Path& file) {
    const tensor::WeightFile weights(file);
    const auto& metadata = weights.metadata();
    const auto format = text_of(metadata, "format", file);
    if (format != kFormat && format != kFirstFormat)
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{} was written by another version of Lorikeet ({}).", file.string(), format),
                   "Resume it with that version, or start a new run with another name.");
    State state;
    state.step = number_of<std::int64_t>(metadata, "step", file);
    state.loss_sum = number_of<double>(metadata, "loss_sum", file);
    state.loss_weight = number_of<double>(metadata, "loss_weight", file);
    if (metadata.contains("parts"))  // states from before version 0.2 have no plan
        state.plan = {number_of<int>(metadata, "recompute", file) != 0,
                      number_of<std::int64_t>(metadata, "parts", file)};
    if (metadata.contains("validated"))
        state.validated = number_of<std::int64_t>(metadata, "validated", file);
    if (metadata.contains("loss_scale")) {
        state.loss_scale.value = number_of<double>(metadata, "loss_scale", file);
        state.loss_scale.steps = number_of<std::int64_t>(metadata, "loss_scale_steps", file);
    }
    state.job = text_of(metadata, "job", file);
    if (format == kFirstFormat)
        state.images = text_of(metadata, "pictures", file);
    else
        state.inputs = text_of(metadata, "inputs", file);
    if (const auto accepted = metadata.find("accepted");
        accepted != metadata.end() && !accepted->second.empty())
        state.accepted = base::split(accepted->second, "\n");
    for (const auto& entry : weights.entries()) {
        const std::string_view name = entry.name;
        if (const auto found = io::find_not_finite(weights.file().bytes(entry), entry.dtype))
            base::fail(
                base::ErrorCode::Corrupt,
                fmt::format("{} holds {} in {}.", file.string(), io::words_for(*found),
                            base::printable(name)),
                "The state is damaged. Start a new run with another name, with adapter.start_from set to the "
                "last LoRA of this run.");
        auto copy = [&] { return weights.get(name).clone(); };  // the file is replaced while the run goes on
        if (name.starts_with(kTrainee)) state.trainee[std::string(name.substr(kTrainee.size()))] = copy();
        if (name.starts_with(kOptimizer))
            state.optimizer[std::string(name.substr(kOptimizer.size()))] = copy();
    }
    return state;
}

std::int64_t step_of_state(const base::Path& file) {
    try {
        return number_of<std::int64_t>(tensor::WeightFile(file).metadata(), "step", file);
    } catch (const base::Error&) {
        return 0;  // there is none; or load_state() says what is wrong with it
    }
}

}  // namespace lorikeet::train
