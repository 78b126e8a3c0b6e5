// Files through libvips: started once, with the loaders that are wanted alone; opened, and its complaints told rightly.
//
// For the rooms of this floor that decode or write images; nobody else knows libvips.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <vips/vips8>

#include "io/image.hpp"

namespace lorikeet::io {

// Throws Error{Internal} when libvips does not start.
void start_vips();

// Opens without decoding, as the file has it; `format` as format_of tells it, "bmp" not among them. `file` outlives the
// result.  Throws vips::VError.
vips::VImage open_with_vips(std::span<const std::byte> file, const std::string& format, VipsAccess access);

// The image's pixels, not copied: `image` outlives the result.
vips::VImage pixels_for_vips(const Image& image);

// Takes what a saver made, and frees it.
std::string bytes_of(VipsBlob* blob);

// What libvips complained of last, as half a sentence; its list of complaints is empty afterwards.
std::string take_vips_reason();
[[noreturn]] void fail_decoding(const std::string& name, const std::string& reason);

// libvips keeps its messages in one place for all threads. An image that fails is tried once more while no
// other is decoded, so that the reason told is its own.
// Throws   Error{Corrupt} with the reason, where `work` throws vips::VError twice.
template <typename Work>
auto with_reason(const std::string& name, const Work& work) {
    static std::shared_mutex guard;
    try {
        const std::shared_lock lock(guard);
        return work();
    } catch (const vips::VError&) {
    }
    const std::unique_lock lock(guard);
    vips_error_clear();
    try {
        return work();
    } catch (const vips::VError&) {
        fail_decoding(name, take_vips_reason());
    }
}

}  // namespace lorikeet::io
