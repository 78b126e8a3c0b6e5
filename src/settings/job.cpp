#include "settings/job.hpp"

#include <algorithm>

#include "base/printable.hpp"
#include "settings/field.hpp"

namespace lorikeet::settings {

namespace {

// What keeps a text from being a name that every file system takes as it is; most programs that load a LoRA show it too.
// The first thing alone.
enum class NameFault { None, Unseen, Folder, Sign, Begin, End, Long };

NameFault fault_of(const std::string& name) {
    const auto holds = [&](std::string_view signs) { return name.find_first_of(signs) != std::string::npos; };
    const bool has_control =
        std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (name.empty()) return NameFault::None;
    if (holds("/\\")) return NameFault::Folder;
    if (has_control || holds(":*?\"<>|")) return NameFault::Sign;
    if (!base::is_visible(name)) return NameFault::Unseen;
    for (const auto& seen : {name, base::without_invisible(name)}) {
        if (seen.front() == '.' || seen.front() == ' ' || seen.front() == '-') return NameFault::Begin;
        if (seen.back() == '.' || seen.back() == ' ') return NameFault::End;
    }
    return name.size() > 120 ? NameFault::Long : NameFault::None;
}

// One at a time: a list of all that a name may not be helps nobody.
void describe_names(Section<Output>& s) {
    s.rule(
        {"name"}, [](const Output& o) { return fault_of(o.name) == NameFault::Folder; },
        "must not hold / or \\: it names a file; folders go into output.folder.", Fix{"name", "my-lora"});
    s.rule(
        {"name"}, [](const Output& o) { return fault_of(o.name) == NameFault::Sign; },
        "must not hold : * ? \" < > | or a line break.", Fix{"name", "my-lora"});
    s.rule(
        {"name"}, [](const Output& o) { return fault_of(o.name) == NameFault::Begin; },
        "must not begin with a dot, a blank or a minus.", Fix{"name", "my-lora"});
    s.rule(
        {"name"}, [](const Output& o) { return fault_of(o.name) == NameFault::End; },
        "must not end with a dot or a blank.", Fix{"name", "my-lora"});
    s.rule(
        {"name"}, [](const Output& o) { return fault_of(o.name) == NameFault::Long; },
        "must be at most 120 bytes long.", Fix{"name", "my-lora"});
    s.rule(
        {"name"}, [](const Output& o) { return fault_of(o.name) == NameFault::Unseen; },
        "must hold a letter that can be seen.", Fix{"name", "my-lora"});
}

}  // namespace

void describe(Section<Output>& s) {
    s.says("What is saved, and where.");
    s.add("name", &Output::name, "Names the LoRA and its files.")
        .required()
        .basic()
        .effect(Effect::Record)
        .kohya("output_name");
    s.add("folder", &Output::folder, "The folder for runs; each gets a folder of its own.")
        .required()
        .effect(Effect::Record)
        .kohya("output_dir");
    s.add("precision", &Output::precision, "Number format of the saved LoRA.")
        .effect(Effect::Record)
        .kohya("save_precision");
    s.add("every_epochs", &Output::every_epochs,
          "Save a LoRA every N epochs. 0: only at the end and at a stop.")
        .range(0, 1e6)
        .unit("epochs")
        .basic()
        .effect(Effect::Record)
        .kohya("save_every_n_epochs");
    s.add("every_steps", &Output::every_steps, "Save a LoRA every N steps. 0: only at the end and at a stop.")
        .range(0, 1e9)
        .unit("steps")
        .effect(Effect::Record)
        .kohya("save_every_n_steps");
    s.add("keep_last", &Output::keep_last, "Keep only the last N of these. 0: keep all.")
        .range(0, 1e6)
        .unit("files")
        .effect(Effect::Record)
        .kohya("save_last_n_epochs")
        .kohya("save_last_n_steps");
    s.add("state_every_steps", &Output::state_every_steps,
          "Save what Resume needs every N steps. It is always saved when you stop. 0: only then.")
        .range(0, 1e9)
        .unit("steps")
        .effect(Effect::Record)
        .kohya("save_state")
        .less("a crash loses less; writes more often");
    s.add("comment", &Output::comment, "A note stored in the saved LoRA.")
        .effect(Effect::Record)
        .kohya("training_comment");
    describe_names(s);
}

void describe(Section<Job>& s) {
    s.says("All settings of a training run.");
    s.add("model", &Job::model, "");
    s.add("data", &Job::data, "");
    s.add("adapter", &Job::adapter, "");
    s.add("optim", &Job::optim, "");
    s.add("noise", &Job::noise, "");
    s.add("loss", &Job::loss, "");
    s.add("train", &Job::train, "");
    s.add("sample", &Job::sample, "");
    s.add("output", &Job::output, "");
    s.rule(
        {"optim.schedule.warmup", "train.steps"},
        [](const Job& j) {
            const auto warmup = j.optim.schedule.warmup;
            return warmup >= 1 && j.train.steps && warmup > static_cast<double>(*j.train.steps);
        },
        "the warm-up would be longer than the run.", Fix{"optim.schedule.warmup", "0.05"});
}

}  // namespace lorikeet::settings
