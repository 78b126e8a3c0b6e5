// How many images a file holds, for the formats whose decoder does not tell: the first is what is read, and people are told
// that the others are left aside.
//
// PNG           frames of an animation (acTL)
// JPEG          images of an MPO beside each other (APP2 "MPF"): views of one size. Previews and gain maps are not counted.
// AVIF, HEIC    samples of a sequence, or images of a burst. Thumbnails, alpha, depth and tiles are not counted.
//
// Source   PNG third edition, 11.3.6.1; CIPA DC-007-2009; ISO/IEC 14496-12 and 23008-12.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace lorikeet::io {

// At least 1; 1 for other formats, and for a file that is cut off or contradicts itself. Reads headers alone.
std::int64_t frames_in(std::span<const std::byte> file, std::string_view format);

}  // namespace lorikeet::io
