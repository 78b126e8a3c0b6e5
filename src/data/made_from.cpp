#include "data/made_from.hpp"

#include <utility>

namespace lorikeet::data {
namespace {

constexpr const char* kKindFact = "lorikeet.kind";
constexpr const char* kLatentsWord = "latents";
constexpr const char* kTextWord = "text";

constexpr std::pair<const char*, std::string MadeFrom::*> kFacts[] = {
    {"lorikeet.model", &MadeFrom::model},
    {"lorikeet.computed", &MadeFrom::computed},
    {"lorikeet.image_sha256", &MadeFrom::image},
    {"lorikeet.size", &MadeFrom::size}};

}  // namespace

io::Metadata metadata_of(const MadeFrom& made_from) {
    io::Metadata metadata;
    if (made_from.kind != CacheEntryKind::Unknown)
        metadata[kKindFact] = made_from.kind == CacheEntryKind::Latents ? kLatentsWord : kTextWord;
    for (const auto& [name, member] : kFacts)
        if (!(made_from.*member).empty()) metadata[name] = made_from.*member;
    return metadata;
}

MadeFrom made_from_of(const io::Metadata& metadata) {
    MadeFrom made_from;
    const auto value = [&](const char* name) {
        const auto at = metadata.find(name);
        return at == metadata.end() ? std::string() : at->second;
    };
    if (value(kKindFact) == kLatentsWord) made_from.kind = CacheEntryKind::Latents;
    if (value(kKindFact) == kTextWord) made_from.kind = CacheEntryKind::Text;
    for (const auto& [name, member] : kFacts) made_from.*member = value(name);
    return made_from;
}

}  // namespace lorikeet::data
