// Buckets: the sizes that images are trained at, each of about the area asked for and of about the image's own shape, so that
// little is cropped.
//
// Source   kohya's sd-scripts, library/model_util.py, make_bucket_resolutions; library/train_util.py, BucketManager: the
//          same list, choice and rounding. Golden   the tables in tests/data/bucket_test.cpp, made by running them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "data/transform.hpp"
#include "settings/data.hpp"

namespace lorikeet::data {

struct BucketRules {
    Size area_of;                // no bucket has a larger area than this
    std::int64_t min_px = 256;   // the shortest side of a bucket; rounded down to a multiple of the step
    std::int64_t max_px = 2048;  // the longest side; rounded down likewise
    std::int64_t step_px = 64;   // each side is a multiple of it
    bool upscale = true;  // else an image keeps its size, or is made smaller, and the limits do not count
};

// Limits that are left open are half the shorter side of the resolution and twice its longer one.
// Throws Error{Internal} for a job in which the step of buckets is still open.
BucketRules bucket_rules_of(const settings::Data& data, Size resolution);

class Buckets {
  public:
    // Throws Error{InvalidInput} when the limits leave no size.
    explicit Buckets(const BucketRules& rules);

    // Ascending, by width and then by height. Those an image can be given; without upscaling there are others.
    const std::vector<Size>& sizes() const { return sizes_; }
    // Each side of `image` is at least 1 px. Without upscaling an image that is smaller than one step is enlarged to it.
    Crop crop_of(Size image) const;

  private:
    Crop crop_without_upscaling(Size image) const;

    BucketRules rules_;
    std::vector<Size> sizes_;
};

// How the images of a job come to the sizes that they are trained at: by buckets, or all to one size; each folder by its own
// resolution where it has one.
class JobCrops {
  public:
    // Throws what Buckets throws; Error{Internal} for a job in which the resolution or the step of buckets is still open.
    explicit JobCrops(const settings::Data& data);
    // `subset` is the index of the image's folder in data.subsets.
    Crop of(Size image, std::size_t subset) const;
    bool buckets() const { return !of_subset_.empty() && of_subset_.front().buckets.has_value(); }

  private:
    struct Rule {
        Size size;
        std::optional<Buckets> buckets;
    };
    std::vector<Rule> of_subset_;
};

}  // namespace lorikeet::data
