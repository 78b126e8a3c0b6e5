#include "kernel/wire.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include <nlohmann/json.hpp>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "base/error.hpp"

namespace lorikeet::kernel {

namespace {

constexpr std::string_view kDelimiter = "<IDS|MSG>";
constexpr int kDeepest = 100;  // of nested JSON: what is written out again calls itself once for each level

// Nothing when it is no object, or one too deep to be handed on.
std::optional<nlohmann::json> try_object(const std::string& text) {
    bool too_deep = false;
    const auto look = [&](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
        too_deep = too_deep || depth > kDeepest;
        return !too_deep;
    };
    auto value = nlohmann::json::parse(text, look, /*allow_exceptions=*/false);
    if (too_deep || value.is_discarded() || !value.is_object()) return std::nullopt;
    return value;
}

bool equal(std::string_view left, std::string_view right) {
    return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace

std::string Wire::sign(std::string_view header, std::string_view parent, std::string_view metadata,
                       std::string_view content) const {
    if (key_.empty()) return {};
    const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> mac(EVP_MAC_fetch(nullptr, "HMAC", nullptr),
                                                                &EVP_MAC_free);
    const std::unique_ptr<EVP_MAC_CTX, decltype(&EVP_MAC_CTX_free)> state(EVP_MAC_CTX_new(mac.get()),
                                                                          &EVP_MAC_CTX_free);
    std::string digest_name = "SHA256";
    const OSSL_PARAM choice[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest_name.data(), 0),
        OSSL_PARAM_construct_end()};
    bool good = EVP_MAC_init(state.get(), reinterpret_cast<const unsigned char*>(key_.data()), key_.size(),
                             choice) == 1;
    for (const auto part : {header, parent, metadata, content})
        good = good && EVP_MAC_update(state.get(), reinterpret_cast<const unsigned char*>(part.data()),
                                      part.size()) == 1;
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    std::size_t count = 0;
    good = good && EVP_MAC_final(state.get(), bytes.data(), &count, bytes.size()) == 1;
    base::expects(good, "libcrypto makes an HMAC");
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string hex;
    for (std::size_t i = 0; i < count; ++i) {
        hex += kDigits[bytes[i] >> 4U];
        hex += kDigits[bytes[i] & 15U];
    }
    return hex;
}

std::optional<Message> Wire::try_parse(const Frames& frames) const {
    const auto mark = std::find(frames.begin(), frames.end(), kDelimiter);
    if (frames.end() - mark < 6) return std::nullopt;
    const auto part = mark + 1;  // signature, header, parent, metadata, content
    if (!key_.empty() && !equal(part[0], sign(part[1], part[2], part[3], part[4]))) return std::nullopt;
    const auto header = try_object(part[1]);
    if (!header) return std::nullopt;
    const auto type = header->find("msg_type");
    if (type == header->end() || !type->is_string()) return std::nullopt;

    Message message;
    message.identities.assign(frames.begin(), mark);
    message.type = type->get<std::string>();
    message.header = part[1];
    message.parent = part[2];
    message.metadata = part[3];
    message.content = part[4];
    message.buffers.assign(part + 5, frames.end());
    if (!try_object(message.content)) {
        message.content = "{}";
        message.complaint = "The content of this " + message.type +
                            " is no JSON object, or one that is too deep.";
    }
    return message;
}

Frames Wire::to_frames(const Message& message) const {
    Frames frames = message.identities;
    frames.emplace_back(kDelimiter);
    frames.push_back(sign(message.header, message.parent, message.metadata, message.content));
    for (const auto* part : {&message.header, &message.parent, &message.metadata, &message.content})
        frames.push_back(*part);
    frames.insert(frames.end(), message.buffers.begin(), message.buffers.end());
    return frames;
}

}  // namespace lorikeet::kernel
