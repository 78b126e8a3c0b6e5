#include "studio/upload_receiver.hpp"

#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"

namespace lorikeet::studio {

UploadReceiver::UploadReceiver(UploadPlace place) : place_(std::move(place)) {}

base::Path UploadReceiver::place_for(const std::string& name) const {
    if (name != safe_path(name))
        base::fail(base::ErrorCode::InvalidInput, "The file has a name that was not planned.",
                   "Drop it again.");
    return place_.folder / name;
}

std::vector<std::size_t> UploadReceiver::to_compare(const std::vector<OfferedFile>& offer) const {
    return files_to_compare(place_, offer);
}

std::vector<PlannedFile> UploadReceiver::plan(const std::string& owner,
                                              const std::vector<OfferedFile>& offer) {
    place_.taken.clear();
    for (const auto& [name, holder] : held_) place_.taken.insert(name);
    auto plan = plan_upload(place_, offer);
    for (const auto& file : plan)
        if (file.fate == UploadFate::Take) held_[file.name] = owner;
    return plan;
}

void UploadReceiver::release(const std::string& owner) {
    std::erase_if(held_, [&](const auto& entry) { return entry.second == owner; });
    std::erase_if(coming_, [&](const auto& entry) { return entry.first.owner == owner; });
}

UploadReceiver::Begun UploadReceiver::begin(const Key& key, const std::string& name, std::uint64_t bytes,
                                            From from) {
    const auto place = place_for(name);
    coming_.erase(key);
    if (base::bytes_in(place) == bytes) return {bytes, base::sha256_file(place), true};
    // A window that was reloaded sends the same file under another key.
    std::erase_if(coming_, [&](const auto& entry) { return entry.second.name == name; });
    auto file = std::make_unique<IncomingFile>(place, bytes);
    if (from == From::Nothing) file->begin_again();
    const Begun begun{file->there(), from == From::Nothing ? std::string() : file->sha256_so_far(), false};
    held_[name] = key.owner;
    coming_[key] = {name, std::move(file)};
    return begun;
}

std::uint64_t UploadReceiver::add(const Key& key, std::uint64_t offset, std::string_view piece) {
    const auto at = coming_.find(key);
    if (at == coming_.end())
        base::fail(base::ErrorCode::NotFound, "This file was not begun.", "Begin it again.");
    at->second.file->add(offset, piece);
    return at->second.file->there();
}

void UploadReceiver::finish(const Key& key, const std::string& name, std::string_view sha256) {
    const auto at = coming_.find(key);
    if (at == coming_.end()) {
        const auto place = place_for(name);
        if (base::is_file(place) && base::sha256_file(place) == sha256) return;
        base::fail(base::ErrorCode::NotFound, "This file was not begun.", "Begin it again.");
    }
    at->second.file->finish(sha256);
    held_.erase(at->second.name);
    coming_.erase(at);
}

void UploadReceiver::whole(const std::string& name, std::string_view bytes, std::string_view sha256) {
    const auto place = place_for(name);
    if (base::bytes_in(place) == bytes.size() && base::sha256_file(place) == sha256) return;
    IncomingFile file(place, bytes.size());
    file.begin_again();
    file.add(0, bytes);
    try {
        file.finish(sha256);
    } catch (...) {
        file.drop();
        throw;
    }
    held_.erase(name);
}

void UploadReceiver::let_go(const std::string& name) { held_.erase(name); }

void UploadReceiver::drop(const Key& key, const std::string& name) {
    held_.erase(name);
    const auto at = coming_.find(key);
    if (at == coming_.end()) return;
    at->second.file->drop();
    coming_.erase(at);
}

}  // namespace lorikeet::studio
