#include "studio/caption_edit.hpp"

#include <limits>
#include <random>

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace lorikeet::studio {

namespace {

using Tags = std::vector<std::string>;

CaptionEdit edit_with(CaptionAction action, Tags tags = {}, Tags with = {}) {
    CaptionEdit edit;
    edit.action = action;
    edit.tags = std::move(tags);
    edit.with = std::move(with);
    return edit;
}

std::string after(const std::string& before, const CaptionEdit& edit) {
    return edit_caption(before, "a.txt", edit);
}

using enum CaptionAction;

}  // namespace

// Each of these came out wrong in the notebooks that people used before.
TEST(CaptionEdit, WholeTagsOfSeveralWords) {
    EXPECT_EQ(after("mychar, 1girl, girl, long hair", edit_with(Remove, {"girl"})),
              "mychar, 1girl, long hair");
    EXPECT_EQ(
        after("mychar, 1girl, long hair, blue hair, hair ribbon, solo", edit_with(Remove, {"long hair"})),
        "mychar, 1girl, blue hair, hair ribbon, solo");
    EXPECT_EQ(after("long hair, blue hair, hair ribbon", edit_with(Replace, {"long hair"}, {"short hair"})),
              "short hair, blue hair, hair ribbon");
    const auto trigger = edit_with(Trigger, {"mychar"});
    EXPECT_EQ(after(after("1girl, solo", trigger), trigger), "mychar, 1girl, solo");
    EXPECT_EQ(after("mychar, 1girl, armor", edit_with(Sort, {"mychar"})), "mychar, 1girl, armor");
    EXPECT_EQ(after("solo, solo focus", edit_with(Emphasise, {"solo"})), "(solo:1.1), solo focus");
}

TEST(CaptionEdit, TriggersComeToTheFrontInTheirOrder) {
    EXPECT_EQ(after("solo, Blue_Bird, day, ohwx", edit_with(Trigger, {"ohwx", "blue bird"})),
              "ohwx, blue bird, solo, day");
    EXPECT_EQ(after("", edit_with(Trigger, {"ohwx"})), "ohwx");
    EXPECT_EQ(after("\n a, b\nc\n", edit_with(Trigger, {"ohwx"})), "\nohwx, a, b\nc\n");
    EXPECT_EQ(after("A bird sits in a tree, singing.", edit_with(Trigger, {"ohwx"})),
              "ohwx, A bird sits in a tree, singing.");
}

// One of the person's own that reads as a sentence does not come twice.
TEST(CaptionEdit, ATriggerMayBeASentence) {
    const auto edit = edit_with(Trigger, {"a photo of my bird on a branch"});
    const auto once = after("red, day", edit);
    EXPECT_EQ(once, "a photo of my bird on a branch, red, day");
    EXPECT_EQ(after(once, edit), once);
    EXPECT_EQ(after("A bird sits on a branch.", edit_with(Remove, {"*bird*"})), "A bird sits on a branch.")
        << "a star takes no sentence away";
}

TEST(CaptionEdit, AddsMovesAndSorts) {
    EXPECT_EQ(after("a, b", edit_with(Add, {"B", "c"})), "a, b, c");
    auto front = edit_with(Add, {"x", "y", "x"});
    front.in_front = true;
    EXPECT_EQ(after("a", front), "x, y, a");
    auto move = edit_with(Move, {"c", "a"});
    EXPECT_EQ(after("a, b, c, d", move), "b, d, c, a");
    move.in_front = true;
    EXPECT_EQ(after("a, b, c, d", move), "c, a, b, d");
    EXPECT_EQ(after("c, B, A bird sits on the branch, quietly., a", edit_with(Sort)),
              "a, B, A bird sits on the branch, quietly., c");
    EXPECT_EQ(after("solo, a, Solo, (solo:1.3), a b, a_b", edit_with(Dedupe)), "solo, a, a b");
}

TEST(CaptionEdit, StarsAndConditions) {
    EXPECT_EQ(after("long hair, hair ribbon, 1girl", edit_with(Remove, {"*hair"})), "hair ribbon, 1girl");
    EXPECT_EQ(after("long hair, hair ribbon, 1girl", edit_with(Remove, {"*hair*", "*"})), "");
    auto edit = edit_with(Remove, {"c"});
    edit.only_with = {"a", "b"};
    EXPECT_EQ(after("a, c", edit), "a, c");
    EXPECT_EQ(after("a, b, c", edit), "a, b");
    edit.any = true;
    EXPECT_EQ(after("a, c", edit), "a");
}

TEST(CaptionEdit, ReplacesSeveralAtThePlaceOfTheFirst) {
    EXPECT_EQ(after("x, red, y, blue, z", edit_with(Replace, {"blue", "red"}, {"purple"})),
              "x, purple, y, z");
    EXPECT_EQ(after("x, red, purple", edit_with(Replace, {"red"}, {"purple"})), "x, purple");
    EXPECT_EQ(after("x, red", edit_with(Replace, {"red"}, {"a", "b"})), "x, a, b");
    EXPECT_EQ(after("x, y", edit_with(Replace, {"red"}, {"a"})), "x, y");
}

TEST(CaptionEdit, EmphasisAndUnderscores) {
    EXPECT_EQ(after("(solo:1.2), ((a b)), name \\(x\\)", edit_with(Plain)), "solo, a b, name \\(x\\)");
    EXPECT_EQ(after("(a:1.2), (b:1.2)", edit_with(Plain, {"a"})), "a, (b:1.2)");
    EXPECT_EQ(after("long_hair, ^_^, o_o, A file_name in a sentence, as it is.", edit_with(Blanks)),
              "long hair, ^_^, o_o, A file_name in a sentence, as it is.");
    EXPECT_EQ(after("long hair, ^_^", edit_with(Underscores)), "long_hair, ^_^");
    EXPECT_EQ(after("<lora:x_y:1>, long_hair", edit_with(Blanks)), "<lora:x_y:1>, long hair");
    EXPECT_EQ(after("(long hair, red hat:1.3)", edit_with(Underscores)), "(long_hair, red_hat:1.3)");
    EXPECT_EQ(after("(^_^:1.2), (long_hair:1.2)", edit_with(Blanks)), "(^_^:1.2), (long hair:1.2)");
}

TEST(CaptionEdit, TextsAndPatterns) {
    auto edit = edit_with(Find);
    edit.text = "colour";
    edit.replacement = "color";
    EXPECT_EQ(after("colours, a colour.\r\n", edit), "colors, a color.\r\n");
    edit.action = FindPattern;
    edit.text = "(\\w+) bird";
    edit.replacement = "bird that is \\1";
    EXPECT_EQ(after("a blue bird", edit), "a bird that is blue");
    edit.text = "(";
    EXPECT_THROW(check_edit(edit), base::Error);
    edit.text = "a";
    edit.replacement = "\\1";
    EXPECT_THROW(check_edit(edit), base::Error) << "there are no first brackets";
    edit.text = "(a|aa)+$";  // hangs where a pattern is tried in every way
    edit.replacement = "";
    EXPECT_EQ(after(std::string(50000, 'a') + "b", edit).size(), 50001U);
    auto prefix = edit_with(Prefix);
    EXPECT_THROW(check_edit(prefix), base::Error);
    prefix.text = "photo of ";
    EXPECT_EQ(after("\xEF\xBB\xBF"
                    "a bird,x\n",
                    prefix),
              "\xEF\xBB\xBF"
              "photo of a bird,x\n");
    EXPECT_THROW(check_edit(edit_with(Add)), base::Error);
    EXPECT_THROW(check_edit(edit_with(Add, {"two\nlines"})), base::Error);
    auto emphasis = edit_with(Emphasise, {"a"});
    emphasis.weight = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THROW(check_edit(emphasis), base::Error);
}

// A thousand odd captions: an edit that was done once does nothing the second time, and what has nothing to do with the
// tags stays to the byte.
TEST(CaptionEdit, TwiceIsOnce) {
    std::mt19937 draw(5);
    const Tags pieces{
        "a",  "b b", "(c:1.2)", "d_d",       ", ", ",",  "\n", "\r\n", " ", "A long sentence stands here.",
        "()", "^_^", "\\(x\\)", "caf\u00e9", "?",  "[e]"};
    for (int i = 0; i < 1000; ++i) {
        std::string text;
        for (int k = 0; k < 12; ++k) text += pieces[draw() % pieces.size()] + (draw() % 2 ? ", " : "");
        for (const auto action : {Trigger, Add, Remove, Move, Dedupe, Sort, Plain, Blanks, Underscores}) {
            const auto edit = edit_with(action, action == Plain || action == Blanks ||
                                                        action == Underscores || action == Dedupe ||
                                                        action == Sort
                                                    ? Tags{}
                                                    : Tags{"b b", "zz"});
            const auto once = after(text, edit);
            ASSERT_EQ(after(once, edit), once) << static_cast<int>(action) << ": " << text;
        }
        ASSERT_EQ(after(text, edit_with(Remove, {"not there"})), text);
    }
}

TEST(CaptionEdit, ACaptionInUtf16IsChangedAsTextAndElseKeepsItsBytes) {
    using namespace std::string_literals;
    const auto bytes =
        "\xFF\xFE"
        "a\0 \0b\0"s;
    CaptionEdit edit;
    edit.action = CaptionAction::Find;
    edit.text = "a b";
    edit.replacement = "c";
    EXPECT_EQ(edit_caption(bytes, "x", edit), "c");
    edit.text = "\xFF";
    EXPECT_EQ(edit_caption(bytes, "x", edit), bytes);
}

}  // namespace lorikeet::studio
