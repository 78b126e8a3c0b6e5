#include "studio/companions.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

using Along = std::vector<std::string>;

struct WithCompanions {
    explicit WithCompanions(const std::vector<std::string>& names) {
        for (const auto& name : names) {
            std::filesystem::create_directories((folder.path() / name).parent_path());
            base::write_whole(folder.path() / name, name);
        }
        listing = list_dataset(folder.path(), {".txt", ".caption"}, {});
    }
    std::vector<GoingImage> going(const std::vector<std::string>& names) const {
        std::vector<const ListedImage*> images;
        for (const auto& name : names)
            for (const auto& image : listing.images)
                if (image.name == name) images.push_back(&image);
        return Companions(listing).going(images);
    }
    support::TempFolder folder;
    DatasetListing listing;
};

}  // namespace

TEST(Companions, AreCaptionsOfEachExtensionWhatHasTheNameAndWhatOtherTrainersKeep) {
    const WithCompanions room({"a.png", "a.txt", "a.caption", "a.json", "a.npz", "a_0512x0768_sd.npz",
                               "a_1024x1024_sdxl.npz", "a_te_outputs.npz", "a_flux_te.npz", "ab.json",
                               "a_b.png", "a_b.txt", "sub/a.npz", "notes.md"});
    const auto going = room.going({"a.png"});
    ASSERT_EQ(going.size(), 1U);
    EXPECT_EQ(going[0].along, (Along{"a.caption", "a.json", "a.npz", "a.txt", "a_0512x0768_sd.npz",
                                     "a_1024x1024_sdxl.npz", "a_flux_te.npz", "a_te_outputs.npz"}));
    EXPECT_TRUE(going[0].shared.empty());
    const Companions companions(room.listing);
    EXPECT_TRUE(companions.has_latents("a.png"));
    EXPECT_FALSE(companions.has_latents("a_b.png"));
}

TEST(Companions, OfSeveralImagesGoWithTheLastOfThem) {
    const WithCompanions room({"a.jpg", "a.png", "a.txt", "a.npz", "masks/a.png"});
    const auto both = room.going({"a.png", "a.jpg"});
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0].shared, Along{"a.txt"});
    EXPECT_TRUE(both[0].along.empty());
    EXPECT_EQ(both[1].along, (Along{"a.npz", "a.txt", "masks/a.png"}));
    EXPECT_TRUE(room.going({"a.png"})[0].along.empty()) << "the image that stays needs them";
}

TEST(Companions, MasksGoWithTheirImagesAndWhatBelongsToThemToo) {
    const WithCompanions room({"10_cat/a.png", "10_cat/Masks/a.png", "10_cat/Masks/a.txt", "b.png",
                               "mask/b.webp", "masks/10_cat/a.png", "masks/c.png", "unmasked/b.png"});
    const auto all = room.going({"10_cat/Masks/a.png", "10_cat/a.png", "b.png", "masks/c.png"});
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].along, (Along{"10_cat/Masks/a.png", "10_cat/Masks/a.txt", "masks/10_cat/a.png"}));
    EXPECT_EQ(all[1].along, Along{"mask/b.webp"});
    EXPECT_EQ(all[2].image->name, "masks/c.png") << "the mask of no image";
    const WithCompanions inner({"a.png", "masks/a.png", "masks/masks/a.png"});
    EXPECT_EQ(inner.going({"a.png", "masks/a.png", "masks/masks/a.png"}).size(), 2U) << "a mask has no mask";
    EXPECT_EQ(room.going({"10_cat/Masks/a.png"})[0].along, Along{"10_cat/Masks/a.txt"}) << "chosen by itself";
}

TEST(Companions, NamesSayWhatTheyBelongTo) {
    EXPECT_EQ(stem_of_latents("sub/bird_0512x0768_sd.npz"), "sub/bird");
    EXPECT_EQ(stem_of_latents("sub/bird_te_outputs.npz"), "sub/bird");
    EXPECT_EQ(stem_of_latents("my_te.npz"), "my_te");
    EXPECT_EQ(stem_of_latents("bird_0512x0768_sd.json"), "bird_0512x0768_sd");
    EXPECT_EQ(masked_stems("masks/sub/a.png"), Along{"sub/a"});
    EXPECT_EQ(masked_stems("masks/sub/masks/a.png"), (Along{"masks/sub/a", "sub/masks/a"}));
    EXPECT_TRUE(masked_stems("a.png").empty());
    // An image of that very name comes first.
    const WithCompanions room({"a.png", "a_te_outputs.png", "a_te_outputs.npz"});
    EXPECT_TRUE(room.going({"a.png"})[0].along.empty());
    EXPECT_EQ(room.going({"a_te_outputs.png"})[0].along, Along{"a_te_outputs.npz"});
}

}  // namespace lorikeet::studio
