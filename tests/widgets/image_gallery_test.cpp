#include "widgets/image_gallery.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/image.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

struct WithImageGallery : Room {
    void put(int count) {
        for (int i = 0; i < count; ++i) {
            const auto name = fmt::format("{:03}.png", i);
            io::write_png(folder.path() / name, io::Image{4, 4, std::vector<std::uint8_t>(48, 90)});
            base::write_whole(folder.path() / fmt::format("{:03}.txt", i),
                              i % 2 ? "a dog, red, soft, wet" : "a cat");
        }
        show();
    }
    void show() {
        gallery.show_images(folder.path(), studio::list_dataset(folder.path(), {".txt"}, {}).images);
    }
    const json& at(const char* key) const { return gallery.state().at(key); }
    support::TempFolder folder;
    SharedStyles styles{registry};
    ImageGallery gallery{styles};
};

}  // namespace

TEST(ImageGallery, ShowsAHundredAtATimeWithTheFirstWordsOfTheirCaptions) {
    WithImageGallery room;
    room.put(130);
    EXPECT_EQ(room.at("items").size(), 100U);
    EXPECT_EQ(room.at("pages"), 2);
    EXPECT_EQ(room.at("items")[1].at("chips"), json({"a dog", "red", "soft"}));
    EXPECT_EQ(room.at("items")[1].at("more"), true);
    EXPECT_EQ(room.at("items")[0].at("more"), false);
    room.gallery.take_message({{"kind", "page"}, {"page", 1}}, {});
    EXPECT_EQ(room.at("items").size(), 30U);
    EXPECT_EQ(room.at("items")[0].at("name"), "100.png");
    room.gallery.take_message({{"kind", "page"}, {"page", 99}}, {});
    EXPECT_EQ(room.at("page"), 1);
    room.gallery.take_message({{"kind", "filter"}, {"text", " Cat "}}, {});
    EXPECT_EQ(room.at("found"), 65);
    EXPECT_EQ(room.at("total"), 130);
    EXPECT_EQ(room.at("page"), 0);
}

TEST(ImageGallery, SendsTheThumbnailsThatAWindowWants) {
    WithImageGallery room;
    room.put(20);
    base::write_whole(room.folder.path() / "020.png", "no image");
    room.show();
    std::vector<std::string> names;
    for (const auto& item : room.at("items")) names.push_back(item.at("name"));
    std::size_t came = 0, broken = 0;
    room.gallery.take_message({{"kind", "want"}, {"names", names}}, {});
    EXPECT_TRUE(room.loop.run_until([&] {
        came = broken = 0;
        for (const auto& said : room.channel.of(room.gallery.id(), "message")) {
            EXPECT_EQ(said.parts.size(), said.content.at("ids").size());
            came += said.parts.size();
            broken += said.content.at("broken").size();
        }
        return came == 20 && broken == 1;
    })) << came
        << " " << broken;
}

TEST(ImageGallery, WhatIsNotSeenIsNotChosen) {
    WithImageGallery room;
    room.put(4);
    room.gallery.take_update({{"selected", {"000.png", "001.png"}}}, {});
    room.gallery.take_message({{"kind", "filter"}, {"text", "cat"}}, {});
    EXPECT_EQ(room.at("selected"), json({"000.png"}));
    std::vector<std::string> gone;
    room.gallery.on_trash = [&](const std::vector<std::string>& names) { gone = names; };
    room.gallery.take_message({{"kind", "trash"}, {"names", {"000.png", "../etc/passwd"}}}, {});
    EXPECT_EQ(gone, std::vector<std::string>{"000.png"});
    for (const auto& nonsense : {json(), json({{"kind", 3}}), json({{"kind", "trash"}, {"names", 3}}),
                                 json({{"kind", "page"}, {"page", "x"}})})
        room.gallery.take_message(nonsense, {});
}

TEST(ImageGallery, TellsTheFramesItIsGiven) {
    WithImageGallery room;
    room.put(2);
    EXPECT_FALSE(room.at("items")[0].contains("frame"));
    room.gallery.show_frames({{"000.png", {0, 0.25, 1, 0.5}}});
    EXPECT_EQ(room.at("items")[0].at("frame"), json({0.0, 0.25, 1.0, 0.5}));
    EXPECT_FALSE(room.at("items")[1].contains("frame"));
}

TEST(ImageGallery, ShowsTheImagesOfOneFindingAlone) {
    WithImageGallery room;
    room.put(4);
    std::string wanted = "none";
    room.gallery.on_finding = [&](const std::string& kind) { wanted = kind; };
    room.gallery.take_message({{"kind", "finding"}, {"finding", "too-small"}}, {});
    EXPECT_EQ(wanted, "too-small");
    const std::vector<studio::CheckFinding> findings{{"too-small", "", "", {"001.png", "003.png"}, {}}};
    room.gallery.show_findings(findings, "too-small");
    EXPECT_EQ(room.at("found"), 2);
    EXPECT_EQ(room.at("findings")[0].at("words"), "too small (2)");
    EXPECT_EQ(room.at("items")[0].at("findings"), json({"too small"}));
    room.gallery.show_findings(findings, "");
    EXPECT_EQ(room.at("found"), 4);
    EXPECT_FALSE(room.at("items")[0].contains("findings"));
}

}  // namespace lorikeet::widgets
