// What becomes of files that somebody drops on a page: which are taken, under which name, which are here already, and why
// some are not taken. Nothing is written.
//
// A name is made safe: no way out of the folder, no letters that a disk or another system refuses. No file is ever written
// over: an image and its captions, which share a stem, get a new one together ("a.png" and "a.txt" become "a_2"). The
// content of one dropped folder goes right into the dataset; folders inside it stay folders, and so does one that tells
// repeats ("10_bird").
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/file.hpp"

namespace lorikeet::studio {

struct OfferedFile {
    std::string path;  // as the browser tells it: "birds/10_bird/a.png"
    std::uint64_t bytes = 0;
    std::string head;    // its first bytes, at least 64 where it has them
    std::string sha256;  // asked for where it decides; empty where it is not known
};

enum class UploadFate { Take, There, Refused, PassedOver };  // the last: what systems leave in every folder
enum class UploadKind { Image, Caption, Archive, Other };

struct PlannedFile {
    UploadFate fate = UploadFate::Refused;
    UploadKind kind = UploadKind::Other;
    std::string name;      // below the dataset's folder
    std::string reason;    // of a refusal
    bool renamed = false;  // it has another name than it came with
};

// Where files go. `taken`: names below `folder` that are on their way already.
struct UploadPlace {
    base::Path folder;
    std::vector<std::string> caption_extensions;
    std::set<std::string> taken;
};

// Those whose content has to be known first, since a file of their name and size is here: by their index.
std::vector<std::size_t> files_to_compare(const UploadPlace& place, const std::vector<OfferedFile>& offer);

// One answer for each file, in order. A file that was to be compared and has no sha256 counts as another one.
std::vector<PlannedFile> plan_upload(const UploadPlace& place, const std::vector<OfferedFile>& offer);

// A path below a folder, as every disk takes it: "../a:b?.png" -> "a_b_.png". Never empty.
std::string safe_path(std::string_view path);

}  // namespace lorikeet::studio
