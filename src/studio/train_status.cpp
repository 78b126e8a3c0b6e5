#include "studio/train_status.hpp"

namespace lorikeet::studio {

namespace {

std::optional<double> number_of(const base::Event& event, std::string_view name) {
    if (event.find(name) == nullptr) return std::nullopt;
    return event.number(name);
}

std::int64_t whole(const base::Event& event, std::string_view name, std::int64_t otherwise = 0) {
    return static_cast<std::int64_t>(event.number(name, static_cast<double>(otherwise)));
}

}  // namespace

std::string words_for_phase(const TrainStatus& status) {
    if (status.stopping) return "stopping";
    if (status.phase == "loading") return "loading the model";
    if (status.phase == "caching") return "caching images";
    if (status.phase == "encoding") return "encoding captions";
    if (status.phase == "resumed") return "taking up the saved state";
    if (status.phase == "validating") return "computing the validation loss";
    if (status.phase == "sampling") return "generating samples";
    return status.phase;
}

void TrainStatus::take(const base::Event& event, double now) {
    if (event.kind == "phase") {
        phase = event.text("name");
        phase_began = now;
        done = 0;
        total = whole(event, "total");
        what.clear();
        step = whole(event, "step", step);  // a resumed run does not begin at 0
    } else if (event.kind == "progress") {
        done = whole(event, "done");
        total = whole(event, "total", total);
        what = event.text("what");
    } else if (event.kind == "metrics") {
        step = whole(event, "step");
        total_steps = whole(event, "total_steps", total_steps);
        epoch = whole(event, "epoch", epoch);
        total_epochs = whole(event, "total_epochs", total_epochs);
        loss = number_of(event, "loss");
        smoothed_loss = number_of(event, "smoothed_loss");
        lr = number_of(event, "lr");
        lr_text = number_of(event, "lr_text");
        grad_norm = number_of(event, "grad_norm");
        seconds_per_step = number_of(event, "seconds_per_step");
        eta_seconds = number_of(event, "eta_seconds");
        eta_at = now;
        memory_bytes = static_cast<std::uint64_t>(event.number("memory_bytes"));
    } else if (event.kind == "validation") {
        validation_loss = number_of(event, "loss");
    } else if (event.kind == "end") {
        phase = event.text("reason");
        step = whole(event, "step", step);
    }
}

}  // namespace lorikeet::studio
