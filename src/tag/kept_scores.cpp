#include "tag/kept_scores.hpp"

#include <cstring>
#include <utility>

#include "base/error.hpp"
#include "base/path.hpp"
#include "io/safetensors.hpp"
#include "tag/kept_name.hpp"

namespace lorikeet::tag {

namespace {

constexpr const char* kScoresFormat = "lorikeet scores 1";
constexpr std::string_view kVersionOf = "version:";

std::span<const std::byte> bytes_of_pairs(const std::vector<float>& pairs) {
    return {reinterpret_cast<const std::byte*>(pairs.data()), pairs.size() * sizeof(float)};
}

}  // namespace

KeptScores::KeptScores(base::Path file, std::string fingerprint, const TagList& tags)
    : file_(std::move(file)), fingerprint_(std::move(fingerprint)), tags_(tags) {
    try {
        if (base::is_file(file_)) read();
    } catch (const base::Error&) {
        images_.clear();  // it is written again
    }
}

void KeptScores::read() {
    const io::SafetensorsFile file(file_);
    const auto& metadata = file.metadata();
    const auto said = [&](const std::string& key) {
        const auto at = metadata.find(key);
        return at == metadata.end() ? std::string() : at->second;
    };
    if (said("format") != kScoresFormat || said("tagger") != fingerprint_) return;
    for (const auto& entry : file.entries()) {
        if (entry.dtype != io::DType::F32 || entry.shape.size() != 2 || entry.shape[1] != 2) continue;
        const auto bytes = file.bytes(entry);
        Kept kept{said(std::string(kVersionOf) + entry.name),
                  std::vector<float>(bytes.size() / sizeof(float))};
        std::memcpy(kept.pairs.data(), bytes.data(), bytes.size());
        images_[entry.name] = std::move(kept);
    }
}

std::optional<Scores> KeptScores::find(const std::string& image, const std::string& version) const {
    const auto at = images_.find(kept_name(image));
    if (at == images_.end() || at->second.version != version) return std::nullopt;
    Scores scores(tags_.size(), 0.0F);
    const auto& pairs = at->second.pairs;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        if (!(pairs[i] >= 0) || !(pairs[i] < static_cast<float>(tags_.size()))) return std::nullopt;
        scores[static_cast<std::size_t>(pairs[i])] = pairs[i + 1];
    }
    return scores;
}

void KeptScores::keep(const std::string& image, const std::string& version, const Scores& scores) {
    Kept kept{version, {}};
    for (std::size_t i = 0; i < scores.size(); ++i)
        if (scores[i] >= kLeastKept || tags_[i].category == Category::Rating) {
            kept.pairs.push_back(static_cast<float>(i));
            kept.pairs.push_back(scores[i]);
        }
    images_[kept_name(image)] = std::move(kept);
    changed_ = true;
}

void KeptScores::save() {
    if (!changed_) return;
    io::Metadata metadata{{"format", kScoresFormat}, {"tagger", fingerprint_}};
    std::vector<io::TensorToWrite> tensors;
    for (const auto& [image, kept] : images_) {
        metadata[std::string(kVersionOf) + image] = kept.version;
        tensors.push_back({image,
                           io::DType::F32,
                           {static_cast<std::int64_t>(kept.pairs.size() / 2), 2},
                           bytes_of_pairs(kept.pairs)});
    }
    io::write_safetensors(file_, std::move(tensors), metadata, io::Synced::No);
    changed_ = false;
}

void KeptScores::forget() {
    std::error_code ignored;
    std::filesystem::remove(file_, ignored);
    images_.clear();
    changed_ = false;
}

}  // namespace lorikeet::tag
