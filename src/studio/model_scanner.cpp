#include "studio/model_scanner.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "io/safetensors.hpp"
#include "models/family.hpp"
#include "models/file_kind.hpp"
#include "settings/model.hpp"
#include "studio/open_project.hpp"
#include "train/recipe.hpp"
#include "train/weights_kind.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

// What one file turned out to be, as long as its size and time stay.
struct ModelScanner::Seen {
    std::uint64_t bytes = 0;
    fs::file_time_type time;
    std::optional<ModelUse> use;  // unset: cannot be used
    std::string sentence, hint;
    std::string made, trigger;       // of a LoRA
    std::vector<base::Path> beside;  // of a checkpoint: files that parts of it come from
};

namespace {

constexpr std::size_t kMostFiles = 5000;
constexpr int kDeepest = 6;

bool is_weights(const base::Path& file) {
    const auto ending = base::to_lower(file.extension().string());
    return ending == ".safetensors" || ending == ".ckpt" || ending == ".pt" || ending == ".pth" ||
           ending == ".gguf";
}

// Links are followed to files, not to folders: a link to a folder above would never end.
void gather(const base::Path& folder, const base::Cancel& cancel, std::vector<fs::directory_entry>& files,
            bool& whole) {
    std::error_code trouble;
    auto walk =
        fs::recursive_directory_iterator(folder, fs::directory_options::skip_permission_denied, trouble);
    for (; !trouble && walk != fs::recursive_directory_iterator(); walk.increment(trouble)) {
        cancel.throw_if_stopped();
        std::error_code ignored;
        const bool hidden = walk->path().filename().string().starts_with('.');
        if (walk->is_directory(ignored)) {
            if (hidden || walk.depth() >= kDeepest) walk.disable_recursion_pending();
        } else if (!hidden && is_weights(walk->path()) && walk->is_regular_file(ignored)) {
            if (files.size() >= kMostFiles) {
                whole = false;
                return;
            }
            files.push_back(*walk);
        }
    }
}

struct Told {
    std::optional<ModelUse> use;
    std::string sentence, hint;
    std::string made{}, trigger{};
    std::vector<base::Path> beside{};
};

// What trainers write into a LoRA of ours and of others: its name, how far it was trained, the word that calls it up.
Told tell_lora(const io::SafetensorsFile& weights, const std::string& name) {
    const auto said = [&](const char* key) {
        constexpr std::size_t kMost = 120;  // bytes of a stranger
        const auto at = weights.metadata().find(key);
        if (at == weights.metadata().end() || at->second == "None") return std::string();
        return base::printable_start(at->second, kMost);
    };
    Told told{ModelUse::Lora, name, ""};
    const auto title = said("ss_output_name"), steps = said("ss_steps");
    if (!title.empty()) told.made = steps.empty() ? title : fmt::format("{}, step {}", title, steps);
    told.trigger = said("modelspec.trigger_phrase");
    return told;
}

Told tell_checkpoint(const base::Path& file, const models::Family& family, const std::string& name) {
    Told told{ModelUse::Base, name, ""};
    if (family.files_beside)
        for (const auto& own : family.files_beside(file)) told.beside.push_back(own.path);
    return told;
}

Told tell(const base::Path& file) {
    try {
        const io::SafetensorsFile weights(file);
        const auto seen = train::weights_kind(weights);
        const auto kind = seen.kind;
        const std::string name(seen.words);
        if (seen.family != nullptr) return tell_checkpoint(file, *seen.family, name);
        switch (kind) {
            case models::FileKind::KohyaLora: return tell_lora(weights, name);
            case models::FileKind::Vae: return {ModelUse::Vae, name, ""};
            default: return {std::nullopt, fmt::format("This is {}.", name), models::hint_for(kind)};
        }
    } catch (const base::Error& error) {
        return {std::nullopt, error.what(), error.hint()};
    } catch (const std::exception& error) {
        return {std::nullopt, fmt::format("It could not be read: {}", error.what()), ""};
    }
}

std::string capital(std::string text) {
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        text.front() = static_cast<char>(text.front() - 'a' + 'A');
    return text + ".";
}

void newest_first(std::vector<ListedModel>& list) {
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
        return a.changed != b.changed ? a.changed > b.changed : a.choose < b.choose;
    });
}

void add_tiny(ModelList& found_models) {
    try {
        const auto file = train::checkpoint_file(settings::Model{});
        std::error_code trouble;
        const auto bytes = fs::file_size(file, trouble);
        if (trouble) return;
        found_models.bases.push_back(
            {"tiny", "tiny", "Small, included, to try things out.", ModelUse::Base, bytes, 0});
    } catch (const base::Error&) {
        // It did not come along; the doctor says so.
    }
}

std::string_view use_words(ModelUse use) {
    switch (use) {
        case ModelUse::Base: return "a checkpoint";
        case ModelUse::Vae: return "a VAE";
        case ModelUse::Lora: return "a LoRA";
    }
    return "";
}

}  // namespace

ModelLook look_at_model(const std::string& named, ModelUse wanted, const base::Path& working_folder) {
    if (wanted == ModelUse::Base && named == "tiny") {
        ModelList found_models;
        add_tiny(found_models);
        if (!found_models.bases.empty()) return {"", "", found_models.bases.front().sentence};
        return {"The tiny model that should be included is missing.", "Name a checkpoint of your own.", ""};
    }
    const auto file = working_folder / named;
    if (!base::is_there(file))
        return {fmt::format("There is no file {}.", named), base::hint_for_missing(file.string()), ""};
    if (base::is_folder(file))
        return {fmt::format("{} is a folder.", named), "Name the .safetensors file in it.", ""};
    const auto told = tell(file);
    if (!told.use) return {told.sentence, told.hint, ""};
    // A checkpoint has a VAE too.
    if (*told.use != wanted && !(wanted == ModelUse::Vae && *told.use == ModelUse::Base))
        return {fmt::format("This is {}, not {}.", use_words(*told.use), use_words(wanted)),
                fmt::format("Choose {}.", use_words(wanted)), ""};
    return {"", "", capital(told.sentence)};
}

ModelScanner::ModelScanner() = default;
ModelScanner::~ModelScanner() = default;

std::vector<base::Path> ModelScanner::usual_folders(const base::Path& working_folder) {
    std::vector<base::Path> folders;
    for (const auto* name : {"models", "pretrained_model", "vae", "lora", "loras", "output"})
        folders.push_back(working_folder / name);
    if (const auto shared = workspace_of_entered(); !shared.empty()) folders.push_back(shared / "models");
    std::vector<base::Path> runs;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(working_folder / "runs", ignored))
        if (fs::is_directory(entry.path() / "checkpoints", ignored))
            runs.push_back(entry.path() / "checkpoints");
    std::sort(runs.begin(), runs.end());
    folders.insert(folders.end(), runs.begin(), runs.end());
    return folders;
}

ModelList ModelScanner::look(const std::vector<base::Path>& folders, const base::Cancel& cancel) {
    const std::lock_guard held(guard_);
    ModelList found_models;
    std::vector<fs::directory_entry> files;
    for (const auto& folder : folders) gather(folder, cancel, files, found_models.whole);
    std::set<std::string> shown;  // folders may lie in one another
    std::set<base::Path> beside;  // used with their checkpoint
    for (const auto& entry : files) {
        cancel.throw_if_stopped();
        std::error_code trouble;
        const auto path = entry.path().lexically_normal();
        const std::uint64_t bytes = fs::file_size(path, trouble);
        const auto time = fs::last_write_time(path, trouble);
        if (trouble || !shown.insert(path.string()).second) continue;
        auto& seen = seen_[path.string()];
        if (seen.sentence.empty() || seen.bytes != bytes || seen.time != time) {
            auto told = tell(path);
            seen = {bytes,
                    time,
                    told.use,
                    std::move(told.sentence),
                    std::move(told.hint),
                    std::move(told.made),
                    std::move(told.trigger),
                    std::move(told.beside)};
        }
        for (const auto& own : seen.beside) beside.insert(own.lexically_normal());
        if (!seen.use) {
            found_models.rejects.push_back({path, bytes, seen.sentence, seen.hint});
            continue;
        }
        auto& list = *seen.use == ModelUse::Base  ? found_models.bases
                     : *seen.use == ModelUse::Vae ? found_models.vaes
                                                  : found_models.loras;
        list.push_back({path.string(), path.stem().string(), capital(seen.sentence), *seen.use, bytes,
                        base::unix_seconds_of(time), seen.made, seen.trigger});
    }
    std::erase_if(found_models.rejects, [&](const auto& reject) { return beside.contains(reject.file); });
    for (auto* list : {&found_models.bases, &found_models.vaes, &found_models.loras}) newest_first(*list);
    add_tiny(found_models);
    return found_models;
}

}  // namespace lorikeet::studio
