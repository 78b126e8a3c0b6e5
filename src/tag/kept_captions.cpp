#include "tag/kept_captions.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/path.hpp"
#include "tag/kept_name.hpp"

namespace lorikeet::tag {

namespace {

constexpr const char* kCaptionsFormat = "lorikeet captions 1";

}  // namespace

std::map<std::string, KeptCaption> parse_kept_captions(std::string_view text,
                                                       const std::string& fingerprint) {
    std::map<std::string, KeptCaption> images;
    try {
        const auto json = nlohmann::json::parse(text);
        if (json.at("format") != kCaptionsFormat || json.at("captioner") != fingerprint) return {};
        for (const auto& [image, kept] : json.at("images").items())
            images[image] = {kept.at(0).get<std::string>(),
                             {kept.at(1).get<std::string>(), kept.at(2).get<bool>()}};
    } catch (const nlohmann::json::exception&) {
        return {};  // it is written again
    }
    return images;
}

KeptCaptions::KeptCaptions(base::Path file, std::string fingerprint)
    : file_(std::move(file)), fingerprint_(std::move(fingerprint)) {
    try {
        if (base::is_file(file_)) images_ = parse_kept_captions(base::read_text(file_), fingerprint_);
    } catch (const base::Error&) {
        images_.clear();  // it is written again
    }
}

std::optional<Sentence> KeptCaptions::find(const std::string& image, const std::string& version) const {
    const auto at = images_.find(kept_name(image));
    if (at == images_.end() || at->second.version != version) return std::nullopt;
    return at->second.sentence;
}

void KeptCaptions::keep(const std::string& image, const std::string& version, const Sentence& sentence) {
    images_[kept_name(image)] = {version, sentence};
    changed_ = true;
}

void KeptCaptions::save() {
    if (!changed_) return;
    nlohmann::json images = nlohmann::json::object();
    for (const auto& [image, kept] : images_)
        images[image] = nlohmann::json::array({kept.version, kept.sentence.text, kept.sentence.is_cut});
    const nlohmann::json json{{"format", kCaptionsFormat}, {"captioner", fingerprint_}, {"images", images}};
    base::write_whole(file_, json.dump(1) + "\n");
    changed_ = false;
}

}  // namespace lorikeet::tag
