#include "studio/draft.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* kFormat = "lorikeet draft 1";

// Nothing when the text is not what we write.
std::optional<Typed> parse(const std::string& text) {
    const Json json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("typed") || !json["typed"].is_object()) return std::nullopt;
    Typed typed;
    for (const auto& [key, value] : json["typed"].items())
        if (value.is_string()) typed[key] = value.get<std::string>();
    return typed;
}

std::string written(const Typed& typed) {
    Json json;
    json["format"] = kFormat;
    json["typed"] = Json::object();
    for (const auto& [key, text] : typed) json["typed"][key] = text;
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

// The lock is held for a write alone. Where it cannot be had, writing without it is better than losing what was typed.
std::optional<base::FileLock> lock_for(const base::Path& file) {
    constexpr int kTries = 100;  // some three seconds
    for (int tries = 0; tries < kTries; ++tries) {
        if (auto lock = base::FileLock::try_take(file)) return lock;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return std::nullopt;
}

// What lies there now; a damaged file is moved aside, so that nothing of it is written over.
DraftReading read_file(const base::Path& file) {
    std::error_code trouble;
    if (!fs::exists(file, trouble)) return {};
    DraftReading reading;
    std::string why;
    try {
        if (auto typed = parse(base::read_text(file))) return {std::move(*typed), ""};
        why = "it is not what was written";
    } catch (const base::Error& error) {
        return {{}, fmt::format("What was typed before could not be read: {}", error.what())};
    }
    const auto aside = base::Path(fmt::format("{}.damaged-{:.0f}", file.string(), base::unix_seconds()));
    fs::rename(file, aside, trouble);
    reading.trouble = fmt::format("What was typed before could not be read ({}); the file is kept as {}.",
                                  why, trouble ? file.string() : aside.string());
    return reading;
}

// `now` as this program sees it, `before` as it last saw it: the difference is worked into what lies there.
Typed merged(Typed there, const Typed& before, const Typed& now) {
    for (const auto& [key, text] : now) {
        const auto old = before.find(key);
        if (old == before.end() || old->second != text) there[key] = text;
    }
    for (const auto& [key, text] : before)
        if (!now.contains(key)) there.erase(key);
    return there;
}

}  // namespace

Drafts::Drafts(base::Path folder) : folder_(std::move(folder)) {}

base::Path Drafts::folder_in(const base::Path& working_folder) {
    return working_folder / ".lorikeet" / "draft";
}

base::Path Drafts::folder_of_person() {
    if (const char* config = std::getenv("XDG_CONFIG_HOME"); config && *config)
        return base::Path(config) / "lorikeet";
    if (const char* home = std::getenv("HOME"); home && *home)
        return base::Path(home) / ".config" / "lorikeet";
    return base::Path(".lorikeet");
}

base::Path Drafts::file_of(std::string_view name) const {
    const bool plain = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    base::expects(plain, "a draft is named by a plain word");
    return folder_ / (std::string(name) + ".json");
}

DraftReading Drafts::read(std::string_view name) {
    const std::lock_guard held(guard_);
    auto reading = read_file(file_of(name));
    known_[std::string(name)] = reading.typed;
    return reading;
}

Typed Drafts::peek(std::string_view name) const {
    try {
        const auto file = file_of(name);
        if (base::is_file(file)) return parse(base::read_text(file)).value_or(Typed{});
    } catch (const base::Error&) {
        return {};
    }
    return {};
}

std::map<std::string, std::optional<std::string>, std::less<>> Drafts::news(std::string_view name) {
    const std::lock_guard held(guard_);
    auto there = peek(name);
    auto& known = known_[std::string(name)];
    std::map<std::string, std::optional<std::string>, std::less<>> changed;
    if (there.empty() && !known.empty()) return changed;  // it went away, or is damaged: what is here is kept
    for (const auto& [key, text] : there)
        if (const auto old = known.find(key); old == known.end() || old->second != text) changed[key] = text;
    for (const auto& [key, text] : known)
        if (!there.contains(key)) changed[key] = std::nullopt;
    known = std::move(there);
    return changed;
}

void Drafts::write(std::string_view name, const Typed& typed) {
    const std::lock_guard held(guard_);
    auto& known = known_[std::string(name)];
    if (known == typed) return;
    std::error_code trouble;
    // The folder of a project that was renamed or deleted under us is not made again.
    if (folder_ == folder_in(folder_.parent_path().parent_path()) &&
        !base::is_there(folder_.parent_path().parent_path()))
        base::fail(base::ErrorCode::Io,
                   fmt::format("The folder {} is gone.", folder_.parent_path().parent_path().string()),
                   "It may have got another name: open it on the page project.");
    fs::create_directories(folder_, trouble);
    if (trouble)
        base::fail(base::ErrorCode::Io,
                   fmt::format("Could not make the folder {}: {}.", folder_.string(), trouble.message()),
                   "Choose a folder that you may write to; until then nothing that is typed is kept.");
    const auto file = file_of(name);
    const auto lock = lock_for(folder_ / "lock");
    const auto there = merged(read_file(file).typed, known, typed);
    base::write_whole(file, written(there));
    known = typed;
}

Preferences read_preferences(Drafts& of_person) {
    Preferences preferences;
    const auto typed = of_person.read("preferences").typed;
    if (const auto found = typed.find("break_minutes"); found != typed.end()) {
        int minutes = 0;
        const auto& text = found->second;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), minutes);
        if (error == std::errc() && minutes >= 0 && minutes <= 24 * 60) preferences.break_minutes = minutes;
    }
    return preferences;
}

void write_preferences(Drafts& of_person, const Preferences& preferences) {
    auto typed = of_person.read("preferences").typed;
    typed["break_minutes"] = std::to_string(preferences.break_minutes);
    of_person.write("preferences", typed);
}

}  // namespace lorikeet::studio
