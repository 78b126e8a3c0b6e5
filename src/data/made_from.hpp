// What an entry of a cache was made from, in words that stand beside it: for people, and for tidying up. Its key says the same
// exactly, and tells nothing.
//
// Source   docs/formats/latent-cache.md
#pragma once

#include <string>

#include "io/safetensors.hpp"

namespace lorikeet::data {

enum class CacheEntryKind { Unknown, Latents, Text };

struct MadeFrom {
    CacheEntryKind kind = CacheEntryKind::Unknown;
    std::string model;     // the file's name: of the VAE, or of the checkpoint with the text encoders
    std::string computed;  // by which weights and in which type: the identity that is in the key
    std::string image;     // SHA-256 of the image's bytes
    std::string size;      // "512 x 768", that it was trained at
    bool operator==(const MadeFrom&) const = default;
};

// As metadata of a safetensors file, and back; what is not there stays empty.
io::Metadata metadata_of(const MadeFrom& made_from);
MadeFrom made_from_of(const io::Metadata& metadata);

}  // namespace lorikeet::data
