// A captioner: images in, a sentence for each out. BLIP is one (blip.hpp); nothing here names how captions come about, and no
// tensor.
//
// Shapes   images are image_px() a side, as stretched_image makes them.
// Throws   what its rooms throw: Error{NotFound} for a folder that lacks a file, Error{InvalidInput} for a prompt or a length
//          that does not fit; Error{Interrupted} where a stop was asked for between two words.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/cancel.hpp"
#include "base/file.hpp"
#include "io/image.hpp"
#include "settings/captioning.hpp"

namespace lorikeet::tag {

struct CaptionerFacts {
    std::string network;  // "BLIP"
    std::string device;   // where it computes, as it is: "the processor", "NVIDIA H200"
    std::string numbers;  // "float32", "bfloat16"
    std::int64_t image_px = 0;
    std::int64_t words = 0;          // of its vocabulary
    std::int64_t at_once = 1;        // images that are best given together
    std::int64_t most_tokens = 0;    // a caption is cut there
    std::vector<std::string> notes;  // sentences: what was assumed
    std::string weights;             // a fingerprint of them
    std::string fingerprint;         // of all that captions depend on but the image: kept ones are of it
};

struct Sentence {
    std::string text;     // empty where nothing follows the prompt
    bool is_cut = false;  // it has no end: there was room for no more
    bool operator==(const Sentence&) const = default;
};

class Captioner {
  public:
    virtual ~Captioner() = default;
    virtual const CaptionerFacts& facts() const = 0;
    // Nothing for an image that makes NaN. What is drawn for an image depends on the seed and its name, and on no other image.
    virtual std::vector<std::optional<Sentence>> captions(std::span<const io::Image> images,
                                                          std::span<const std::string> names,
                                                          const base::Cancel& cancel) = 0;
};

std::unique_ptr<Captioner> open_captioner(const base::Path& folder, const settings::Captioning& captioning);

// An image as a captioner sees it: both sides resized to the one that it wants (bicubic), whatever its shape.
io::Image stretched_image(const base::Path& file, std::int64_t side_px);

}  // namespace lorikeet::tag
