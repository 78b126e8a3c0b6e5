// The files of weights that lie about: base models, VAEs and LoRAs, told from their headers alone. What cannot be used is
// listed with its reason, so that nobody wonders where a file went.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"

namespace lorikeet::studio {

enum class ModelUse { Base, Vae, Lora };

struct ListedModel {
    std::string choose;    // what a setting takes: a path, or "tiny"
    std::string name;      // to show: the file's name without its ending
    std::string sentence;  // what it is
    ModelUse use = ModelUse::Base;
    std::uint64_t bytes = 0;
    double changed = 0;  // unix seconds
    // Of a LoRA, as its file tells it; empty where it does not.
    std::string made{};     // "my-lora, step 36"
    std::string trigger{};  // what calls it up
};
struct RejectedModel {
    base::Path file;
    std::uint64_t bytes = 0;
    std::string reason, hint;
};
struct ModelList {
    std::vector<ListedModel> bases, vaes, loras;  // newest first; the tiny base is the last of the bases
    std::vector<RejectedModel> rejects;
    bool whole = true;  // false: there were too many files, and some were not looked at
};

// One file that a setting names: why it cannot be used, or what it is.
struct ModelLook {
    std::string trouble, hint;  // empty when it can be used
    std::string sentence;       // "Stable Diffusion 1.x."
};
// `named` as a setting has it, from `working_folder`; "tiny" is the model that comes along. Nothing throws.
ModelLook look_at_model(const std::string& named, ModelUse wanted, const base::Path& working_folder);

// Remembers what it saw by path, size and time: a second look at hundreds of files is quick. Safe from any thread.
class ModelScanner {
  public:
    ModelScanner();
    ~ModelScanner();
    // Folders that are not there hold nothing. Each is looked through with its subfolders.
    ModelList look(const std::vector<base::Path>& folders, const base::Cancel& cancel);
    // models, pretrained_model, lora, and the checkpoints of the runs below `working_folder`.
    static std::vector<base::Path> usual_folders(const base::Path& working_folder);

  private:
    struct Seen;
    std::mutex guard_;
    std::map<std::string, Seen> seen_;
};

}  // namespace lorikeet::studio
