#include "studio/journal_file.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/path.hpp"
#include "base/text.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

using Json = nlohmann::json;

constexpr const char* kJournalFormat = "lorikeet undo 1";
constexpr std::size_t kMostChanges = 200;

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

// Before any of them is made. A file may be moved on.
std::vector<std::uint64_t> inodes_of(const base::Path& dataset, const std::vector<FileMove>& moves) {
    std::map<std::string, std::uint64_t> moved;
    std::vector<std::uint64_t> files;
    for (const auto& move : moves) {
        const auto before = moved.find(move.from);
        files.push_back(before == moved.end() ? inode_of(dataset / move.from) : before->second);
        moved[move.to] = files.back();
    }
    return files;
}

std::string text_of_change(const DatasetChange& change, const std::vector<std::uint64_t>& files) {
    auto moves = Json::array(), texts = Json::array();
    for (std::size_t i = 0; i < change.moves.size(); ++i)
        moves.push_back({{"from", bytes_to_json(change.moves[i].from)},
                         {"to", bytes_to_json(change.moves[i].to)},
                         {"inode", files.at(i)}});
    for (const auto& text : change.texts)
        texts.push_back({{"file", bytes_to_json(text.file)},
                         {"before", maybe_to_json(text.before)},
                         {"after", maybe_to_json(text.after)}});
    // The first line alone says what it is, so that a page need not read a hundred thousand texts to name an undo.
    return Json{{"format", kJournalFormat}, {"what", change.what}, {"when", base::unix_seconds()}}.dump() +
           "\n" + Json{{"moves", moves}, {"texts", texts}}.dump() + "\n";
}

// A dataset comes from strangers at times, and its journal with it.
std::string name_inside(const Json& json) {
    auto name = bytes_from_json(json);
    const base::Path path(name);
    const bool climbs = std::find(path.begin(), path.end(), "..") != path.end();
    if (name.empty() || path.is_absolute() || climbs)
        throw Json::other_error::create(501, "a name leads out of the folder", nullptr);
    return name;
}

KeptChange change_of_json(const Json& head, const Json& json) {
    KeptChange kept;
    auto& change = kept.change;
    change.what = head.at("what").get<std::string>();
    for (const auto& move : json.at("moves")) {
        change.moves.push_back({name_inside(move.at("from")), name_inside(move.at("to"))});
        kept.files.push_back(move.value("inode", std::uint64_t{0}));
    }
    for (const auto& text : json.at("texts"))
        change.texts.push_back({name_inside(text.at("file")), maybe_from_json(text.at("before")),
                                maybe_from_json(text.at("after"))});
    return kept;
}

KeptChange read_change(const std::string& file) {
    const auto end = file.find('\n');
    if (end == std::string::npos) throw Json::other_error::create(500, "cut off", nullptr);
    return change_of_json(Json::parse(file.substr(0, end)), Json::parse(file.substr(end)));
}

// There while it is made, and after a power cut.
base::Path begun_mark(const base::Path& dataset, std::uint64_t number) {
    return journal_of(dataset) / fmt::format("{:06}.begun", number);
}

}  // namespace

base::Path journal_of(const base::Path& dataset) { return dataset / kTrashFolder / "journal"; }

base::Path journal_file(const base::Path& dataset, std::uint64_t number) {
    return journal_of(dataset) / fmt::format("{:06}.json", number);
}

void make_journal_folder(const base::Path& folder) {
    std::error_code trouble;
    fs::create_directories(folder, trouble);
    if (trouble)
        base::fail(base::ErrorCode::Io,
                   fmt::format("The folder {} cannot be made: {}.", folder.string(), trouble.message()),
                   "See that you may write to the folder of the images.");
}

std::uint64_t inode_of(const base::Path& file) {
    struct stat facts {};
    return ::lstat(file.c_str(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_ino) : 0;
}

std::vector<std::uint64_t> journal_changes(const base::Path& dataset) {
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

void end_kept(const base::Path& dataset, std::uint64_t number) {
    std::error_code ignored;
    fs::remove(begun_mark(dataset, number), ignored);
}

void forget_kept(const base::Path& dataset, std::uint64_t number) {
    std::error_code ignored;
    fs::remove(journal_file(dataset, number), ignored);
    end_kept(dataset, number);
}

void keep_rest(const base::Path& dataset, std::uint64_t number, const DatasetChange& change) {
    if (change.moves.empty() && change.texts.empty()) return forget_kept(dataset, number);
    const std::vector<std::uint64_t> unasked(change.moves.size(), 0);
    base::write_whole(journal_file(dataset, number), text_of_change(change, unasked));
    end_kept(dataset, number);
}

std::optional<KeptChange> last_kept(const base::Path& dataset) {
    const auto numbers = journal_changes(dataset);
    for (auto at = numbers.rbegin(); at != numbers.rend(); ++at) {
        const auto file = journal_file(dataset, *at);
        try {
            auto kept = read_change(base::read_text(file));
            kept.number = *at;
            kept.begun = base::is_there(begun_mark(dataset, *at));
            return kept;
        } catch (const Json::exception&) {
            std::error_code ignored;
            fs::rename(file, fmt::format("{}.damaged-{:.0f}", file.string(), base::unix_seconds()), ignored);
        }
    }
    return std::nullopt;
}

std::uint64_t keep_change(const base::Path& dataset, const DatasetChange& change) {
    make_journal_folder(journal_of(dataset));
    const auto numbers = journal_changes(dataset);
    const auto number = numbers.empty() ? 1 : numbers.back() + 1;
    base::write_whole(begun_mark(dataset, number), "");
    base::write_whole(journal_file(dataset, number),
                      text_of_change(change, inodes_of(dataset, change.moves)));
    for (std::size_t i = 0; i + kMostChanges <= numbers.size(); ++i) forget_kept(dataset, numbers[i]);
    return number;
}

}  // namespace lorikeet::studio
