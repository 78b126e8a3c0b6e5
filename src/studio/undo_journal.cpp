#include "studio/undo_journal.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fstream>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "base/workers.hpp"
#include "studio/journal_file.hpp"
#include "studio/move_file.hpp"
#include "studio/text_files.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

base::FileLock lock_journal(const base::Path& dataset) {
    make_journal_folder(dataset / kTrashFolder);
    constexpr int kTries = 300;  // some three seconds
    for (int tries = 0; tries < kTries; ++tries) {
        if (auto lock = base::FileLock::try_take(dataset / kTrashFolder / "lock")) return std::move(*lock);
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
std::string trouble_with_text(const base::Path& file, bool is_there) {
    std::error_code trouble;
    if (fs::is_symlink(file, trouble)) return "It is a link to another file, and stays as it is.";
    const auto rights = fs::status(file, trouble).permissions();
    const bool read_only = is_there && !trouble && (rights & fs::perms::owner_write) == fs::perms::none;
    return read_only ? "It may not be written to." : std::string();
}

enum class TextState : char {
    There,    // as it was wanted already
    Changed,  // just now
    Foreign,  // by somebody else, and left alone
    Stuck     // it cannot be written now
};

struct TextLook {
    TextState state = TextState::There;
    std::string trouble{};
    FileStamp seen{};
};

// What is to be done about one, and why not.
TextLook look_at_text(const base::Path& file, const std::optional<std::string>& from,
                      const std::optional<std::string>& to) {
    try {
        const auto seen = stamp_of(file);
        const auto now = text_now(file);
        if (now == to) return {};
        if (now != from) return {TextState::Foreign, kChangedSince};
        auto trouble = trouble_with_text(file, now.has_value());
        return {trouble.empty() ? TextState::Changed : TextState::Stuck, std::move(trouble), seen};
    } catch (const base::Error& error) {
        return {TextState::Stuck, error.what()};
    }
}

// From one text to the other, forwards or back.
std::vector<TextState> change_texts(const base::Path& dataset, const std::vector<TextChange>& texts,
                                    bool back, ChangeOutcome& outcome) {
    std::vector<TextLook> looks(texts.size());
    base::for_each_index(texts.size(), base::processor_count(), {}, [&](std::size_t i) {
        const auto& [name, before, after] = texts[i];
        looks[i] = look_at_text(dataset / name, back ? after : before, back ? before : after);
    });
    std::vector<TextFile> wanted;
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i < texts.size(); ++i)
        if (looks[i].state == TextState::Changed) {
            wanted.push_back(
                {dataset / texts[i].file, back ? texts[i].before : texts[i].after, looks[i].seen});
            places.push_back(i);
        }
    const auto failed = write_texts(wanted);
    for (std::size_t i = 0; i < places.size(); ++i)
        if (!failed[i].empty())
            looks[places[i]] = {failed[i] == kChangedSince ? TextState::Foreign : TextState::Stuck,
                                failed[i]};
    std::vector<TextState> states;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto& [state, trouble, seen] = looks[i];
        if (!trouble.empty()) outcome.not_done.push_back({texts[i].file, trouble, ""});
        outcome.done += state == TextState::Changed ? 1 : 0;
        states.push_back(state);
    }
    return states;
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

// What could not be done is taken out of the journal again: an undo would change what lies there now.
ChangeOutcome UndoJournal::carry_out(const DatasetChange& change) {
    const auto lock = lock_unless_held();
    const auto number = keep_change(dataset_, change);
    ChangeOutcome outcome{change.what, 0, {}};
    DatasetChange made{change.what, {}, {}};
    try {
        for (const auto& move : change.moves)
            if (move_one(dataset_, move, outcome)) made.moves.push_back(move);
        const auto changed = change_texts(dataset_, change.texts, false, outcome);
        for (std::size_t i = 0; i < changed.size(); ++i)
            if (changed[i] == TextState::Changed) made.texts.push_back(change.texts[i]);
    } catch (...) {  // the disk is full: all is as it was
        ChangeOutcome ignored;
        for (auto move = made.moves.rbegin(); move != made.moves.rend(); ++move)
            move_back(dataset_, *move, ignored);
        forget_kept(dataset_, number);
        tidy(dataset_, change);
        throw;
    }
    if (made.moves.size() < change.moves.size() || made.texts.size() < change.texts.size()) {
        made.what += ", in part";
        keep_rest(dataset_, number, made);
        tidy(dataset_, change);
    }
    end_kept(dataset_, number);
    return outcome;
}

void UndoJournal::note(const DatasetChange& change) {
    const auto lock = lock_unless_held();
    end_kept(dataset_, keep_change(dataset_, change));
}

std::optional<std::string> UndoJournal::last() const {
    const auto numbers = journal_changes(dataset_);
    if (numbers.empty()) return std::nullopt;
    std::ifstream file(journal_file(dataset_, numbers.back()));
    std::string line;
    try {
        std::getline(file, line);
        return nlohmann::json::parse(line).at("what").get<std::string>();
    } catch (const nlohmann::json::exception&) {  // damaged: the one before it counts
        const auto last = last_kept(dataset_);
        if (!last) return std::nullopt;
        return last->change.what;
    }
}

// What could not be taken back stays in the journal, so that it can be once places are free again and files may be written.
std::optional<ChangeOutcome> UndoJournal::undo(const std::string& what) {
    hold();
    if (base::printable(last().value_or("")) != what)
        base::fail(base::ErrorCode::Conflict, "Something else was changed meanwhile.",
                   "Look at what Undo would take back now.");
    return undo_last();
}

std::optional<ChangeOutcome> UndoJournal::undo_last() {
    if (!base::is_folder(journal_of(dataset_))) return std::nullopt;
    const auto lock = lock_unless_held();
    const auto last = last_kept(dataset_);
    if (!last) return std::nullopt;
    const auto& change = last->change;
    ChangeOutcome outcome{change.what, 0, {}};
    DatasetChange left{change.what, {}, {}};
    const auto states = change_texts(dataset_, change.texts, true, outcome);
    for (std::size_t i = 0; i < states.size(); ++i)
        if (states[i] == TextState::Stuck) left.texts.push_back(change.texts[i]);
    for (auto i = change.moves.size(); i-- > 0;) {
        const auto& move = change.moves[i];
        if (last->begun && inode_of(dataset_ / move.to) != last->files[i]) continue;  // never made
        if (!move_back(dataset_, move, outcome)) left.moves.insert(left.moves.begin(), move);
    }
    keep_rest(dataset_, last->number, left);
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
