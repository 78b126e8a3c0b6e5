#include "data/kohya_latents.hpp"

#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "data/size_hint.hpp"
#include "io/npz.hpp"
#include "tensor/check.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::data {
namespace {

using Arrays = std::map<std::string, io::NpzArray>;

// As sd-scripts looks for it: the name of older versions wins.
std::optional<base::Path> kohya_file_of(const DatasetImage& image, const KohyaFormat& format) {
    auto stem = image.file;
    stem.replace_extension();
    base::Path old = stem;
    old += ".npz";
    if (base::is_file(old)) return old;
    stem += fmt::format("_{:04}x{:04}{}", image.width_px, image.height_px, format.ending);
    return base::is_file(stem) ? std::optional(stem) : std::nullopt;
}

at::Tensor tensor_of(const io::NpzArray& array) {
    const auto type = tensor::to_scalar_type(array.dtype);
    return at::from_blob(const_cast<std::byte*>(array.bytes.data()), array.shape, type)
        .to(at::kFloat)
        .clone();
}

bool is_close(double a, double b) { return std::abs(a - b) < 1e-3; }

// The margins that sd-scripts works out for a crop of this size of an image of that one.
bool has_the_margins(const std::vector<double>& ltrb, const Crop& crop) {
    if (ltrb.size() != 4) return false;
    const auto plain = cut_of(crop, Mirrored::No, settings::CropHint::Kohya);
    const auto mirrored = cut_of(crop, Mirrored::Yes, settings::CropHint::Kohya);
    return is_close(ltrb[0], plain.left_px) && is_close(ltrb[1], plain.top_px) &&
           is_close(static_cast<double>(crop.size.width_px) - ltrb[2], mirrored.left_px);
}

struct Wanted {
    const Crop& crop;
    WantsMirrored mirrored;
    std::vector<std::int64_t> shape;
    std::string sized;  // how newer versions end the names of arrays: "_64x48"
};

const io::NpzArray* array_named(const Arrays& arrays, const std::string& name, const Wanted& wanted) {
    for (const auto& spelt : {name + wanted.sized, name})
        if (const auto at = arrays.find(spelt); at != arrays.end()) return &at->second;
    return nullptr;
}

// Why they do not fit; empty where they do.
std::string misfit(const Arrays& arrays, const Wanted& wanted) {
    const auto* latents = array_named(arrays, "latents", wanted);
    const auto* original = array_named(arrays, "original_size", wanted);
    const auto* margins = array_named(arrays, "crop_ltrb", wanted);
    const auto* mirrored = array_named(arrays, "latents_flipped", wanted);
    if (latents == nullptr) return "without latents in the file";
    if (latents->shape != wanted.shape) return "of another size";
    if (original == nullptr || margins == nullptr) return "that do not tell how the image was cropped";
    const auto size = original->numbers();
    if (size.size() != 2 || !is_close(size[0], static_cast<double>(wanted.crop.image.width_px)) ||
        !is_close(size[1], static_cast<double>(wanted.crop.image.height_px)))
        return "of an image of another size";
    if (!has_the_margins(margins->numbers(), wanted.crop)) return "of another crop";
    if (wanted.mirrored == WantsMirrored::Yes && (mirrored == nullptr || mirrored->shape != wanted.shape))
        return "without the mirrored ones that flip wants";
    return {};
}

KohyaLatents latents_in(const Arrays& arrays, const Wanted& wanted) {
    KohyaLatents found;
    found.why_not = misfit(arrays, wanted);
    if (!found.why_not.empty()) return found;
    std::vector<at::Tensor> all{tensor_of(*array_named(arrays, "latents", wanted))};
    if (wanted.mirrored == WantsMirrored::Yes)
        all.push_back(tensor_of(*array_named(arrays, "latents_flipped", wanted)));
    if (!tensor::all_finite(all)) {
        found.why_not = "with NaN or infinity in them";
        return found;
    }
    found.plain = all.front();
    if (all.size() > 1) found.mirrored = all.back();
    found.sha256 = tensor::payload_sha256({{"plain", all.front()}, {"mirrored", all.back()}});
    return found;
}

bool is_newer(const base::Path& image, const base::Path& latents) {
    std::error_code unknown;
    const auto made = std::filesystem::last_write_time(latents, unknown);
    const auto changed = std::filesystem::last_write_time(image, unknown);
    return !unknown && changed > made;
}

}  // namespace

KohyaLatents find_kohya_latents(const DatasetImage& image, const Crop& crop, WantsMirrored mirrored,
                                const KohyaFormat& format) {
    KohyaLatents none;
    if (format.ending.empty()) return none;
    const auto file = kohya_file_of(image, format);
    if (!file) return none;
    if (is_newer(image.file, *file)) {
        none.why_not = "older than the image";
        return none;
    }
    const auto height = crop.size.height_px / format.factor, width = crop.size.width_px / format.factor;
    const Wanted wanted{
        crop, mirrored, {format.channels, height, width}, fmt::format("_{}x{}", height, width)};
    try {
        return latents_in(io::read_npz(*file), wanted);
    } catch (const base::Error& error) {
        if (error.code() == base::ErrorCode::Internal) throw;
        none.why_not = fmt::format("that cannot be read ({})", error.what());
        return none;
    }
}

}  // namespace lorikeet::data
