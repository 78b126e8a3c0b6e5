#include "io/colour.hpp"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace lorikeet::io {
namespace {

using vips::VImage;

int colour_bands(const VImage& image) { return image.has_alpha() ? image.bands() - 1 : image.bands(); }

// Perceptual is what Pillow and browsers ask for; profiles of matrices know no other anyway.
VImage to_srgb(const VImage& colours) {
    return colours.icc_transform(
        "srgb",
        VImage::option()->set("embedded", true)->set("intent", VIPS_INTENT_PERCEPTUAL)->set("depth", 8));
}

// Every fifth level of every colour (or every grey) with the image's own profile.
VImage samples_like(const VImage& image, std::vector<std::uint8_t>& pixels) {
    const int bands = colour_bands(image);
    if (bands == 1) {
        for (int v = 0; v < 256; ++v) pixels.push_back(static_cast<std::uint8_t>(v));
    } else {
        for (int r = 0; r < 256; r += 15)
            for (int g = 0; g < 256; g += 15)
                for (int b = 0; b < 256; b += 15)
                    for (const int v : {r, g, b}) pixels.push_back(static_cast<std::uint8_t>(v));
    }
    const auto count = static_cast<int>(pixels.size()) / bands;
    auto made = VImage::new_from_memory(pixels.data(), pixels.size(), count, 1, bands, VIPS_FORMAT_UCHAR)
                    .copy(VImage::option()->set(
                        "interpretation", bands == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB));
    std::size_t size = 0;
    const auto* profile = image.get_blob(VIPS_META_ICC_NAME, &size);
    made.set(VIPS_META_ICC_NAME, nullptr, const_cast<void*>(profile), size);
    return made;
}

// Whether numbers mean with this profile what they mean without: then they are better left alone.
bool changes_nothing(const VImage& image) {
    std::vector<std::uint8_t> pixels;
    const auto made = samples_like(image, pixels);
    const auto bands = static_cast<std::size_t>(colour_bands(image));
    std::size_t size = 0;
    auto* memory = to_srgb(made).write_to_memory(&size);
    const auto* out = static_cast<const std::uint8_t*>(memory);
    int most = 0;
    for (std::size_t i = 0; i < size; ++i)
        most = std::max(most, std::abs(out[i] - pixels[i / 3 * bands + (bands == 3 ? i % 3 : 0)]));
    g_free(memory);
    return most <= 1;
}

VImage eight_bits(const VImage& band) {
    if (band.format() == VIPS_FORMAT_UCHAR) return band;
    if (band.format() == VIPS_FORMAT_USHORT) return (band / 257.0).rint().cast(VIPS_FORMAT_UCHAR);
    return band.cast(VIPS_FORMAT_UCHAR);
}

VImage with_profile(const VImage& image) {
    const int bands = colour_bands(image);
    const auto colours = to_srgb(image.extract_band(0, VImage::option()->set("n", bands)));
    if (bands == image.bands()) return colours;
    return colours.bandjoin(eight_bits(image.extract_band(bands)));
}

// libvips takes sRGB without a word in place of a profile that is none, or one for another kind of image.
bool is_profile_for(const VImage& image) {
    std::size_t size = 0;
    const auto* data = static_cast<const char*>(image.get_blob(VIPS_META_ICC_NAME, &size));
    constexpr std::size_t kHeader = 128, kSpace = 16, kMark = 36;
    const std::string_view profile(data, size);
    if (size < kHeader || profile.substr(kMark, 4) != "acsp") return false;
    const auto space = profile.substr(kSpace, 4);
    if (image.interpretation() == VIPS_INTERPRETATION_CMYK) return space == "CMYK";
    return space == (colour_bands(image) == 1 ? "GRAY" : "RGB ");
}

// As Pillow has it: (255 - c) * (255 - k) / 255, rounded.
std::uint8_t without_ink(unsigned ink, unsigned black) {
    const unsigned left = 255 - black;
    const unsigned product = ink * left + 128;
    return static_cast<std::uint8_t>(left - ((product >> 8U) + product) / 256);
}

}  // namespace

Profile profile_of(const VImage& image) {
    if (image.get_typeof(VIPS_META_ICC_NAME) == 0) return Profile::None;
    const int bands = colour_bands(image);
    if (!is_profile_for(image)) return Profile::Broken;
    try {
        if (image.interpretation() == VIPS_INTERPRETATION_CMYK) {
            to_srgb(image.extract_band(0, VImage::option()->set("n", 4)));
            return Profile::Converted;
        }
        if (bands != 1 && bands != 3) return Profile::Broken;
        return changes_nothing(image) ? Profile::Srgb : Profile::Converted;
    } catch (const vips::VError&) {
        vips_error_clear();
        return Profile::Broken;
    }
}

ShownPixels shown_of(const VImage& image) {
    auto made = image;
    if (profile_of(image) == Profile::Converted) {
        made = with_profile(image);
    } else if (image.interpretation() == VIPS_INTERPRETATION_CMYK && image.bands() >= 4) {
        return {eight_bits(image.extract_band(0, VImage::option()->set("n", 4))), PixelLayout::Cmyk};
    } else if (image.interpretation() != VIPS_INTERPRETATION_sRGB || image.format() != VIPS_FORMAT_UCHAR) {
        made = image.colourspace(VIPS_INTERPRETATION_sRGB);
    }
    if (made.format() != VIPS_FORMAT_UCHAR) made = made.cast(VIPS_FORMAT_UCHAR);
    if (made.bands() > 4) made = made.extract_band(0, VImage::option()->set("n", 4));
    base::expects(made.bands() == 3 || made.bands() == 4, "sRGB has three bands, and perhaps a fourth");
    return {made, made.bands() == 4 ? PixelLayout::Rgba : PixelLayout::Rgb};
}

bool to_rgb(PixelLayout layout, std::span<const std::uint8_t> row, std::uint8_t* rgb,
            const Background& background) {
    if (layout == PixelLayout::Rgb) {
        std::copy(row.begin(), row.end(), rgb);
        return false;
    }
    bool through = false;
    for (std::size_t i = 0; i < row.size(); i += 4) {
        const unsigned last = row[i + 3];
        through = through || (layout == PixelLayout::Rgba && last != 255);
        for (std::size_t c = 0; c < 3; ++c)
            *rgb++ =
                layout == PixelLayout::Cmyk
                    ? without_ink(row[i + c], last)
                    : static_cast<std::uint8_t>((row[i + c] * last + background[c] * (255 - last)) / 255);
    }
    return through;
}

bool to_alpha(PixelLayout layout, std::span<const std::uint8_t> row, std::uint8_t* rgb) {
    const std::size_t bands = layout == PixelLayout::Rgb ? 3 : 4;
    bool through = false;
    for (std::size_t i = 0; i < row.size(); i += bands) {
        const std::uint8_t alpha = layout == PixelLayout::Rgba ? row[i + 3] : 255;
        through = through || alpha != 255;
        for (int c = 0; c < 3; ++c) *rgb++ = alpha;
    }
    return through;
}

}  // namespace lorikeet::io
