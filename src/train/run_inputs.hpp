// What a run is made from, known by content: the checkpoint, parts in files of their own, every image with its caption. A resume compares what
// there is now with what there was: the same may lie elsewhere and be called otherwise; what differs is named.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "data/scan.hpp"

namespace lorikeet::train {

struct ImageIdentity {
    std::string name;    // of its file: what messages call it, not what it is known by
    std::string sha256;  // of the file's bytes
    std::size_t subset = 0;
    std::string caption;
    std::string mask{};  // a SHA-256 of the mask's file, where it has one
};

struct RunInputs {
    std::string checkpoint;  // weights_fingerprint()
    std::map<std::string, std::string>
        parts;                      // the same of files of their own, by models::PartFile::name(): "VAE"
    std::string checkpoint_sha256;  // of the whole file; empty while it is not known
    std::vector<ImageIdentity> images;
};

// A quick look at a file of weights: names, types, shapes, and some bytes from the middle of every tensor. Metadata does not
// count. Of a file of 7 GB it reads some megabytes.
std::string weights_fingerprint(const base::Path& file);

std::vector<ImageIdentity> facts_of(const std::vector<data::DatasetImage>& images);

// What is no longer as it was, a half sentence each: "bird.png shows something else", "the caption of bird.txt was ...".
std::vector<std::string> differences(const RunInputs& before, const RunInputs& now);

std::string to_text(const RunInputs& inputs);         // for the state
RunInputs parse_run_inputs(const std::string& text);  // Throws Error{Corrupt}

}  // namespace lorikeet::train
