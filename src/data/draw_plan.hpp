// Which image is shown when, at which size, and with which others in a batch. A pure function of (images, batch, seed, epoch):
// any place of any epoch can be asked for, by whoever and in whatever sequence.
//
// What is drawn for an image by chance is keyed by its place in the shuffled epoch (tensor/rng.hpp), never by the batch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "data/caption_draw.hpp"
#include "data/colour_change.hpp"
#include "data/feature_cache.hpp"
#include "data/scan.hpp"
#include "data/transform.hpp"
#include "data/variants.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

// An image, as an epoch knows it.
struct PlannedImage {
    std::int64_t repeats = 1;
    Crop crop;           // to the size that it is trained at
    bool flips = false;  // shown mirrored half of the time
    double weight = 1;   // of its loss
    bool random_crop = false;
    bool vary_colours = false;
    std::optional<FaceCrop> face{};  // instead of the usual crop
    bool masked = false;
};

// One showing of an image.
struct Draw {
    std::size_t image = 0;
    std::int64_t place = 0;  // in its epoch, from 0: what every other draw of chance is keyed by
    Size size;
    Mirrored mirrored = Mirrored::No;
    double weight = 1;
    Crop crop{};  // that of this time
    ColourChange colours{};
    bool operator==(const Draw&) const = default;
};

class DrawPlan {
  public:
    // The images of a batch are of one size. The last batch of a size in an epoch holds what is left, and may be smaller.
    enum class Brackets { Letters, Weights };  // in captions
    DrawPlan(std::vector<PlannedImage> images, std::int64_t batch, std::uint64_t seed,
             Brackets brackets = Brackets::Letters);

    std::int64_t draws_per_epoch() const { return draws_; }
    std::int64_t batches_per_epoch() const { return batches_; }
    const PlannedImage& shown(std::size_t image) const { return images_.at(image); }
    // Every image as often as it is repeated, shuffled.
    std::vector<Draw> epoch(std::int64_t epoch) const;
    std::vector<Draw> batch(std::int64_t epoch, std::int64_t index) const;
    CaptionDraw caption_draw(std::int64_t epoch, std::int64_t place) const;

    // The sizes that occur, and how many images of each a batch holds at the most.
    struct BatchShape {
        Size size;
        std::int64_t images = 0;
        bool operator==(const BatchShape&) const = default;
    };
    const std::vector<BatchShape>& shapes() const { return shapes_; }
    bool weighs() const;  // some image counts more or less than another
    bool masks() const;   // some image is masked

  private:
    std::vector<PlannedImage> images_;
    std::int64_t batch_;
    std::uint64_t seed_;
    Brackets brackets_;
    std::int64_t draws_ = 0, batches_ = 0;
    std::vector<BatchShape> shapes_;
};

// How often each image is shown in an epoch: as its folder says. Regularisation images are shown as often as there are
// showings of training images, each as its folder says at first, then once more in turn; those that are left over, never.
// Source   kohya's sd-scripts, library/train_util.py, DreamBoothDataset.
std::vector<std::int64_t> repeats_of(const std::vector<DatasetImage>& images, const settings::Data& data);

// Throws what JobCrops throws; Error{Internal} for a job whose batch is still open.
DrawPlan draw_plan_of(const std::vector<DatasetImage>& images, const settings::Data& data,
                      std::uint64_t seed);

// Every caption, as it may be shown, of the first `epochs` epochs; nothing when there are more than `most`.
std::optional<std::set<std::string>> captions_shown(const std::vector<DatasetImage>& images,
                                                    const settings::Data& data, std::uint64_t seed,
                                                    std::int64_t epochs, std::size_t most);

}  // namespace lorikeet::data
