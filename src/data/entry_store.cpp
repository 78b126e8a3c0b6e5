#include "data/entry_store.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "io/finite.hpp"

namespace lorikeet::data {
namespace {

constexpr const char* kPayloadKey = "lorikeet.payload_sha256";
constexpr const char* kEntryKey = "lorikeet.feature_key";

std::optional<tensor::NamedTensors> read_entry(const base::Path& file, const std::string& key) {
    const tensor::WeightFile entry(file);
    const auto value = [&](const char* name) {
        const auto at = entry.metadata().find(name);
        return at == entry.metadata().end() ? std::string() : at->second;
    };
    if (value(kEntryKey) != key) return std::nullopt;
    if (value(kPayloadKey) != base::sha256(entry.file().payload())) return std::nullopt;
    tensor::NamedTensors tensors;
    for (const auto& one : entry.entries()) {
        if (io::find_not_finite(entry.file().bytes(one), one.dtype)) return std::nullopt;
        tensors[one.name] = entry.get(one.name);
    }
    return tensors;
}

}  // namespace

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

void EntryStore::keep(const std::string& key, const tensor::NamedTensors& tensors) const {
    const auto file = file_of(key);
    std::error_code trouble;
    std::filesystem::create_directories(file.parent_path(), trouble);
    if (trouble)
        base::fail(
            base::ErrorCode::InvalidInput,
            fmt::format("Could not make the folder {}: {}.", file.parent_path().string(), trouble.message()),
            "Set data.cache_folder to a folder that may be written to.");
    tensor::save_tensors(file, tensors, {{kEntryKey, key}, {kPayloadKey, tensor::payload_sha256(tensors)}});
}

}  // namespace lorikeet::data
