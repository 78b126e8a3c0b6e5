// Where imported files go: images and captions stay pairs, nothing lies over another file, nothing is taken twice. Decides
// alone; it reads and writes no file but through `hash_of`.
//
//   pairs       an image and the captions of its stem in the same folder, also "a.png.txt", and where nothing fits
//               exactly, a stem that differs in case or in the form of Unicode; a caption alone joins an image that is
//               there already and has none
//   collision   the pair gets the first free stem of a_2, a_3, ...; taken is a stem that a file system may take for it
//   twice       bytes that are there already in the same subset (the nearest folder "10_name", else the dataset)
//   folders     one whose name differs in case or form alone from one that is there is that one
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

struct StagedFile {
    std::string from;     // what people are told: "birds.zip: 10_bird/a.png"
    std::string place;    // where it would go, below the dataset: safe names parted by "/"
    std::string asked{};  // its own name before that was made safe, which tells its pair; empty: the same
    bool is_caption = false;
    std::uint64_t bytes = 0;
    std::string sha256;
    base::Path file;              // its bytes, as they wait
    std::size_t source = 0;       // pairs are of one source
    bool source_is_whole = true;  // false: more of its source might have come
};

struct ExistingFile {
    std::string place;
    std::uint64_t bytes = 0;
};

struct TakenFile {
    std::string from, place;
    bool is_caption = false;
    base::Path file;
};
struct RenamedFile {
    std::string from, place, why;  // why: half a sentence
};
struct EqualFile {
    std::string from, same_as;  // same_as: a place
};
struct LeftOutFile {
    std::string from, why;  // why: half a sentence
};

struct ImportPlan {
    std::vector<TakenFile> taken;  // captions before their images
    std::vector<RenamedFile> renamed;
    std::vector<EqualFile> already_there;  // images and captions that are not taken twice
    std::vector<LeftOutFile> left_out;
    std::int64_t waiting = 0;  // images whose captions might still have come when it was stopped
};

// hash_of: the SHA-256 of what lies at a place; asked where the size alone does not tell.
using HashOfPlace = std::function<std::string(const std::string& place)>;
ImportPlan plan_import(std::span<const StagedFile> files, std::span<const ExistingFile> existing,
                       std::span<const std::string> caption_extensions, const HashOfPlace& hash_of);

// "a/b/c.png" -> "a/b" and "c.png"; the folder of a file at the top is "".
std::string folder_of_place(const std::string& place);
std::string name_of_place(const std::string& place);
std::string place_in(const std::string& folder, const std::string& name);

}  // namespace lorikeet::studio
