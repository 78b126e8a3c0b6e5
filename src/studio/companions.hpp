// What belongs to an image of a dataset and goes wherever it goes: into the trash, to another name, and back.
//
//   captions    of every extension; where images share one (a.png beside a.jpg), it goes with the last of them
//   beside it   files of its name with another ending ("bird.json"), and what other trainers keep of it: "bird.npz",
//               "bird_0512x0768_sdxl.npz", "bird_te_outputs.npz"
//   masks       images of its name in a folder called "mask" or "masks": beside the image, or at the head of the dataset with
//               the same folders inside
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "studio/dataset_files.hpp"

namespace lorikeet::studio {

// An image that goes, and what goes with it: names of the listing, each at one image alone.
struct GoingImage {
    const ListedImage* image = nullptr;
    std::vector<std::string> along;   // by name
    std::vector<std::string> shared;  // captions that an image which stays, or goes after it, needs too
};

class Companions {
  public:
    // The listing must outlive this.
    explicit Companions(const DatasetListing& listing);

    // In this order; what belongs to several goes with the last of them, and stays while one of them does. A mask goes with
    // its image and is no image of its own then.
    std::vector<GoingImage> going(const std::vector<const ListedImage*>& images) const;
    // The masks of the images of these names.
    std::set<std::string> masks_of(const std::set<std::string>& names) const;
    // Other trainers keep latents of it.
    bool has_latents(const std::string& image) const;

  private:
    using NamesByStem = std::map<std::string, std::vector<std::string>>;
    std::string owner_stem(const std::string& name) const;
    std::vector<std::string> beside(const std::string& image) const;
    using Users = std::map<std::string, int>;
    void take(const ListedImage& image, Users& users, GoingImage& going) const;

    std::set<std::string> image_stems_;
    NamesByStem others_, masks_;  // by the stem of the images that they belong to
    std::map<std::string, const ListedImage*> mask_images_;
    Users users_;  // of each of them, and of each caption: so many images
};

// "sub/bird.png" -> "sub/bird"
std::string path_stem(const std::string& name);
// Of the images that a mask of this name would belong to: "10_cat/masks/a.png" -> "10_cat/a", "masks/sub/a.png" -> "sub/a";
// none for what lies in no folder of masks.
std::vector<std::string> masked_stems(const std::string& name);
// By its name alone: "sub/bird_0512x0768_sd.npz" -> "sub/bird"; of other files as path_stem.
std::string stem_of_latents(const std::string& name);

}  // namespace lorikeet::studio
