#include "tag/kept_captions.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/path.hpp"

namespace lorikeet::tag {

namespace {

constexpr const char* kCaptionsFormat = "lorikeet captions 1";

}  // namespace

KeptCaptions::KeptCaptions(base::Path file, std::string fingerprint)
    : file_(std::move(file)), fingerprint_(std::move(fingerprint)) {
    try {
        if (base::is_file(file_)) read();
    } catch (const base::Error&) {
        images_.clear();  // it is written again
    } catch (const nlohmann::json::exception&) {
        images_.clear();
    }
}

void KeptCaptions::read() {
    const auto json = nlohmann::json::parse(base::read_text(file_));
    if (json.at("format") != kCaptionsFormat || json.at("captioner") != fingerprint_) return;
    for (const auto& [image, kept] : json.at("images").items())
        images_[image] = {kept.at(0).get<std::string>(), kept.at(1).get<std::string>()};
}

std::optional<std::string> KeptCaptions::find(const std::string& image, const std::string& version) const {
    const auto at = images_.find(image);
    if (at == images_.end() || at->second.first != version) return std::nullopt;
    return at->second.second;
}

void KeptCaptions::keep(const std::string& image, const std::string& version, const std::string& caption) {
    images_[image] = {version, caption};
    changed_ = true;
}

void KeptCaptions::save() {
    if (!changed_) return;
    nlohmann::json images = nlohmann::json::object();
    for (const auto& [image, kept] : images_) images[image] = {kept.first, kept.second};
    const nlohmann::json json{{"format", kCaptionsFormat}, {"captioner", fingerprint_}, {"images", images}};
    // A name on a disk may be no UTF-8.
    base::write_whole(file_, json.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    changed_ = false;
}

}  // namespace lorikeet::tag
