#include "studio/import_plan.hpp"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace lorikeet::studio {

namespace {

StagedFile staged(const std::string& place, const std::string& content = {}, std::size_t source = 1) {
    StagedFile file;
    file.from = file.place = place;
    file.is_caption = place.ends_with(".txt") || place.ends_with(".TXT") || place.ends_with(".caption");
    file.sha256 = content.empty() ? place : content;  // unlike all others where nothing is said
    file.bytes = file.sha256.size();
    file.source = source;
    return file;
}

// What lies there: places and contents.
using There = std::map<std::string, std::string>;

ImportPlan planned(const std::vector<StagedFile>& files, const There& there = {}) {
    std::vector<ExistingFile> existing;
    for (const auto& [place, content] : there) existing.push_back({place, content.size()});
    const std::vector<std::string> captions{".txt", ".caption"};
    return plan_import(files, existing, captions, [&](const std::string& place) { return there.at(place); });
}

std::map<std::string, std::string> places(const ImportPlan& plan) {
    std::map<std::string, std::string> all;
    for (const auto& file : plan.taken) all[file.from] = file.place;
    return all;
}

using Places = std::map<std::string, std::string>;

}  // namespace

TEST(ImportPlan, WhatIsNewKeepsItsPlace) {
    const auto made = planned({staged("10_a/1.png"), staged("10_a/1.txt"), staged("2.jpg")});
    EXPECT_EQ(places(made),
              (Places{{"10_a/1.png", "10_a/1.png"}, {"10_a/1.txt", "10_a/1.txt"}, {"2.jpg", "2.jpg"}}));
    EXPECT_TRUE(made.renamed.empty() && made.left_out.empty() && made.already_there.empty());
    EXPECT_TRUE(made.taken[1].is_caption);  // before its image
}

TEST(ImportPlan, ACollisionRenamesThePair) {
    const auto made = planned({staged("a.png"), staged("a.txt"), staged("a.caption")},
                              {{"a.jpg", "old"}, {"a_2.txt", "old"}});
    EXPECT_EQ(places(made),
              (Places{{"a.png", "a_3.png"}, {"a.txt", "a_3.txt"}, {"a.caption", "a_3.caption"}}));
    EXPECT_EQ(made.renamed.size(), 3u);
    EXPECT_EQ(made.renamed[0].why, "the name is taken");
}

TEST(ImportPlan, TwoSourcesWithOneNameDoNotMeet) {
    const auto made = planned({staged("a.png", "one", 1), staged("a.txt", "of one", 1),
                               staged("a.png", "two", 2), staged("a.txt", "of two", 2)});
    ASSERT_EQ(made.taken.size(), 4u);
    EXPECT_EQ(made.taken[1].place, "a.png");
    EXPECT_EQ(made.taken[2].place, "a_2.txt");
    EXPECT_EQ(made.taken[3].place, "a_2.png");
}

TEST(ImportPlan, NamesThatDifferInCaseOrFormAreTwo) {
    const auto made =
        planned({staged("A.png"), staged("a.png"), staged("gr\u00fcn.png"), staged("gru\u0308n.png")});
    EXPECT_EQ(places(made), (Places{{"A.png", "A.png"},
                                    {"a.png", "a_2.png"},
                                    {"gru\u0308n.png", "gru\u0308n.png"},
                                    {"gr\u00fcn.png", "gr\u00fcn_2.png"}}));
    EXPECT_EQ(places(planned({staged("A.png")}, {{"a.png", "old"}})), (Places{{"A.png", "A_2.png"}}));
    EXPECT_EQ(places(planned({staged("Sub/x.png")}, {{"sub/y.png", "old"}})),
              (Places{{"Sub/x.png", "sub/x.png"}}));
    EXPECT_EQ(
        places(planned({staged("sub/x.png")}, {{"sub/y.png", "1"}, {"Sub/z.png", "2"}, {"SUB", "a file"}})),
        (Places{{"sub/x.png", "sub/x.png"}}));
    EXPECT_EQ(places(planned({staged("sub/x.png")}, {{"Sub", "a file"}})),
              (Places{{"sub/x.png", "sub_2/x.png"}}));
}

TEST(ImportPlan, OneNameTwiceInASourceIsTwoImages) {
    const auto made =
        planned({staged("a.png", "one"), staged("a.png", "two"), staged("a.PNG", "three"), staged("a.txt")});
    std::vector<std::string> all;
    for (const auto& file : made.taken) all.push_back(file.place);
    EXPECT_EQ(all, (std::vector<std::string>{"a.txt", "a.png", "a_2.png", "a_3.PNG"}));
}

TEST(ImportPlan, ACaptionFindsItsImageByASlightlyOtherName) {
    EXPECT_EQ(places(planned({staged("a.png"), staged("a.png.txt")})),
              (Places{{"a.png", "a.png"}, {"a.png.txt", "a.txt"}}));
    EXPECT_EQ(places(planned({staged("Bird.png"), staged("bird.TXT")})),
              (Places{{"Bird.png", "Bird.png"}, {"bird.TXT", "Bird.txt"}}));
    EXPECT_EQ(places(planned({staged("gru\u0308n.png"), staged("gr\u00fcn.txt")}))["gr\u00fcn.txt"],
              "gru\u0308n.txt");
    const auto two = planned({staged("a.png"), staged("a.txt"), staged("a.png.txt")});
    EXPECT_EQ(two.taken.size(), 2u);
    EXPECT_EQ(two.left_out.size(), 1u);
}

TEST(ImportPlan, ACaptionWithoutAnImageIsLeftOut) {
    const auto made = planned({staged("a.txt"), staged("sub/b.txt"), staged("b.png")});
    EXPECT_EQ(made.taken.size(), 1u);
    ASSERT_EQ(made.left_out.size(), 2u);
    EXPECT_EQ(made.left_out[0].why, "a caption without an image");
}

TEST(ImportPlan, WhatIsThereIsNotTakenTwice) {
    const auto made =
        planned({staged("new.png", "same"), staged("new.txt", "words"), staged("twin.png", "same")},
                {{"10_a/old.png", "same"}, {"b/old.png", "same"}, {"b/old.txt", "words"}});
    EXPECT_TRUE(made.taken.empty());
    ASSERT_EQ(made.already_there.size(), 3u);
    EXPECT_EQ(made.already_there[0].same_as, "b/old.png");  // 10_a is another subset
    const auto twins =
        planned({staged("a.png", "same"), staged("b.png", "same"), staged("10_x/c.png", "same")});
    EXPECT_EQ(places(twins), (Places{{"a.png", "a.png"}, {"10_x/c.png", "10_x/c.png"}}));
    EXPECT_EQ(twins.already_there.size(), 1u);
}

TEST(ImportPlan, CaptionsComeToImagesThatAreThere) {
    const There there{{"old.png", "same"}, {"told.png", "other"}, {"told.txt", "old words"}};
    EXPECT_EQ(places(planned({staged("new.png", "same"), staged("new.txt")}, there)),
              (Places{{"new.txt", "old.txt"}}));
    EXPECT_EQ(places(planned({staged("old.txt")}, there)), (Places{{"old.txt", "old.txt"}}));
    const auto other = planned({staged("told.txt", "new words")}, there);
    EXPECT_TRUE(other.taken.empty());
    ASSERT_EQ(other.left_out.size(), 1u);
    EXPECT_EQ(other.left_out[0].why, "told.txt is there already with another text");
}

TEST(ImportPlan, AfterAStopOnlyWhatIsWholeIsTaken) {
    auto files = std::vector{staged("a.png"), staged("a.txt"), staged("b.png"), staged("c.png", "c", 2)};
    for (auto& file : files) file.source_is_whole = file.source == 2;
    const auto made = planned(files);
    EXPECT_EQ(places(made), (Places{{"a.png", "a.png"}, {"a.txt", "a.txt"}, {"c.png", "c.png"}}));
    EXPECT_EQ(made.waiting, 1);
}

// Names of which a safe one is the same keep their own captions.
TEST(ImportPlan, PairsAreToldByTheNamesThatTheyHad) {
    std::vector<StagedFile> files;
    for (const std::string name : {"a:1", "a?1", "a*1"})
        for (const std::string ending : {".png", ".txt"}) {
            files.push_back(staged("a_1" + ending, name + ending));
            files.back().from = files.back().asked = name + ending;
        }
    const auto made = planned(files);
    EXPECT_TRUE(made.left_out.empty());
    const auto at = places(made);
    std::set<std::string> stems;
    for (const std::string name : {"a:1", "a?1", "a*1"}) {
        const auto image = at.at(name + ".png"), caption = at.at(name + ".txt");
        EXPECT_EQ(image.substr(0, image.size() - 4), caption.substr(0, caption.size() - 4)) << name;
        stems.insert(image);
    }
    EXPECT_EQ(stems.size(), 3U);
    There there;
    for (const auto& file : files) there[at.at(file.from)] = file.sha256;
    EXPECT_EQ(planned(files, there).already_there.size(), 6U) << "a second time there is nothing to do";
}

}  // namespace lorikeet::studio
