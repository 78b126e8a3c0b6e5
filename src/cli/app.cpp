#include "cli/app.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <memory>
#include <ostream>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "base/error.hpp"
#include "base/number.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/group_commands.hpp"
#include "cli/options.hpp"
#include "cli/report.hpp"
#include "cli/usage.hpp"
#include "cli/version.hpp"

namespace lorikeet::cli {

namespace {

constexpr const char* kAlso = "Train beside another training that runs on this machine.";

// The words that say in help, completion and docs what an option takes.
constexpr const char* kFile = "FILE";
constexpr const char* kRun = "RUN";

struct Program {
    CLI::App app{"Trains LoRAs for Stable Diffusion.", "lorikeet"};
    Action chosen;
    // The arguments live as long as the App that writes into them.
    TrainArguments train;
    ResumeArguments resume;
    SampleArguments sample;
    InspectArguments inspect;
    MergeArguments merge;
    SettingsArguments settings;
    DemoArguments demo;
    RunArguments run;
    RunsArguments runs;
    ImportArguments import;
    ReportArguments report;
    FilesArguments files;
    CaptionArguments caption;
    TagArguments tag;
    CaptionWriteArguments caption_write;
    CacheArguments cache;
    ProjectArguments project;
    InstallKernelArguments install_kernel;
    std::string shell;
};

// What CLI11 asks of a text before it reads the number in it: what is wrong with it, or nothing. Help shows the range.
CLI::Validator number_from(double least, double most) {
    const auto judge = [least, most](const std::string& text) {
        if (const auto trouble = base::trouble_with_number(text); !trouble.empty())
            return fmt::format("\"{}\" {}", text, trouble);
        const auto value = base::try_number(text).value_or(least);
        return value < least || value > most ? fmt::format("{} is not from {:g} to {:g}", text, least, most)
                                             : std::string();
    };
    return {judge, fmt::format("{:g} to {:g}", least, most)};
}

CLI::Validator whole_from(std::int64_t least, std::int64_t most) {
    const auto judge = [least, most](const std::string& text) {
        const auto trouble = base::trouble_with_number(text, base::Numeral::Whole);
        if (trouble == base::kIsNoNumber) return fmt::format("\"{}\" is not a whole number", text);
        if (!trouble.empty()) return fmt::format("\"{}\" {}", text, trouble);
        const auto value = std::strtoll(text.c_str(), nullptr, 10);
        return value < least || value > most ? fmt::format("{} is not from {} to {}", text, least, most)
                                             : std::string();
    };
    const bool open = most == std::numeric_limits<std::int64_t>::max();
    return {judge, open ? std::string() : fmt::format("{} to {}", least, most)};
}

CLI::App* command(Program& program, const char* name, const char* what, const char* examples, Action action) {
    return CommandAdder(program.chosen).command(program.app, name, what, examples, std::move(action));
}

void add_train(Program& p) {
    auto* sub = command(p, "train", "Train a LoRA as a job file says.",
                        "  lorikeet train job.toml\n"
                        "  lorikeet train job.toml --optim.lr 1e-4 --train.epochs 4 --name try-2\n"
                        "  lorikeet train job.toml --dry-run          say what would be done, and stop",
                        [&p](Console& console) { return train(p.train, console); });
    sub->add_option("job", p.train.job_file, "The job file (TOML).")->required()->type_name(kFile);
    sub->add_option("--name", p.train.name, "Name of the run, instead of output.name.")->type_name("NAME");
    sub->add_flag("--overwrite", p.train.overwrite, "Replace a run of the same name.");
    sub->add_flag("--dry-run", p.train.plan_only, "Say what would be done, and stop.");
    sub->add_flag("--also", p.train.also, kAlso);
    add_setting_options(*sub, p.train.changes);
}

void add_resume(Program& p) {
    auto* sub = command(p, "resume", "Go on with a run that was stopped or cut off.",
                        "  lorikeet resume my-lora\n"
                        "  lorikeet resume my-lora --steps 600          go on longer than planned\n"
                        "  lorikeet resume my-lora --set data.subsets.0.folder=moved/images",
                        [&p](Console& console) { return resume(p.resume, console); });
    sub->add_option("run", p.resume.run, "Its name, or its folder.")->required()->type_name(kRun);
    sub->add_option("--steps", p.resume.steps, "A later end, where the learning rate is constant.")
        ->type_name("N")
        ->check(whole_from(1, 1000000000));
    sub->add_option("--epochs", p.resume.epochs, "The same, counted in epochs.")
        ->type_name("N")
        ->check(whole_from(1, 1000000));
    sub->add_flag("--also", p.resume.also, kAlso);
    sub->add_flag("--accept-changes", p.resume.accept_changes,
                  "Go on with other images, captions or settings than before; the run records it.");
    add_setting_options(*sub, p.resume.changes);
}

void add_sample(Program& p) {
    auto* sub = command(
        p, "sample", "Generate images with a model and LoRAs.",
        "  lorikeet sample \"a red star on a blue background\"\n"
        "  lorikeet sample \"a lorikeet\" --lora runs/my-lora/checkpoints/my-lora.safetensors:0.8\n"
        "  lorikeet sample \"a castle\" --model sd15.safetensors --size 512x768 --count 4 --out images",
        [&p](Console& console) { return sample(p.sample, console); });
    sub->add_option("prompt", p.sample.prompt, "What to generate.")->required()->type_name("TEXT");
    sub->add_option("--model", p.sample.model, "A checkpoint; \"tiny\" is the small one that is included.")
        ->capture_default_str()
        ->type_name(kFile);
    sub->add_option("--negative", p.sample.negative, "What to keep away from.")->type_name("TEXT");
    sub->add_option("--steps", p.sample.steps, "More take longer and are finer.")
        ->capture_default_str()
        ->type_name("N")
        ->check(whole_from(1, 1000));
    sub->add_option("--cfg", p.sample.cfg, "How strictly the prompt is followed; 1 is not at all.")
        ->capture_default_str()
        ->type_name("NUMBER")
        ->check(number_from(0, 100));
    sub->add_option("--seed", p.sample.seed, "Of the first image; each further one adds 1.")
        ->capture_default_str()
        ->type_name("N")
        ->check(whole_from(0, std::numeric_limits<std::int64_t>::max()));
    sub->add_option("--size", p.sample.size, "Width and height in pixels; else the model's own.")
        ->type_name("WxH");
    sub->add_option("--lora", p.sample.loras, "A LoRA, with its strength after a colon; may be given again.")
        ->type_name("FILE[:STRENGTH]")
        ->expected(1)
        ->take_all();
    sub->add_option("--count", p.sample.count, "How many images.")
        ->capture_default_str()
        ->type_name("N")
        ->check(whole_from(1, 10000));
    sub->add_option("--clip-skip", p.sample.clip_skip, "1: the text tower's last layer; 2: the one before.")
        ->capture_default_str()
        ->type_name("N")
        ->check(whole_from(1, 12));
    sub->add_option("--sampler", p.sample.sampler, "The way from noise to image.")
        ->capture_default_str()
        ->type_name("ddim|euler|euler_a")
        ->check(CLI::IsMember({"ddim", "euler", "euler_a"}));
    sub->add_option("--strengths", p.sample.strengths, "Each image once at each of these strengths.")
        ->delimiter(',')
        ->expected(1)
        ->take_all()
        ->type_name("N,...")
        ->check(number_from(-10, 10));
    sub->add_option("--out", p.sample.out, "A folder or a .png file; else the working directory.")
        ->type_name(kFile);
    sub->add_flag("--overwrite", p.sample.overwrite, "Replace a .png file that is there already.");
    sub->add_option("--events", p.sample.events, "Tell what happens, a line of JSON each, in this file.")
        ->type_name(kFile);
}

void add_demo(Program& p) {
    auto* sub = command(p, "demo", "Train a LoRA on the included images, and show what it learned.",
                        "  lorikeet demo", [&p](Console& console) { return demo(p.demo, console); });
    sub->add_option("--folder", p.demo.folder, "Where its files go.")
        ->capture_default_str()
        ->type_name(kFile);
    sub->add_flag("--also", p.demo.also, kAlso);
}

void add_file_commands(Program& p) {
    auto* sub =
        command(p, "inspect", "Say what a file of weights is and what is in it.",
                "  lorikeet inspect my-lora.safetensors\n  lorikeet inspect --metadata my-lora.safetensors",
                [&p](Console& console) { return inspect(p.inspect, console); });
    sub->add_option("files", p.inspect.files, "Safetensors files.")->required()->type_name(kFile);
    sub->add_flag("--metadata", p.inspect.metadata, "Print all its metadata as it is.");

    sub = command(
        p, "merge", "Work LoRAs into a copy of a checkpoint.",
        "  lorikeet merge --model sd15.safetensors --lora style.safetensors:0.7 --out sd15-style.safetensors",
        [&p](Console& console) { return merge(p.merge, console); });
    sub->add_option("--model", p.merge.model, "The checkpoint; it stays as it is.")
        ->capture_default_str()
        ->type_name(kFile);
    sub->add_option("--lora", p.merge.loras, "A LoRA, with its strength after a colon; may be given again.")
        ->required()
        ->type_name("FILE[:STRENGTH]")
        ->expected(1)
        ->take_all();
    sub->add_option("--out", p.merge.out, "The file to write; it must not be there yet.")
        ->required()
        ->type_name(kFile);
}

void add_run_commands(Program& p) {
    auto* sub = command(p, "runs", "List the runs and how they stand.",
                        "  lorikeet runs\n  lorikeet runs --folder old-runs",
                        [&p](Console& console) { return runs(p.runs, console); });
    sub->add_option("--folder", p.runs.folder, "Where the runs lie, instead of runs.")->type_name(kFile);
    for (const bool stops : {true, false}) {
        sub = command(
            p, stops ? "stop" : "save",
            stops ? "Ask a living run to finish its step, save and stop."
                  : "Ask a living run to save a finished file now and go on.",
            stops ? "  lorikeet stop my-lora" : "  lorikeet save my-lora",
            [&p, stops](Console& console) { return stops ? stop(p.run, console) : save(p.run, console); });
        sub->add_option("run", p.run.run, "Its name, or its folder.")->required()->type_name(kRun);
    }
}

void add_notebook_commands(Program& p) {
    auto* sub = command(p, "install-kernel", "Make Jupyter find Lorikeet's notebooks.",
                        "  lorikeet install-kernel                    for yourself, in every Jupyter\n"
                        "  lorikeet install-kernel --prefix ~/venv    in one environment",
                        [&p](Console& console) { return install_kernel(p.install_kernel, console); });
    sub->add_option("--prefix", p.install_kernel.prefix, "Folder of a Python environment to install into.")
        ->type_name(kFile);
}

int print_completion(const std::string& shell, Console& console) {
    const auto commands = command_words();
    const auto settings = setting_paths();
    console.out << (shell == "zsh" ? zsh_completion(commands, settings)
                                   : bash_completion(commands, settings));
    return 0;
}

void add_doctor(Program& p) {
    command(p, "doctor", "Say what this machine has and lacks; changes nothing.", "  lorikeet doctor",
            [](Console& console) { return doctor(console); });
}

void add_reference_commands(Program& p) {
    auto* sub = command(p, "settings", "Print every setting of a job file, with its meaning.",
                        "  lorikeet settings | less\n  lorikeet settings --example > job.toml",
                        [&p](Console& console) { return settings_page(p.settings, console); });
    sub->add_flag("--example", p.settings.example, "Print a job file to start from, with comments.");

    sub =
        command(p, "completion", "Print a script that lets your shell finish commands.",
                "  source <(lorikeet completion bash)\n  lorikeet completion zsh > \"${fpath[1]}/_lorikeet\"",
                [&p](Console& console) { return print_completion(p.shell, console); });
    sub->add_option("shell", p.shell, "bash or zsh.")
        ->required()
        ->type_name("bash|zsh")
        ->check(CLI::IsMember({"bash", "zsh"}));
}

std::unique_ptr<Program> make_program() {
    auto p = std::make_unique<Program>();
    p->app.set_help_flag("-h,--help", "Print this help and stop.");
    p->app.set_version_flag("--version", std::string(version_text()), "Print the version and stop.");
    p->app.require_subcommand(0, 1);
    p->app.footer(
        "Examples:\n"
        "  lorikeet settings --example > job.toml     a job file to start from\n"
        "  lorikeet train job.toml                    train as it says\n"
        "  lorikeet COMMAND --help                    more about one command");
    add_train(*p);
    add_resume(*p);
    add_sample(*p);
    add_demo(*p);
    add_doctor(*p);
    add_run_commands(*p);
    add_file_commands(*p);
    add_dataset_commands(p->app, CommandAdder(p->chosen), p->import, p->report, p->files);
    add_caption_commands(p->app, CommandAdder(p->chosen), p->caption, p->caption_write);
    add_tag_command(p->app, CommandAdder(p->chosen), p->tag);
    add_cache_commands(p->app, CommandAdder(p->chosen), p->cache);
    add_project_commands(p->app, CommandAdder(p->chosen), p->project);
    add_notebook_commands(*p);
    add_reference_commands(*p);
    hide_validators(p->app);
    return p;
}

// What CLI11 says, with a remedy of ours.
int say_wrong_words(const Program& program, const CLI::ParseError& error,
                    const std::vector<std::string>& words, Console& console) {
    std::vector<std::string> commands;
    for (const auto* sub : program.app.get_subcommands({})) commands.push_back(sub->get_name());
    const bool known = !words.empty() &&
                       std::find(commands.begin(), commands.end(), words[0]) != commands.end();
    if (!words.empty() && !known && words[0][0] != '-') {
        const auto near = base::nearest(words[0], commands);
        say_error(console, fmt::format("There is no command \"{}\".", words[0]),
                  near ? fmt::format("Did you mean \"lorikeet {}\"?", *near)
                       : fmt::format("The commands are: {}.", base::join(commands, ", ")));
    } else {
        say_error(console,
                  base::replace_all(std::string(base::trim(error.what())), " is required", " is missing."),
                  fmt::format("`lorikeet {}--help` shows what it takes.", command_in(program.app, words)));
    }
    return base::exit_code(base::ErrorCode::InvalidInput);
}

Operand operand_of(const std::string& type) {
    if (type == kFile || type.starts_with("FILE[")) return Operand::File;
    if (type == kRun) return Operand::Run;
    return type.empty() ? Operand::None : Operand::Word;
}

std::vector<std::string> choices_of(const std::string& type) {
    const bool open = type.find('|') == std::string::npos || type.starts_with("N|");  // any number too
    return open ? std::vector<std::string>{} : base::split(type, "|");
}

// An address of the web would be a file that is not there, or a folder called "https:".
void refuse_web_addresses(const CLI::App& program) {
    for (const auto* sub : program.get_subcommands())
        for (const auto* option : sub->get_options()) {
            const auto operand = operand_of(option->get_type_name());
            if (operand != Operand::File && operand != Operand::Run) continue;
            for (const auto& given : option->results())
                if (base::is_web_address(given)) base::fail_for_web_address(given);
        }
}

CommandWords words_of(const CLI::App& sub) {
    CommandWords command{sub.get_name(), sub.get_description(), Operand::None, {}, {}};
    for (const auto* option : sub.get_options()) {
        const std::string type = option->get_items_expected_max() == 0 ? "" : option->get_type_name();
        if (option->get_positional()) {
            command.operand = operand_of(type);
            command.choices = choices_of(type);
        } else {
            command.options.push_back({"--" + option->get_lnames().front(), option->get_description(),
                                       operand_of(type), choices_of(type)});
        }
    }
    // Of a group: the words that can follow, and what any of them takes.
    for (const auto* each : sub.get_subcommands({})) {
        command.operand = Operand::Word;
        command.choices.push_back(each->get_name());
        for (const auto& option : words_of(*each).options)
            if (std::none_of(command.options.begin(), command.options.end(),
                             [&](const auto& known) { return known.name == option.name; }))
                command.options.push_back(option);
    }
    return command;
}

}  // namespace

int run(const std::vector<std::string>& words, Console& console) {
    const auto program = make_program();
    try {
        program->app.parse(
            std::vector<std::string>(words.rbegin(), words.rend()));  // CLI11 wants the last word first
    } catch (const CLI::CallForHelp&) {
        console.out << program->app.help();  // of the command that was named
        return 0;
    } catch (const CLI::CallForVersion&) {
        console.out << version_text() << '\n';
        return 0;
    } catch (const CLI::ParseError& error) {
        return say_wrong_words(*program, error, words, console);
    }
    if (!program->chosen) {
        console.out << program->app.help();
        return 0;
    }
    return guarded(console, [&] {
        refuse_web_addresses(program->app);
        return program->chosen(console);
    });
}

std::vector<CommandWords> command_words() {
    const auto program = make_program();
    std::vector<CommandWords> commands;
    for (const auto* sub : program->app.get_subcommands({})) commands.push_back(words_of(*sub));
    return commands;
}

std::string help_text(const std::string& command) {
    const auto program = make_program();
    return command.empty() ? program->app.help() : program->app.get_subcommand(command)->help("lorikeet");
}

}  // namespace lorikeet::cli
