#include "data/draw_plan.hpp"

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "data/bucket.hpp"
#include "settings/chosen.hpp"
#include "tensor/rng.hpp"

namespace lorikeet::data {

namespace {

tensor::Draws chance_at(tensor::Stream stream, std::uint64_t seed, std::int64_t epoch, std::int64_t place) {
    return tensor::Draws(
        tensor::seed_of(seed, stream, static_cast<std::uint64_t>(epoch), static_cast<std::uint64_t>(place)));
}

Mirrored mirrored_at(std::uint64_t seed, std::int64_t epoch, std::int64_t place) {
    return chance_at(tensor::Stream::Flip, seed, epoch, place).uniform() < 0.5 ? Mirrored::Yes : Mirrored::No;
}

Crop crop_at(const PlannedImage& shown, std::uint64_t seed, std::int64_t epoch, std::int64_t place) {
    if (!shown.face && !shown.random_crop) return shown.crop;
    const auto chance = [draws = chance_at(tensor::Stream::Crop, seed, epoch, place)]() mutable {
        return draws.uniform();
    };
    if (shown.face) return crop_round(*shown.face, shown.crop.image, shown.crop.size, chance);
    return crop_anywhere(shown.crop, chance);
}

ColourChange colours_at(std::uint64_t seed, std::int64_t epoch, std::int64_t place) {
    auto chance = chance_at(tensor::Stream::Colour, seed, epoch, place);
    return draw_colour_change(chance);
}

}  // namespace

DrawPlan::DrawPlan(std::vector<PlannedImage> images, std::int64_t batch, std::uint64_t seed,
                   Brackets brackets)
    : images_(std::move(images)), batch_(batch), seed_(seed), brackets_(brackets) {
    base::expects(batch_ > 0, "a batch holds at least one image");
    for (const auto& image : images_) {
        base::expects(image.repeats >= 0, "an image is not repeated less than never");
        draws_ += image.repeats;
    }
    std::vector<BatchShape> counts;  // of the whole epoch
    for (const auto& image : images_) {
        auto at = std::find_if(counts.begin(), counts.end(),
                               [&](const auto& shape) { return shape.size == image.crop.size; });
        if (at == counts.end()) at = counts.insert(at, {image.crop.size, 0});
        at->images += image.repeats;
    }
    for (const auto& count : counts) batches_ += (count.images + batch_ - 1) / batch_;
    shapes_ = std::move(counts);
    std::erase_if(shapes_, [](const auto& shape) { return shape.images == 0; });
    for (auto& shape : shapes_) shape.images = std::min(shape.images, batch_);
}

bool DrawPlan::weighs() const {
    return std::any_of(images_.begin(), images_.end(), [](const auto& image) { return image.weight != 1; });
}

bool DrawPlan::masks() const {
    return std::any_of(images_.begin(), images_.end(), [](const auto& image) { return image.masked; });
}

std::vector<Draw> DrawPlan::epoch(std::int64_t epoch) const {
    std::vector<std::size_t> order;
    order.reserve(static_cast<std::size_t>(draws_));
    for (std::size_t image = 0; image < images_.size(); ++image)
        order.insert(order.end(), static_cast<std::size_t>(images_[image].repeats), image);
    tensor::Draws chance(tensor::seed_of(seed_, tensor::Stream::Order, static_cast<std::uint64_t>(epoch)));
    for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[chance.below(i)]);
    std::vector<Draw> draws;
    draws.reserve(order.size());
    for (const auto image : order) {
        const auto place = std::ssize(draws);
        const auto& shown = images_[image];
        draws.push_back({image, place, shown.crop.size,
                         shown.flips ? mirrored_at(seed_, epoch, place) : Mirrored::No, shown.weight,
                         crop_at(shown, seed_, epoch, place),
                         shown.vary_colours ? colours_at(seed_, epoch, place) : ColourChange()});
    }
    return draws;
}

// A batch comes when the last of its images does, so sizes come as mixed as the images are shuffled; batches that are not
// filled come at the end.
std::vector<Draw> DrawPlan::batch(std::int64_t epoch, std::int64_t index) const {
    base::expects(epoch >= 0 && index >= 0 && index < batches_, "a batch lies inside its epoch");
    std::vector<std::vector<Draw>> open(shapes_.size());
    const auto of_size = [&](const Size& size) -> std::vector<Draw>& {
        const auto at = std::find_if(shapes_.begin(), shapes_.end(),
                                     [&](const auto& shape) { return shape.size == size; });
        return open[static_cast<std::size_t>(at - shapes_.begin())];
    };
    for (const auto& draw : this->epoch(epoch)) {
        auto& batch = of_size(draw.size);
        batch.push_back(draw);
        if (std::ssize(batch) < batch_) continue;
        if (index-- == 0) return batch;
        batch.clear();
    }
    for (auto& batch : open)
        if (!batch.empty() && index-- == 0) return std::move(batch);
    base::fail(base::ErrorCode::Internal, "an epoch has fewer batches than were counted");
}

std::vector<std::int64_t> repeats_of(const std::vector<DatasetImage>& images, const settings::Data& data) {
    std::vector<std::int64_t> repeats(images.size(), 0);
    std::vector<std::size_t> regularisation;
    std::int64_t missing = 0;  // showings of regularisation images
    for (std::size_t i = 0; i < images.size(); ++i) {
        const auto& subset = data.subsets.at(images[i].subset);
        if (subset.regularisation) {
            regularisation.push_back(i);
        } else {
            repeats[i] = subset.repeats;
            missing += subset.repeats;
        }
    }
    bool first = true;
    while (missing > 0 && !regularisation.empty()) {
        for (const auto i : regularisation) {
            if (missing <= 0) break;
            const auto more = first ? data.subsets[images[i].subset].repeats : 1;
            repeats[i] += more;
            missing -= more;
        }
        first = false;
    }
    return repeats;
}

CaptionDraw DrawPlan::caption_draw(std::int64_t epoch, std::int64_t place) const {
    const auto showings = static_cast<double>(std::max<std::int64_t>(draws_, 1));
    return {seed_, epoch, place, static_cast<double>(epoch) + static_cast<double>(place) / showings,
            brackets_ == Brackets::Weights};
}

DrawPlan draw_plan_of(const std::vector<DatasetImage>& images, const settings::Data& data,
                      std::uint64_t seed) {
    const JobCrops crops(data);
    const auto repeats = repeats_of(images, data);
    std::vector<PlannedImage> shown;
    for (std::size_t i = 0; i < images.size(); ++i) {
        const auto& image = images[i];
        const auto& subset = data.subsets.at(image.subset);
        const auto variants = variants_of(data, subset);
        auto& one = shown.emplace_back();
        one.repeats = repeats[i];
        one.crop = crops.of({image.width_px, image.height_px}, image.subset);
        one.flips = subset.flip;
        one.weight = subset.regularisation ? data.regularisation_weight : 1;
        one.random_crop = variants.random_crop;
        one.vary_colours = variants.vary_colours;
        one.masked = image.mask.kind != Mask::Kind::None;
        if (variants.face_crop.empty()) continue;
        if (const auto face = face_in_name(image.file, one.crop.image))
            one.face =
                FaceCrop{*face, variants.face_crop.front(), variants.face_crop.back(), variants.random_crop};
    }
    const auto brackets = data.weighted_captions ? DrawPlan::Brackets::Weights : DrawPlan::Brackets::Letters;
    return {std::move(shown), settings::chosen(data.batch), seed, brackets};
}

std::optional<std::set<std::string>> captions_shown(const std::vector<DatasetImage>& images,
                                                    const settings::Data& data, std::uint64_t seed,
                                                    std::int64_t epochs, std::size_t most) {
    std::set<std::string> captions;
    bool varies = false;
    for (const auto& image : images) {
        const auto& subset = data.subsets.at(image.subset);
        varies = varies || caption_varies(subset);
        if (caption_drops(subset)) captions.insert("");
        if (!caption_varies(subset))
            captions.insert(caption_for_draw(without_chance(subset), image.caption,
                                             {.seed = seed, .weighted = data.weighted_captions}));
    }
    if (varies) {
        const auto plan = draw_plan_of(images, data, seed);
        for (std::int64_t epoch = 0; epoch < epochs && captions.size() <= most; ++epoch)
            for (const auto& draw : plan.epoch(epoch)) {
                const auto& image = images[draw.image];
                captions.insert(caption_for_draw(data.subsets[image.subset], image.caption,
                                                 plan.caption_draw(epoch, draw.place)));
            }
    }
    if (captions.size() > most) return std::nullopt;
    return captions;
}

}  // namespace lorikeet::data
