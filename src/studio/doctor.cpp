#include "studio/doctor.hpp"

#include <algorithm>
#include <functional>

#include <fmt/format.h>
#include <sys/utsname.h>
#include <torch/headeronly/version.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/home.hpp"
#include "base/machine.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "models/tokenizer.hpp"
#include "settings/model.hpp"
#include "studio/graphics_card.hpp"
#include "studio/model_scanner.hpp"
#include "studio/project.hpp"
#include "studio/sample_launch.hpp"
#include "tensor/cuda.hpp"
#include "train/recipe.hpp"

extern char** environ;

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kGigabyte = 1'000'000'000;

// A file of the system; empty where it is not there or may not be read.
std::string text_of(const Surroundings& here, std::string_view path) {
    try {
        return base::read_text(here.root / base::Path(path).relative_path());
    } catch (const base::Error&) {
        return {};
    }
}

bool is_there(const Surroundings& here, std::string_view path) {
    std::error_code ignored;
    return fs::exists(here.root / base::Path(path).relative_path(), ignored);
}

bool is_set(const Surroundings& here, const std::string& name) {
    const auto found = here.variables.find(name);
    return found != here.variables.end() && !found->second.empty();
}

// What stands behind `key` in lines of "key : value" or "KEY=value".
std::string after(const std::string& text, std::string_view key, char separator) {
    for (const auto& line : base::split(text, "\n")) {
        const auto at = line.find(separator);
        if (at == std::string::npos || base::trim(line.substr(0, at)) != key) continue;
        std::string value(base::trim(line.substr(at + 1)));
        if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
            value = value.substr(1, value.size() - 2);
        return value;
    }
    return {};
}

DoctorRow system_row(const Surroundings& here) {
    struct utsname name {};
    ::uname(&name);
    auto system = after(text_of(here, "/etc/os-release"), "PRETTY_NAME", '=');
    if (system.empty()) system = name.sysname;
    return {"system", Health::Fine, fmt::format("{}, {} {}", system, name.sysname, name.machine), "", "", ""};
}

DoctorRow container_row(const Surroundings& here) {
    const auto container = container_of(here);
    DoctorRow row{"container", Health::Fine, std::string(words_for(container)), "", "", ""};
    if (container == Container::Colab || container == Container::Kaggle) {
        row.health = Health::Note;
        row.cause = "What is written here is gone when the session ends.";
        row.remedy = "Download finished LoRAs, or work in a folder that stays.";
    }
    return row;
}

DoctorRow processor_row(const Surroundings& here) {
    const auto cpuinfo = text_of(here, "/proc/cpuinfo");
    const auto flags = " " + after(cpuinfo, "flags", ':') + " ";
    std::vector<std::string> sets;
    for (const auto& [flag, name] :
         {std::pair{"avx2", "AVX2"}, {"avx512f", "AVX-512"}, {"avx512_bf16", "bf16"}, {"amx_bf16", "AMX"}})
        if (flags.find(fmt::format(" {} ", flag)) != std::string::npos) sets.emplace_back(name);
    auto name = after(cpuinfo, "model name", ':');
    if (name.empty()) name = "a processor that does not tell its name";
    DoctorRow row{"processor", Health::Fine, "", "", "", ""};
    row.found = fmt::format("{}, {}{}", name, base::counted(base::processor_count(), "thread"),
                            sets.empty() ? "" : ", " + base::join(sets, ", "));
    if (!sets.empty() || cpuinfo.empty()) return row;
    row.health = Health::Note;
    row.cause = "It has no AVX2, so training on it is very slow.";
    row.remedy = "Rent a machine with a processor from 2015 or later, or with an NVIDIA GPU.";
    return row;
}

// A container may be given less than the machine has.
DoctorRow memory_row(const Surroundings& here) {
    const auto [total, free] = base::machine_memory(here.root);
    DoctorRow row{"memory", Health::Fine, "", "", "", ""};
    if (total == 0) {
        row.health = Health::Note;
        row.found = "the system does not say";
        row.cause = "/proc/meminfo cannot be read.";
        row.remedy = "Nothing needs to be done.";
        return row;
    }
    row.found = fmt::format("{} free of {}", base::human_bytes(free), base::human_bytes(total));
    if (free >= 8 * kGigabyte) return row;
    row.health = Health::Note;
    row.cause = "Stable Diffusion 1.x needs about 8 GB, SDXL about 16 GB, the tiny base less than 1 GB.";
    row.remedy = "Close other programs, or rent a machine with more memory.";
    return row;
}

DoctorRow disk_row(const Surroundings& here) {
    DoctorRow row{"disk", Health::Fine, "", "", "", ""};
    auto folder = fs::absolute(here.working_folder).lexically_normal();
    if (!folder.has_filename()) folder = folder.parent_path();  // "." leaves a slash at the end
    const auto free = base::free_bytes(folder);
    row.found = fmt::format("{} free in {}", base::human_bytes(free), folder.string());
    if (free >= 10 * kGigabyte) return row;
    row.health = free < 2 * kGigabyte ? Health::Wrong : Health::Note;
    row.cause = "Models, runs and kept latents take some 10 GB.";
    row.remedy = "Free some space, or work on another disk.";
    return row;
}

DoctorRow gpu_row(const Surroundings& here) {
    DoctorRow row{"GPU", Health::Fine, "", "", "", ""};
    const auto card = look_at_card(here);
    const tensor::CudaLook cuda = here.ask_driver ? tensor::look_for_cuda() : tensor::CudaLook{};
    if (card.names.empty() && card.driver.empty() && cuda.driver) {
        row.health = Health::Wrong;
        row.found = "an NVIDIA driver, and no GPU";
        row.cause = cuda.cause;
        row.remedy = cuda.remedy;
        return row;
    }
    if (card.names.empty() && card.driver.empty()) {
        row.health = Health::Note;
        row.found = "none with an NVIDIA driver";
        row.cause = "Training runs on the processor, many times slower.";
        row.remedy = "Use a GPU for Stable Diffusion 1.x and SDXL.";
        return row;
    }
    row.found = card.names.empty() ? fmt::format("driver {}, and no GPU", card.driver)
                                   : fmt::format("{}{}", base::join(card.names, ", "),
                                                 card.driver.empty() ? "" : ", driver " + card.driver);
    if (card.names.empty()) {
        row.health = Health::Wrong;
        row.cause = "The driver is there, but this container was given no GPU.";
        row.remedy = "Start the container with its GPU (docker: --gpus all), or rent another one.";
    } else if (!cuda.found && !cuda.cause.empty()) {
        row.health = Health::Wrong;
        row.cause = cuda.cause;
        row.remedy = cuda.remedy;
    }
    return row;
}

DoctorRow libtorch_row(const Surroundings&) {
    return {"LibTorch",
            Health::Fine,
            fmt::format("{}, {}", TORCH_VERSION,
                        tensor::look_for_cuda().found ? "with CUDA" : "for the processor"),
            "",
            "",
            ""};
}

DoctorRow models_row(const Surroundings& here) {
    ModelScanner found_models;
    const auto found = found_models.look(ModelScanner::usual_folders(here.working_folder), base::Cancel());
    const auto bases = std::count_if(found.bases.begin(), found.bases.end(),
                                     [](const auto& model) { return model.choose != "tiny"; });
    DoctorRow row{"models", Health::Fine, "", "", "", ""};
    row.found = fmt::format("{} base, {} VAE, {} LoRA", bases, found.vaes.size(), found.loras.size());
    if (!found.rejects.empty()) row.found += fmt::format("; {} that cannot be used", found.rejects.size());
    if (bases > 0) return row;
    row.health = Health::Note;
    row.cause = found.rejects.empty() ? "Only the included tiny base is there."
                                      : fmt::format("{}: {}", found.rejects.front().file.filename().string(),
                                                    found.rejects.front().reason);
    row.remedy = "Put Stable Diffusion 1.x or SDXL checkpoints into models.";
    return row;  // no button: a folder alone would be no model
}

DoctorRow tiny_base_row(const Surroundings&) {
    DoctorRow row{"tiny base", Health::Fine, "", "", "", ""};
    const auto file = train::checkpoint_file(settings::Model{});
    row.found = fmt::format("{} ({})", file.string(), base::human_bytes(base::bytes_in(file).value_or(0)));
    return row;
}

DoctorRow vocabulary_row(const Surroundings&) {
    DoctorRow row{"vocabulary", Health::Fine, "", "", "", ""};
    const auto file = models::default_vocabulary();
    row.found = file.string();
    return row;
}

bool may_write(const base::Path& folder) { return ::access(folder.c_str(), W_OK | X_OK) == 0; }

constexpr const char* kImagesFolder = "pictures";
constexpr const char* kFolders[] = {"runs", "models", kImagesFolder, kSamplesFolder};

DoctorRow folders_row(const Surroundings& here) {
    DoctorRow row{"folders", Health::Fine, "", "", "", ""};
    std::vector<std::string> missing, shut;
    if (!may_write(here.working_folder)) shut.push_back(fs::absolute(here.working_folder).string());
    for (const auto* name : kFolders) {
        const auto folder = here.working_folder / name;
        if (!base::is_there(folder))
            missing.emplace_back(name);
        else if (!may_write(folder))
            shut.emplace_back(name);
    }
    if (!shut.empty()) {
        row.health = Health::Wrong;
        row.found = fmt::format("{} cannot be written to", base::join(shut, ", "));
        row.cause = "Runs, models and what is typed are kept there.";
        row.remedy = "Work in a folder that is yours, or change who may write there (chmod, chown).";
    } else if (!missing.empty()) {
        row.found = fmt::format("{} not there yet; created when needed", base::join(missing, ", "));
        row.fix = "make-folders";
    } else {
        row.found = fmt::format("{} can be written to", fmt::join(kFolders, ", "));
    }
    return row;
}

// Training stops there too: nobody trains in another folder than he thinks.
DoctorRow project_row(const Surroundings& here) {
    DoctorRow row{"project", Health::Fine, "", "", "", ""};
    const Projects projects(here.workspace.empty() ? here.working_folder : here.workspace);
    if (const auto open = projects.open_one()) {
        row.found = fmt::format("{}, in {}", open->name, open->folder.string());
    } else if (auto trouble = projects.trouble(); !trouble.empty()) {
        row.health = Health::Wrong;
        row.found = "not known which is open";
        row.cause = std::move(trouble);
        row.remedy = "Open one: lorikeet project open NAME, or the page project.";
    } else {
        row.found = "none is open; this folder itself is used";
    }
    return row;
}

// What a look throws is what is wrong.
DoctorRow looked(const char* what, DoctorRow (*look)(const Surroundings&), const Surroundings& here) {
    try {
        return look(here);
    } catch (const base::Error& error) {
        return {what, Health::Wrong, "not found", error.what(), error.hint(), ""};
    } catch (const std::exception& error) {
        return {what, Health::Note, "could not be looked at", error.what(), "Nothing needs to be done.", ""};
    }
}

}  // namespace

std::string_view words_for(Health health) {
    switch (health) {
        case Health::Fine: return "fine";
        case Health::Note: return "note";
        case Health::Wrong: return "wrong";
    }
    return "";
}

std::string_view words_for(Container container) {
    switch (container) {
        case Container::None: return "none: a machine of its own";
        case Container::Plain: return "a container (Docker or alike)";
        case Container::VastAi: return "Vast.ai";
        case Container::RunPod: return "RunPod";
        case Container::Colab: return "Google Colab";
        case Container::Kaggle: return "Kaggle";
    }
    return "";
}

Surroundings Surroundings::of_open_project(const base::Path& workspace) {
    const auto project = Projects(workspace).open_one();
    return real(project ? project->folder : workspace, workspace);
}

Surroundings Surroundings::real(base::Path working_folder, base::Path workspace) {
    Surroundings here;
    here.workspace = std::move(workspace);
    here.working_folder = working_folder.empty() ? base::Path(".") : std::move(working_folder);
    for (char** one = environ; one != nullptr && *one != nullptr; ++one) {
        const std::string_view text(*one);
        const auto equals = text.find('=');
        if (equals != std::string_view::npos)
            here.variables.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return here;
}

Container container_of(const Surroundings& here) {
    // Colab and Kaggle first: nobody else sets theirs.
    if (is_set(here, "COLAB_RELEASE_TAG") || is_set(here, "COLAB_GPU")) return Container::Colab;
    if (is_set(here, "KAGGLE_KERNEL_RUN_TYPE")) return Container::Kaggle;
    if (is_set(here, "RUNPOD_POD_ID")) return Container::RunPod;
    for (const auto& [name, value] : here.variables)
        if (name == "VAST_CONTAINERLABEL" || (name.starts_with("VAST_TCP_PORT_") && !value.empty()))
            return Container::VastAi;
    if (is_there(here, "/.dockerenv") || is_there(here, "/run/.containerenv")) return Container::Plain;
    const auto groups = text_of(here, "/proc/1/cgroup");
    for (const auto* word : {"docker", "kubepods", "containerd", "libpod", "lxc"})
        if (groups.find(word) != std::string::npos) return Container::Plain;
    return Container::None;
}

std::vector<DoctorRow> examine(const Surroundings& here) {
    return {looked("system", system_row, here),       looked("container", container_row, here),
            looked("processor", processor_row, here), looked("memory", memory_row, here),
            looked("disk", disk_row, here),           looked("GPU", gpu_row, here),
            looked("LibTorch", libtorch_row, here),   looked("models", models_row, here),
            looked("tiny base", tiny_base_row, here), looked("vocabulary", vocabulary_row, here),
            looked("project", project_row, here),     looked("folders", folders_row, here)};
}

void fix(std::string_view id, const Surroundings& here) {
    if (id != "make-folders")
        base::fail(base::ErrorCode::NotFound, fmt::format("There is no remedy \"{}\".", id));
    for (const auto* name : kFolders) {
        std::error_code trouble;
        fs::create_directories(here.working_folder / name, trouble);
        if (trouble)
            base::fail(base::ErrorCode::Io,
                       fmt::format("Could not make the folder {}: {}.", name, trouble.message()),
                       "Work in a folder that is yours.");
    }
}

}  // namespace lorikeet::studio
