#include "widgets/widget.hpp"

#include <thread>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/recording_channel.hpp"

namespace lorikeet::widgets {

namespace {

using nlohmann::json;

// A widget that writes down what a person did, and lets the test say what its owner would.
class Note : public Widget {
  public:
    explicit Note(WidgetRegistry& registry, std::vector<Buffer> buffers = {})
        : Widget(registry, {{"_model_name", "NoteModel"}, {"value", "a"}, {"count", 1}, {"picture", nullptr}},
                 std::move(buffers)) {}
    using Widget::send;
    using Widget::set;
    void changed_by_person(const json& now) override { changes.push_back(now); }

    std::vector<json> changes;
};

struct NoteRoom {
    support::RecordingChannel channel;
    support::HandLoop loop;
    WidgetRegistry registry{channel, loop};
};

}  // namespace

TEST(Widget, OpensWithItsStateAndClosesWhenItGoes) {
    NoteRoom room;
    std::string id;
    {
        const Note note(room.registry);
        id = note.id();
        EXPECT_EQ(room.channel.shown(id).at("value"), "a");
        EXPECT_EQ(room.registry.find(id), &note);
        EXPECT_EQ(note.reference(), "IPY_MODEL_" + id);
    }
    EXPECT_TRUE(room.channel.shown(id).is_null());
    EXPECT_EQ(room.registry.find(id), nullptr);
    EXPECT_TRUE(room.registry.all().empty());
}

TEST(Widget, IdsDifferFromThoseOfAnotherKernel) {
    NoteRoom one, other;
    EXPECT_NE(one.registry.next_id(), other.registry.next_id());
}

TEST(Widget, SaysOnlyWhatIsOther) {
    NoteRoom room;
    Note note(room.registry);
    note.set({{"value", "a"}, {"count", 2}});
    const auto updates = room.channel.of(note.id(), "update");
    ASSERT_EQ(updates.size(), 1U);
    EXPECT_EQ(updates[0].content, json({{"count", 2}}));
    note.set({{"value", "a"}});
    EXPECT_EQ(room.channel.of(note.id(), "update").size(), 1U);
}

TEST(Widget, TakesOverWhatAPersonChanged) {
    NoteRoom room;
    Note note(room.registry);
    note.take_update({{"value", "b"}, {"count", 1}}, {});
    EXPECT_EQ(note.state().at("value"), "b");
    ASSERT_EQ(note.changes.size(), 1U);
    EXPECT_EQ(note.changes[0], json({{"value", "b"}}));
    EXPECT_TRUE(room.channel.of(note.id(), "update").empty()) << "the window knows it already";
}

TEST(Widget, PassesOverWhatIsNotItsOwn) {
    NoteRoom room;
    Note note(room.registry);
    const json before = note.state();
    note.take_update({{"other", 1}, {"_model_name", "X"}, {"value", 7}, {"count", "x"}}, {});
    EXPECT_EQ(note.state(), before);
    EXPECT_TRUE(note.changes.empty());
    note.take_update({{"count", 1.5}}, {});  // whole or not, a number is a number
    EXPECT_EQ(note.changes.size(), 1U);
}

TEST(Widget, BytesOfAKeyTakeThePlaceOfTheOldOnes) {
    NoteRoom room;
    Note note(room.registry, {{{"picture"}, "old"}});
    note.set({{"picture", nullptr}}, {{{"picture"}, "new"}});
    ASSERT_EQ(note.buffers().size(), 1U);
    EXPECT_EQ(note.buffers()[0].bytes, "new");
    const auto updates = room.channel.of(note.id(), "update");
    ASSERT_EQ(updates.size(), 1U);
    EXPECT_EQ(updates[0].buffers[0].bytes, "new");
    note.take_update({{"picture", nullptr}}, {{{"picture"}, "theirs"}});
    EXPECT_EQ(note.buffers()[0].bytes, "theirs");
}

TEST(HandLoop, RunsWhatThreadsPostAndRingsAsTimePasses) {
    support::HandLoop loop;
    int rung = 0;
    auto timer = loop.every(std::chrono::milliseconds(100), [&] { ++rung; });
    loop.advance(std::chrono::milliseconds(350));
    EXPECT_EQ(rung, 3);
    timer.reset();
    loop.advance(std::chrono::milliseconds(350));
    EXPECT_EQ(rung, 3);
    bool came = false;
    std::thread other([&] { loop.post([&] { came = true; }); });
    EXPECT_TRUE(loop.run_until([&] { return came; }));
    other.join();
}

}  // namespace lorikeet::widgets
