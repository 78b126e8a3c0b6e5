#include "data/cache_listing.hpp"

#include <algorithm>
#include <optional>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "data/entry_store.hpp"

namespace lorikeet::data {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyDigits = 64;
constexpr std::string_view kEntryEnding = ".safetensors";
constexpr double kWritingSeconds = 600;  // nobody writes an entry for longer

bool is_hexadecimal(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// "<key>.safetensors", and behind it ".<process>.tmp" while it is written.
bool is_name_of_entry(const std::string& name, const std::string& folder) {
    return name.size() >= kKeyDigits + kEntryEnding.size() && is_hexadecimal(name.substr(0, kKeyDigits)) &&
           name.starts_with(folder) && name.substr(kKeyDigits, kEntryEnding.size()) == kEntryEnding;
}

bool is_name_of_leftover(const std::string& name) {
    constexpr std::string_view kEnding = ".tmp";
    const auto behind = name.substr(kKeyDigits + kEntryEnding.size());
    return behind.size() > kEnding.size() + 1 && behind.starts_with('.') && behind.ends_with(kEnding) &&
           behind.substr(1, behind.size() - 1 - kEnding.size()).find_first_not_of("0123456789") ==
               std::string::npos;
}

CacheEntryKind kind_by_names(const io::SafetensorsFile& file) {
    if (file.find("mean") != nullptr && file.find("std") != nullptr) return CacheEntryKind::Latents;
    return file.find("context") != nullptr ? CacheEntryKind::Text : CacheEntryKind::Unknown;
}

void read_header(CacheEntry& entry) {
    try {
        const io::SafetensorsFile file(entry.file);
        if (EntryStore::key_in(file.metadata()) != entry.key) {
            entry.condition = EntryCondition::Damaged;
            return;
        }
        entry.made_from = made_from_of(file.metadata());
        if (entry.made_from.kind == CacheEntryKind::Unknown) entry.made_from.kind = kind_by_names(file);
    } catch (const base::Error&) {
        entry.condition = EntryCondition::Damaged;
    }
}

std::optional<CacheEntry> entry_of(const fs::directory_entry& found, const std::string& folder) {
    const auto name = found.path().filename().string();
    std::error_code trouble;
    if (!is_name_of_entry(name, folder) || found.symlink_status(trouble).type() != fs::file_type::regular)
        return std::nullopt;
    CacheEntry entry;
    entry.file = found.path();
    entry.key = name.substr(0, kKeyDigits);
    entry.bytes = found.file_size(trouble);
    if (trouble) return std::nullopt;  // gone meanwhile
    entry.used = base::unix_seconds_of(found.last_write_time(trouble));
    if (name.size() == kKeyDigits + kEntryEnding.size()) {
        read_header(entry);
        return entry;
    }
    if (!is_name_of_leftover(name) || base::unix_seconds() - entry.used < kWritingSeconds)
        return std::nullopt;
    entry.condition = EntryCondition::Leftover;
    return entry;
}

}  // namespace

std::vector<CacheEntry> list_cache(const base::Path& folder, const base::Cancel& cancel) {
    std::vector<CacheEntry> entries;
    std::error_code trouble;
    for (auto at = fs::directory_iterator(folder, trouble); !trouble && at != fs::directory_iterator();
         at.increment(trouble)) {
        const auto digits = at->path().filename().string();
        std::error_code unknown;
        if (digits.size() != 2 || !is_hexadecimal(digits) ||
            at->symlink_status(unknown).type() != fs::file_type::directory)
            continue;
        for (auto in = fs::directory_iterator(at->path(), unknown);
             !unknown && in != fs::directory_iterator(); in.increment(unknown)) {
            cancel.throw_if_stopped();
            if (auto entry = entry_of(*in, digits)) entries.push_back(std::move(*entry));
        }
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.file.filename() < b.file.filename(); });
    return entries;
}

}  // namespace lorikeet::data
