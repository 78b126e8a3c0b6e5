#include "data/mask.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "base/error.hpp"
#include "data/decoding.hpp"
#include "data/listing.hpp"
#include "io/image.hpp"

namespace lorikeet::data {

namespace {

// Whether any pixel of it counts.
class HasWeight {
  public:
    void operator()(std::int64_t, std::span<const std::uint8_t> rgb) {
        for (std::size_t i = 0; i < rgb.size() && !found; i += 3) found = rgb[i] != 0;
    }
    bool found = false;
};

void mirror_rows(std::vector<std::uint8_t>& bytes, std::int64_t width) {
    for (auto row = bytes.begin(); row != bytes.end(); row += width) std::reverse(row, row + width);
}

}  // namespace

MaskFiles masks_in(const base::Path& folder, Nested nested) {
    MaskFiles masks;
    for (const auto& file : list_folder(folder, {}, nested).images)
        masks.emplace(mask_name(file, folder), file);
    return masks;
}

std::string mask_name(const base::Path& image, const base::Path& folder) {
    return image.lexically_relative(folder).replace_extension().generic_string();
}

MaskLook look_at_alpha(const base::Path& image) {
    MaskLook look;
    look.mask.kind = Mask::Kind::Alpha;
    try {
        const base::MappedFile file(image);
        const DecodingTurn turn(io::peek_image(file.bytes(), image.string()).decoding_bytes);
        HasWeight has_weight;
        look.seen_through = io::read_alpha_rows(file.bytes(), image.string(), [&](std::int64_t y, auto rgb) {
                                has_weight(y, rgb);
                            }).transparent;
        if (!has_weight.found) look.trouble = MaskTrouble{MaskTrouble::Kind::Empty};
    } catch (const base::Error& error) {
        look.trouble = MaskTrouble{MaskTrouble::Kind::Unreadable, error.what()};
    }
    return look;
}

MaskLook look_at_mask(const MaskFiles& masks, const std::string& mask, Size size) {
    MaskLook look;
    look.mask.kind = Mask::Kind::File;
    const auto beside = masks.find(mask);
    if (beside == masks.end()) {
        look.trouble = MaskTrouble{MaskTrouble::Kind::Missing};
        return look;
    }
    look.mask.file = beside->second;
    const auto name = look.mask.file.string();
    try {
        const base::MappedFile file(look.mask.file);
        look.mask.sha256 = base::sha256(file.bytes());
        const auto facts = io::peek_image(file.bytes(), name);
        const DecodingTurn turn(facts.decoding_bytes);
        HasWeight has_weight;
        io::read_rows(file.bytes(), name, [&](std::int64_t y, auto rgb) { has_weight(y, rgb); });
        if (Size{facts.width_px, facts.height_px} != size)
            look.trouble = MaskTrouble{MaskTrouble::Kind::OtherSize,
                                       fmt::format("{} x {} instead of {} x {}", facts.width_px,
                                                   facts.height_px, size.width_px, size.height_px)};
        else if (!has_weight.found)
            look.trouble = MaskTrouble{MaskTrouble::Kind::Empty};
    } catch (const base::Error& error) {
        look.trouble = MaskTrouble{MaskTrouble::Kind::Unreadable, error.what()};
    }
    return look;
}

std::vector<std::uint8_t> fit_mask(const Mask& mask, const base::Path& image, const Crop& crop,
                                   Mirrored mirrored) {
    std::vector<std::uint8_t> bytes;
    if (mask.kind == Mask::Kind::None) {
        bytes.assign(static_cast<std::size_t>(crop.size.width_px * crop.size.height_px), 255);
    } else if (mask.kind == Mask::Kind::Alpha) {
        const base::MappedFile file(image);
        bytes = fit_alpha(file.bytes(), image.string(), crop);
    } else {
        const base::MappedFile file(mask.file);
        bytes = first_channel(fit_file(file.bytes(), mask.file.string(), crop));
    }
    if (mirrored == Mirrored::Yes) mirror_rows(bytes, crop.size.width_px);
    return bytes;
}

at::Tensor reduce_mask(const std::vector<std::uint8_t>& mask, Size size, std::int64_t h, std::int64_t w) {
    const auto [width, height] = size;
    base::expects(h > 0 && w > 0 && height % h == 0 && width % w == 0 &&
                      static_cast<std::int64_t>(mask.size()) == width * height,
                  "a latent stands for a block of pixels");
    const auto block_width = width / w, block_height = height / h;
    auto reduced = at::empty({1, h, w}, at::kFloat);
    auto* out = reduced.mutable_data_ptr<float>();
    const auto full = static_cast<double>(255 * block_width * block_height);
    for (std::int64_t row = 0; row < h; ++row)
        for (std::int64_t column = 0; column < w; ++column) {
            std::int64_t sum = 0;
            for (std::int64_t y = row * block_height; y < (row + 1) * block_height; ++y) {
                const auto* from = mask.data() + y * width + column * block_width;
                for (std::int64_t x = 0; x < block_width; ++x) sum += from[x];
            }
            *out++ = static_cast<float>(static_cast<double>(sum) / full);
        }
    return reduced;
}

}  // namespace lorikeet::data
