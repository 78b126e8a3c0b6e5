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
    const Sentence sentence{"a dog's \"tail\"\n", true};
    kept.keep("sub/a \"b\".png", "10:20", sentence);
    kept.save();
    const KeptCaptions again(file, "one");
    EXPECT_EQ(again.find("sub/a \"b\".png", "10:20"), sentence);
    EXPECT_FALSE(again.find("sub/a \"b\".png", "10:21")) << "other bytes";
    EXPECT_FALSE(again.find("b.png", "10:20"));
    EXPECT_FALSE(KeptCaptions(file, "two").find("sub/a \"b\".png", "10:20")) << "other settings";
}

TEST(KeptCaptions, NamesThatAreNoUtf8AreFoundAgain) {
    const support::TempFolder folder;
    const auto file = folder.path() / "kept.json";
    KeptCaptions kept(file, "one");
    kept.keep("caf\xE9.png", "1:2", {"a cup", false});
    kept.keep("caf\xE8.png", "1:2", {"a pot", false});
    kept.save();
    const KeptCaptions again(file, "one");
    EXPECT_EQ(again.find("caf\xE9.png", "1:2"), (Sentence{"a cup", false}));
    EXPECT_EQ(again.find("caf\xE8.png", "1:2"), (Sentence{"a pot", false}));
}

TEST(KeptCaptions, AFileThatCannotBeReadCountsAsNone) {
    const support::TempFolder folder;
    const auto file = folder.path() / "kept.json";
    for (
        const auto* text :
        {"", "{", "[]", R"({"format": "lorikeet captions 1"})",
         R"({"format": "lorikeet captions 1", "captioner": "one", "images": {"a": [3, "x", true]}})",
         R"({"format": "lorikeet captions 1", "captioner": "one", "images": {"a": ["x", "y"]}})",
         R"({"format": "lorikeet captions 1", "captioner": "one", "images": {"b": ["x", "y", false], "a": ["x"]}})"}) {
        base::write_whole(file, text);
        KeptCaptions kept(file, "one");
        EXPECT_FALSE(kept.find("a", "x")) << text;
        EXPECT_FALSE(kept.find("b", "x")) << text;
        kept.keep("a", "x", {"y", false});
        kept.save();
        EXPECT_EQ(KeptCaptions(file, "one").find("a", "x"), (Sentence{"y", false})) << text;
    }
}

}  // namespace lorikeet::tag
