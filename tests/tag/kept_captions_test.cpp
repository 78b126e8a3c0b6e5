#include "tag/kept_captions.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::tag {

TEST(KeptCaptions, ComeBackForTheSameImageAndCaptioner) {
    const support::TempFolder folder;
    const auto file = folder.path() / "kept.json";
    KeptCaptions kept(file, "one");
    kept.save();
    EXPECT_FALSE(std::filesystem::exists(file)) << "nothing to keep";
    kept.keep("sub/a \"b\".png", "10:20", "a dog's \"tail\"\n");
    kept.save();
    const KeptCaptions again(file, "one");
    EXPECT_EQ(again.find("sub/a \"b\".png", "10:20"), "a dog's \"tail\"\n");
    EXPECT_FALSE(again.find("sub/a \"b\".png", "10:21")) << "other bytes";
    EXPECT_FALSE(again.find("b.png", "10:20"));
    EXPECT_FALSE(KeptCaptions(file, "two").find("sub/a \"b\".png", "10:20")) << "other settings";
}

TEST(KeptCaptions, AFileThatCannotBeReadCountsAsNone) {
    const support::TempFolder folder;
    const auto file = folder.path() / "kept.json";
    for (const auto* text :
         {"", "{", "[]", R"({"format": "lorikeet captions 1"})",
          R"({"format": "lorikeet captions 1", "captioner": "one", "images": {"a": [3, "x"]}})",
          R"({"format": "lorikeet captions 1", "captioner": "one", "images": {"a": ["x"]}})"}) {
        base::write_whole(file, text);
        KeptCaptions kept(file, "one");
        EXPECT_FALSE(kept.find("a", "x")) << text;
        kept.keep("a", "x", "y");
        kept.save();
        EXPECT_EQ(KeptCaptions(file, "one").find("a", "x"), "y") << text;
    }
}

}  // namespace lorikeet::tag
