#include "studio/undo_journal.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/path.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "studio/move_file.hpp"
#include "studio/text_files.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* kJournalFormat = "lorikeet undo 1";
constexpr std::size_t kMostChanges = 200;

base::Path trash_of(const base::Path& dataset) { return dataset / kTrashFolder; }
base::Path journal_of(const base::Path& dataset) { return trash_of(dataset) / "journal"; }

// JSON holds UTF-8 alone; a name or a text of other bytes is kept as numbers.
Json bytes_to_json(const std::string& bytes) {
    if (base::is_utf8(bytes)) return bytes;
    auto list = Json::array();
    for (const char byte : bytes) list.push_back(static_cast<unsigned char>(byte));
    return list;
}
std::string bytes_from_json(const Json& json) {
    if (json.is_string()) return json.get<std::string>();
    std::string bytes;
    for (const auto& byte : json) bytes += static_cast<char>(byte.get<unsigned char>());
    return bytes;
}
Json maybe_to_json(const std::optional<std::string>& text) { return text ? bytes_to_json(*text) : Json(); }
std::optional<std::string> maybe_from_json(const Json& json) {
    if (json.is_null()) return std::nullopt;
    return bytes_from_json(json);
}

std::string text_of_change(const DatasetChange& change) {
    auto moves = Json::array(), texts = Json::array();
    for (const auto& move : change.moves)
        moves.push_back({{"from", bytes_to_json(move.from)}, {"to", bytes_to_json(move.to)}});
    for (const auto& text : change.texts)
        texts.push_back({{"file", bytes_to_json(text.file)},
                         {"before", maybe_to_json(text.before)},
                         {"after", maybe_to_json(text.after)}});
    // The first line alone says what it is, so that a page need not read a hundred thousand texts to name an undo.
    return Json{{"format", kJournalFormat}, {"what", change.what}, {"when", base::unix_seconds()}}.dump() +
           "\n" + Json{{"moves", moves}, {"texts", texts}}.dump() + "\n";
}

DatasetChange change_of_json(const Json& head, const Json& json) {
    DatasetChange change{head.at("what").get<std::string>(), {}, {}};
    for (const auto& move : json.at("moves"))
        change.moves.push_back({bytes_from_json(move.at("from")), bytes_from_json(move.at("to"))});
    for (const auto& text : json.at("texts"))
        change.texts.push_back({bytes_from_json(text.at("file")), maybe_from_json(text.at("before")),
                                maybe_from_json(text.at("after"))});
    return change;
}

DatasetChange read_change(const std::string& file) {
    const auto end = file.find('\n');
    if (end == std::string::npos) throw Json::other_error::create(500, "cut off", nullptr);
    return change_of_json(Json::parse(file.substr(0, end)), Json::parse(file.substr(end)));
}

// The changes' numbers, the first made first.
std::vector<std::uint64_t> changes_in(const base::Path& dataset) {
    std::vector<std::uint64_t> numbers;
    std::error_code trouble;
    for (const auto& entry : fs::directory_iterator(journal_of(dataset), trouble)) {
        std::uint64_t number = 0;
        const auto name = entry.path().filename().string();
        const auto* end = name.data() + name.size();
        const auto read = std::from_chars(name.data(), end, number);
        if (read.ec == std::errc{} && std::string_view(read.ptr, end) == ".json") numbers.push_back(number);
    }
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}
base::Path file_of(const base::Path& dataset, std::uint64_t number) {
    return journal_of(dataset) / fmt::format("{:06}.json", number);
}

// The last change that can be read; one that is damaged is moved aside.
std::optional<std::pair<std::uint64_t, DatasetChange>> last_change(const base::Path& dataset) {
    const auto numbers = changes_in(dataset);
    for (auto at = numbers.rbegin(); at != numbers.rend(); ++at) {
        const auto file = file_of(dataset, *at);
        try {
            return {{*at, read_change(base::read_text(file))}};
        } catch (const Json::exception&) {
            std::error_code ignored;
            fs::rename(file, fmt::format("{}.damaged-{:.0f}", file.string(), base::unix_seconds()), ignored);
        }
    }
    return std::nullopt;
}

void make_folder(const base::Path& folder) {
    std::error_code trouble;
    fs::create_directories(folder, trouble);
    if (trouble)
        base::fail(base::ErrorCode::Io,
                   fmt::format("The folder {} cannot be made: {}.", folder.string(), trouble.message()),
                   "See that you may write to the folder of the images.");
}

std::uint64_t add_change(const base::Path& dataset, const DatasetChange& change) {
    make_folder(journal_of(dataset));
    const auto numbers = changes_in(dataset);
    const auto number = numbers.empty() ? 1 : numbers.back() + 1;
    base::write_whole(file_of(dataset, number), text_of_change(change));
    std::error_code ignored;
    for (std::size_t i = 0; i + kMostChanges <= numbers.size(); ++i)
        fs::remove(file_of(dataset, numbers[i]), ignored);
    return number;
}

base::FileLock lock_journal(const base::Path& dataset) {
    make_folder(trash_of(dataset));
    constexpr int kTries = 300;  // some three seconds
    for (int tries = 0; tries < kTries; ++tries) {
        if (auto lock = base::FileLock::try_take(trash_of(dataset) / "lock")) return std::move(*lock);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    base::fail(base::ErrorCode::Conflict, "Another program changes these images right now.",
               "Try again soon.");
}

// ---- Doing

// False when it stays where it is.
bool move_one(const base::Path& dataset, const FileMove& move, ChangeOutcome& outcome) {
    try {
        if (try_move(dataset / move.from, dataset / move.to)) {
            ++outcome.done;
            return true;
        }
        outcome.not_done.push_back({move.from, fmt::format("{} is there already.", move.to),
                                    "Give that another name, and try again."});
    } catch (const base::Error& error) {
        outcome.not_done.push_back({move.from, error.what(), error.hint()});
    }
    return false;
}

std::optional<std::string> text_now(const base::Path& file) {
    if (!base::is_file(file)) return std::nullopt;
    return base::read_text(file);
}

// What keeps a text from being changed; empty when nothing does.
std::string trouble_with_text(const base::Path& file, const std::optional<std::string>& now,
                              const std::optional<std::string>& from) {
    if (now != from) return "It was changed since, and stays as it is.";
    std::error_code trouble;
    const auto rights = fs::status(file, trouble).permissions();
    const bool read_only = now && !trouble && (rights & fs::perms::owner_write) == fs::perms::none;
    return read_only ? "It may not be written to." : std::string();
}

// From one text to the other, forwards or back; a file that holds neither was changed by somebody else.
void change_texts(const base::Path& dataset, const std::vector<TextChange>& texts, bool back,
                  ChangeOutcome& outcome) {
    std::vector<TextFile> files(texts.size());
    std::vector<std::string> trouble(texts.size());
    std::vector<char> changes(texts.size(), 0);
    base::for_each_index(texts.size(), base::processor_count(), {}, [&](std::size_t i) {
        const auto& [name, before, after] = texts[i];
        const auto& to = back ? before : after;
        try {
            const auto now = text_now(dataset / name);
            if (now == to) return;
            trouble[i] = trouble_with_text(dataset / name, now, back ? after : before);
            changes[i] = trouble[i].empty() ? 1 : 0;
        } catch (const base::Error& error) {
            trouble[i] = error.what();
        }
        files[i] = {dataset / name, to};
    });
    std::vector<TextFile> wanted;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (changes[i] != 0) {
            wanted.push_back(std::move(files[i]));
            places.push_back(i);
        }
    const auto failed = write_texts(wanted);
    for (std::size_t i = 0; i < places.size(); ++i) trouble[places[i]] = failed[i];
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (!trouble[i].empty()) outcome.not_done.push_back({texts[i].file, trouble[i], ""});
        outcome.done += changes[i] != 0 && trouble[i].empty() ? 1 : 0;
    }
}

// A move that was never made (the power went) has nothing to be undone, nor has a file that is gone. False while something
// else lies in its place.
bool move_back(const base::Path& dataset, const FileMove& move, ChangeOutcome& outcome) {
    if (!base::is_there(dataset / move.to)) {
        if (!base::is_there(dataset / move.from))
            outcome.not_done.push_back({move.from, fmt::format("{} is not there any more.", move.to), ""});
        return true;
    }
    return move_one(dataset, {move.to, move.from}, outcome);
}

// Folders of the trash that an undo left empty go.
void tidy(const base::Path& dataset, const DatasetChange& change) {
    std::error_code ignored;
    const auto trash = fmt::format("{}/", kTrashFolder);
    for (const auto& move : change.moves)
        for (auto place = base::Path(move.to).parent_path();
             place.has_parent_path() && place.native().starts_with(trash); place = place.parent_path())
            fs::remove(dataset / place, ignored);  // only where it is empty
}

}  // namespace

void UndoJournal::hold() {
    if (!held_) held_ = lock_journal(dataset_);
}

std::optional<base::FileLock> UndoJournal::lock_unless_held() const {
    return held_ ? std::nullopt : std::optional(lock_journal(dataset_));
}

// A move that could not be made is taken out of the journal again: an undo would move what lies there now.
ChangeOutcome UndoJournal::carry_out(const DatasetChange& change) {
    const auto lock = lock_unless_held();
    const auto number = add_change(dataset_, change);
    ChangeOutcome outcome{change.what, 0, {}};
    auto made = change;
    made.moves.clear();
    try {
        for (const auto& move : change.moves)
            if (move_one(dataset_, move, outcome)) made.moves.push_back(move);
        change_texts(dataset_, change.texts, false, outcome);
    } catch (...) {  // the disk is full: all is as it was
        ChangeOutcome ignored;
        for (auto move = made.moves.rbegin(); move != made.moves.rend(); ++move)
            move_back(dataset_, *move, ignored);
        std::error_code none;
        fs::remove(file_of(dataset_, number), none);
        tidy(dataset_, change);
        throw;
    }
    if (made.moves.size() < change.moves.size())
        base::write_whole(file_of(dataset_, number), text_of_change(made));
    return outcome;
}

void UndoJournal::note(const DatasetChange& change) {
    const auto lock = lock_unless_held();
    add_change(dataset_, change);
}

std::optional<std::string> UndoJournal::last() const {
    const auto numbers = changes_in(dataset_);
    if (numbers.empty()) return std::nullopt;
    std::ifstream file(file_of(dataset_, numbers.back()));
    std::string line;
    try {
        std::getline(file, line);
        return Json::parse(line).at("what").get<std::string>();
    } catch (const Json::exception&) {  // damaged: the one before it counts
        const auto last = last_change(dataset_);
        if (!last) return std::nullopt;
        return last->second.what;
    }
}

// Moves that could not be taken back stay in the journal, so that they can be once their places are free again.
std::optional<ChangeOutcome> UndoJournal::undo_last() {
    if (!base::is_folder(journal_of(dataset_))) return std::nullopt;
    const auto lock = lock_unless_held();
    const auto last = last_change(dataset_);
    if (!last) return std::nullopt;
    const auto& [number, change] = *last;
    ChangeOutcome outcome{change.what, 0, {}};
    change_texts(dataset_, change.texts, true, outcome);
    DatasetChange left{change.what, {}, {}};
    for (auto move = change.moves.rbegin(); move != change.moves.rend(); ++move)
        if (!move_back(dataset_, *move, outcome)) left.moves.insert(left.moves.begin(), *move);
    if (left.moves.empty())
        fs::remove(file_of(dataset_, number));
    else
        base::write_whole(file_of(dataset_, number), text_of_change(left));
    tidy(dataset_, change);
    return outcome;
}

void UndoJournal::forget_all() {
    if (!base::is_folder(journal_of(dataset_))) return;
    const auto lock = lock_unless_held();
    std::error_code trouble;
    fs::remove_all(journal_of(dataset_), trouble);
    if (trouble)
        base::fail(
            base::ErrorCode::Io,
            fmt::format("{} could not be deleted: {}.", journal_of(dataset_).string(), trouble.message()),
            "See that you may write there.");
}

// Named by the moment, so that a person finds it, and to the thousandth, so that no two are one.
std::string UndoJournal::next_trash() {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    const auto seconds = std::chrono::system_clock::to_time_t(now);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{}/{:04}{:02}{:02}-{:02}{:02}{:02}-{:03}", kTrashFolder, parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       now.time_since_epoch().count() % 1000);
}

}  // namespace lorikeet::studio
