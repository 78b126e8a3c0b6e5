#include "train/saved_files.hpp"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/text.hpp"
#include "io/safetensors.hpp"

namespace lorikeet::train {
namespace {

namespace fs = std::filesystem;

// Of the weights alone, as every LoRA of ours tells; empty where there is no such file.
std::string weights_of(const base::Path& file) {
    try {
        const io::SafetensorsFile lora(file);
        const auto hash = lora.metadata().find("sshs_model_hash");
        return hash == lora.metadata().end() ? std::string() : hash->second;
    } catch (const base::Error&) {
        return {};
    }
}

}  // namespace

SavedFiles::SavedFiles(base::Path folder, base::Path list)
    : folder_(std::move(folder)), list_(std::move(list)) {
    std::error_code absent;
    if (!fs::is_regular_file(list_, absent)) return;
    for (const auto& line : base::split(base::read_text(list_), "\n")) {
        const auto json = nlohmann::json::parse(line, nullptr, false);
        if (!json.is_object()) continue;
        const auto text = [&](const char* key) {
            return json.contains(key) && json[key].is_string() ? json[key].get<std::string>() : std::string();
        };
        const Saved one{
            text("file"),
            json.contains("step") && json["step"].is_number_integer() ? json["step"].get<std::int64_t>() : 0,
            text("weights")};
        // A name, never a way to somewhere else.
        if (!one.name.empty() && base::Path(one.name).filename() == one.name) saved_.push_back(one);
    }
}

void SavedFiles::write() const {
    std::string text;
    for (const auto& one : saved_)
        text += nlohmann::json{{"file", one.name}, {"step", one.step}, {"weights", one.weights}}.dump(
                    -1, ' ', false, nlohmann::json::error_handler_t::replace) +
                "\n";
    base::write_whole(list_, text);
}

void SavedFiles::add(const std::string& name, std::int64_t step) {
    std::erase_if(saved_, [&](const Saved& one) { return one.name == name; });
    saved_.push_back({name, step, weights_of(folder_ / name)});
    write();
}

void SavedFiles::keep_last(std::int64_t kept) {
    if (kept <= 0) return;
    std::stable_sort(saved_.begin(), saved_.end(),
                     [](const Saved& a, const Saved& b) { return a.step < b.step; });
    bool removed = false;
    while (static_cast<std::int64_t>(saved_.size()) > kept) {
        const auto oldest = saved_.front();
        const auto file = folder_ / oldest.name;
        std::error_code ignored;
        if (!oldest.weights.empty() && weights_of(file) == oldest.weights) fs::remove(file, ignored);
        saved_.erase(saved_.begin());
        removed = true;
    }
    if (removed) write();
}

}  // namespace lorikeet::train
