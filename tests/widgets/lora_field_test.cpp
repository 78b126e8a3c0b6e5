#include "widgets/lora_field.hpp"

#include <gtest/gtest.h>

#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

namespace {

struct WithLoras : TestPageContext {
    WithLoras() {
        field.on_change = [this] { ++changes; };
    }
    static studio::ListedModel lora(const std::string& name, const std::string& made,
                                    const std::string& trigger) {
        return {"runs/" + name + ".safetensors", name, "", studio::ModelUse::Lora, 1, 0, made, trigger};
    }
    int changes = 0;
    LoraField field{context->styles};
    std::unique_ptr<Control> box = field.take_control();
};

}  // namespace

TEST(LoraField, SaysWhatALoraIsBesideTheNameOfItsFile) {
    WithLoras room;
    EXPECT_TRUE(room.field.show({room.lora("bird-000012", "bird, step 36", "lorikeet"),
                                 room.lora("cat", "", ""), room.lora("dog", "dog", "")}));
    EXPECT_EQ(room.field.list().options(),
              (std::vector<std::string>{"bird-000012 \u2013 bird, step 36", "cat", "dog"}));
    EXPECT_EQ(room.field.name(), "bird, step 36");
    EXPECT_EQ(room.field.note(), "Its trigger is lorikeet.");
    room.field.list().take_update({{"index", 1}}, {});
    EXPECT_EQ(room.field.name(), "cat");
    EXPECT_EQ(room.field.note(), "");
    type_into(room.field.field(), " other/one.safetensors ");
    EXPECT_EQ(room.field.file(), "other/one.safetensors");
    EXPECT_EQ(room.field.name(), "one");
    type_into(room.field.field(), "");
    EXPECT_EQ(room.field.name(), "");
    EXPECT_EQ(room.changes, 3);
}

TEST(LoraField, ANewOneIsTakenUntilThePersonChoosesAndThenOffered) {
    WithLoras room;
    const auto first = room.lora("first", "", ""), second = room.lora("second", "", ""),
               third = room.lora("third", "", "");
    EXPECT_TRUE(room.field.show({first}));
    EXPECT_TRUE(room.field.show({second, first}));
    room.field.hold(true);
    EXPECT_FALSE(room.field.show({third, second, first})) << "in the middle of work";
    EXPECT_EQ(room.field.file(), second.choose);
    room.field.hold(false);
    room.field.list().take_update({{"index", 2}}, {});
    EXPECT_FALSE(room.field.show({third, second, first}));
    EXPECT_FALSE(room.field.newest_button().shown()) << "it was there, and another was wanted";
    const auto fourth = room.lora("fourth", "", "");
    EXPECT_FALSE(room.field.show({fourth, third, second, first}));
    EXPECT_EQ(room.field.file(), first.choose);
    EXPECT_TRUE(room.field.newest_button().shown());
    // So it is after a restart.
    Texts kept;
    room.field.keep(kept);
    LoraField later(room.context->styles);
    later.restore(kept);
    EXPECT_FALSE(later.show({fourth, third, second, first}));
    EXPECT_EQ(later.file(), first.choose);
    click(room.field.newest_button());
    EXPECT_EQ(room.field.file(), fourth.choose);
    EXPECT_TRUE(room.field.show({room.lora("fifth", "", ""), fourth})) << "it follows the newest again";
}

}  // namespace lorikeet::widgets
