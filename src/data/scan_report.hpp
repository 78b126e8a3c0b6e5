// What a scan has to say of each folder: from its images, each looked at by itself, to news and errors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/bucket.hpp"
#include "data/mask.hpp"
#include "data/scan.hpp"
#include "data/variants.hpp"
#include "io/image.hpp"

namespace lorikeet::data {

// What was found out about one file; filled by the thread that looked at it.
struct Look {
    DatasetImage image;
    bool more_lines = false;  // of the caption, which are not read
    bool utf16 = false;       // the caption's file
    bool transparent = false;
    std::int64_t frames = 1;
    io::Profile profile = io::Profile::None;
    std::optional<base::Problem> unreadable;
    std::optional<base::Problem> bad_caption;
    std::optional<MaskTrouble> mask_trouble;
    bool unmasked = false;  // by its own transparency, of which it has none
};

// What is known of a folder before its images are looked at.
struct Folder {
    base::Path place;
    Variants variants;
    MaskFiles masks;
    bool wildcards = false;
    bool weighted = false;  // brackets in captions are weights
    bool by_bytes = false;  // images are told apart by what they hold: some are held out
};

// "They are trained with their trigger." of one image: "It is trained with its trigger."
std::string of_one(std::string hint);

// What messages call a folder of the job.
std::string key_of(std::size_t subset);

// `looks` are those of one folder.
void report_subset(const std::vector<Look>& looks, const settings::Data& data, std::size_t subset,
                   const Folder& folder, ScanResult& result);
void report_crops(const std::vector<Look>& looks, const JobCrops& crops, const std::string& where,
                  ScanResult& result);
// Training images of which the same bytes are in a folder for validation, `own`: they are held out.
void report_twice(const settings::Data& data, const std::set<std::string>& own, ScanResult& result);
// Once it is known which images are trained on.
void report_regularisation(const settings::Data& data, ScanResult& result);

}  // namespace lorikeet::data
