#include "widgets/caption_board.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "io/image.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

struct WithBoard : Room {
    WithBoard() {
        board.on_image = [this](const studio::ListedImage& image) { asked.push_back(image.name); };
    }
    void put(const std::string& name, const std::string& caption) const {
        io::write_png(folder.path() / (name + ".png"), io::Image{4, 4, std::vector<std::uint8_t>(48, 90)});
        if (!caption.empty()) base::write_whole(folder.path() / (name + ".txt"), caption);
    }
    void show() { board.show(with_tags(folder.path(), studio::list_dataset(folder.path(), {".txt"}, {}))); }
    void says(const json& message) { board.take_message(message, {}); }
    const json& at(const char* key) const { return board.state().at(key); }
    std::vector<std::string> names() const {
        std::vector<std::string> all;
        for (const auto& item : at("items")) all.push_back(item.at("name"));
        return all;
    }
    support::TempFolder folder;
    SharedStyles styles{registry};
    CaptionBoard board{styles};
    std::vector<std::string> asked;
};

using Names = std::vector<std::string>;

}  // namespace

TEST(CaptionBoard, AChosenTagLeavesItsImages) {
    WithBoard room;
    room.put("a", "bird, red beak");
    room.put("b", "Bird, blue wings");
    room.put("c", "1bird");
    room.put("d", "");
    room.show();
    EXPECT_EQ(room.at("tags")[0], json({"bird", 2, "bird"}));
    EXPECT_EQ(room.at("tags_total"), 4);
    EXPECT_EQ(room.names(), (Names{"a.png", "b.png", "c.png", "d.png"}));
    EXPECT_EQ(room.asked, Names{"a.png"}) << "the first is edited";
    room.says({{"kind", "tag"}, {"tag", "blue wings"}});
    EXPECT_EQ(room.names(), Names{"b.png"});
    EXPECT_EQ(room.asked.back(), "b.png");
    room.says({{"kind", "tag"}, {"tag", ""}});
    EXPECT_EQ(room.at("found"), 4);
    EXPECT_EQ(room.board.image(), "b.png") << "and it stays";
    room.says({{"kind", "search"}, {"text", "RED_b"}});
    EXPECT_EQ(room.at("tags").size(), 1U);
}

TEST(CaptionBoard, StepsThroughTheImagesAlsoWhenOneHasLostTheTag) {
    WithBoard room;
    for (const auto* name : {"a", "b", "c"}) room.put(name, "bird");
    room.show();
    room.says({{"kind", "tag"}, {"tag", "bird"}});
    room.says({{"kind", "step"}, {"by", 1}});
    EXPECT_EQ(room.board.image(), "b.png");
    room.put("b", "cat");
    room.show();
    EXPECT_EQ(room.board.image(), "b.png");
    EXPECT_EQ(room.names(), (Names{"a.png", "c.png"}));
    room.says({{"kind", "step"}, {"by", 1}});
    EXPECT_EQ(room.board.image(), "c.png");
    room.says({{"kind", "step"}, {"by", 5}});
    EXPECT_EQ(room.board.image(), "c.png");
    room.says({{"kind", "step"}, {"by", -9}});
    EXPECT_EQ(room.board.image(), "a.png");
}

TEST(CaptionBoard, AHundredAtATimeAndThePageOfTheImage) {
    WithBoard room;
    for (int i = 0; i < 130; ++i) room.put(fmt::format("{:03}", i), "bird");
    room.show();
    EXPECT_EQ(room.at("items").size(), 100U);
    room.says({{"kind", "page"}, {"page", 7}});
    EXPECT_EQ(room.at("first"), 100);
    EXPECT_EQ(room.names().front(), "100.png");
    room.says({{"kind", "image"}, {"name", "100.png"}});
    room.says({{"kind", "step"}, {"by", -1}});
    EXPECT_EQ(room.at("page"), 0);
    EXPECT_EQ(room.board.image(), "099.png");
}

TEST(CaptionBoard, ShowsTheCaptionOfItsImageAndNoOther) {
    WithBoard room;
    room.put("a", "bird, red beak");
    room.put("b", "cat");
    room.show();
    const auto edited = [&](const char* name) {
        return studio::edited_caption(room.folder.path(), *room.board.find(name), ".txt");
    };
    room.board.show_editor(edited("b.png"), {});
    EXPECT_TRUE(room.at("editor").empty());
    room.board.show_editor(edited("a.png"), {"a.png", "bird, red", " beak", 5, 4});
    EXPECT_EQ(room.at("editor").at("parts")[1].at("text"), "red beak");
    EXPECT_EQ(room.at("editor").at("tokens"),
              json({{"read", "bird, red"}, {"unread", " beak"}, {"tokens", 5}, {"most", 4}}));
    Names parts;
    TypedOver over;
    room.board.on_parts = [&](const TypedOver& typed_over, const Names& typed) {
        parts = typed;
        over = typed_over;
    };
    room.says({{"kind", "parts"},
               {"id", "7"},
               {"name", "b.png"},
               {"version", "v"},
               {"after", "6"},
               {"parts", {"x", "y"}}});
    EXPECT_EQ(parts, (Names{"x", "y"}));
    EXPECT_EQ(over.id + over.image + over.version + over.after, "7b.pngv6");
    room.board.end_typing("7");
    room.board.show_editor(edited("a.png"), {});
    EXPECT_EQ(room.at("editor").at("done"), json({"7"}));
}

TEST(CaptionBoard, AnotherFolderAndNonsense) {
    WithBoard room;
    room.put("a", "bird");
    room.show();
    room.says({{"kind", "tag"}, {"tag", "bird"}});
    const support::TempFolder empty;
    room.board.show(with_tags(empty.path(), studio::list_dataset(empty.path(), {".txt"}, {})));
    EXPECT_EQ(room.board.image(), "");
    EXPECT_EQ(room.at("tag"), "");
    EXPECT_EQ(room.at("total"), 0);
    for (const auto& nonsense :
         {json(), json({{"kind", 3}}), json({{"kind", "tag"}}), json({{"kind", "step"}, {"by", "x"}}),
          json({{"kind", "image"}, {"name", "none"}}), json({{"kind", "step"}, {"by", 1}}),
          json({{"kind", "parts"}, {"id", "1"}, {"version", "v"}, {"parts", {1}}})})
        room.says(nonsense);
}

TEST(CaptionBoard, SendsTheThumbnailsThatAWindowWants) {
    WithBoard room;
    room.put("a", "bird");
    room.show();
    const auto id = room.at("items")[0].at("id").get<std::string>();
    room.says({{"kind", "want"}, {"ids", {id, "unknown"}}});
    EXPECT_TRUE(room.loop.run_until([&] {
        for (const auto& said : room.channel.of(room.board.id(), "message"))
            if (!said.parts.empty()) return true;
        return false;
    }));
}

}  // namespace lorikeet::widgets
