#include "data/entry_store.hpp"

#include <chrono>

#include <fmt/format.h>

#include "base/error.hpp"
#include "io/finite.hpp"

namespace lorikeet::data {
namespace {

constexpr const char* kPayloadKey = "lorikeet.payload_sha256";
constexpr const char* kEntryKey = "lorikeet.feature_key";

std::string value_in(const io::Metadata& metadata, const char* name) {
    const auto at = metadata.find(name);
    return at == metadata.end() ? std::string() : at->second;
}

std::optional<tensor::NamedTensors> read_entry(const base::Path& file, const std::string& key) {
    const tensor::WeightFile entry(file);
    if (EntryStore::key_in(entry.metadata()) != key) return std::nullopt;
    if (value_in(entry.metadata(), kPayloadKey) != base::sha256(entry.file().payload())) return std::nullopt;
    tensor::NamedTensors tensors;
    for (const auto& one : entry.entries()) {
        if (io::find_not_finite(entry.file().bytes(one), one.dtype)) return std::nullopt;
        tensors[one.name] = entry.get(one.name);
    }
    return tensors;
}

}  // namespace

std::string EntryStore::key_in(const io::Metadata& metadata) { return value_in(metadata, kEntryKey); }

base::Path EntryStore::file_of(const std::string& key) const {
    return folder_ / key.substr(0, 2) / (key + ".safetensors");
}

std::optional<tensor::NamedTensors> EntryStore::find(const std::string& key) const {
    const auto file = file_of(key);
    std::error_code absent;
    if (!std::filesystem::is_regular_file(file, absent)) return std::nullopt;
    try {
        return read_entry(file, key);
    } catch (const base::Error&) {
        return std::nullopt;  // damaged: made again and written over
    }
}

// Once a day at the most; where the file may not be changed it stays as it is.
void EntryStore::mark_as_used(const std::string& key) const {
    std::error_code trouble;
    const auto now = std::filesystem::file_time_type::clock::now();
    const auto last = std::filesystem::last_write_time(file_of(key), trouble);
    if (!trouble && now - last > std::chrono::hours(24))
        std::filesystem::last_write_time(file_of(key), now, trouble);
}

EntryState EntryStore::look_up(const std::string& key) const {
    if (find(key)) {
        mark_as_used(key);
        return EntryState::Sound;
    }
    std::error_code absent;
    return std::filesystem::exists(file_of(key), absent) ? EntryState::Damaged : EntryState::Missing;
}

void EntryStore::keep(const std::string& key, const tensor::NamedTensors& tensors,
                      const MadeFrom& made_from) const {
    const auto file = file_of(key);
    std::error_code trouble;
    std::filesystem::create_directories(file.parent_path(), trouble);
    if (trouble)
        base::fail(
            base::ErrorCode::InvalidInput,
            fmt::format("Could not make the folder {}: {}.", file.parent_path().string(), trouble.message()),
            "Set data.cache_folder to a folder that may be written to.");
    auto metadata = metadata_of(made_from);
    metadata[kEntryKey] = key;
    metadata[kPayloadKey] = tensor::payload_sha256(tensors);
    tensor::save_tensors(file, tensors, metadata, io::Synced::No);
}

}  // namespace lorikeet::data
