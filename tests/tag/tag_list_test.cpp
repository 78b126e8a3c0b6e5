#include "tag/tag_list.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::tag {

namespace {

std::string complaint_of(const std::string& csv) {
    try {
        parse_tag_list(csv, "selected_tags.csv");
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST(TagList, IsReadInTheOrderOfTheOutputs) {
    const support::TempFolder folder;
    const auto file = folder.path() / "selected_tags.csv";
    base::write_whole(
        file,
        "\xEF\xBB\xBFtag_id,name,category,count\r\n9999999,general,9,807858\r\n470575,1girl,0,4225150\r\n"
        "1,\"a, \"\"b\"\"\",4,3\r\n2,miku,4,1\n3,artist_x,1,1\n\n");
    EXPECT_EQ(read_tag_list(file), (TagList{{"general", Category::Rating},
                                            {"1girl", Category::General},
                                            {"a, \"b\"", Category::Character},
                                            {"miku", Category::Character},
                                            {"artist_x", Category::Artist}}));
}

TEST(TagList, WhatIsNoListIsTold) {
    EXPECT_EQ(complaint_of("<html>"), "selected_tags.csv does not begin with \"tag_id,name,category\".");
    EXPECT_EQ(complaint_of("tag_id,name,category,count\n"), "selected_tags.csv holds no tags.");
    EXPECT_EQ(complaint_of("tag_id,name,category,count\n1,a,0,1\n470"),
              "selected_tags.csv:3 is no line of a list of tags: 470.");
    EXPECT_EQ(complaint_of("tag_id,name,category\n1,a,7"),
              "selected_tags.csv:2 names the category 7, which is not known.");
    EXPECT_EQ(complaint_of("tag_id,name,category\n1,\xFF,0"), "selected_tags.csv is not UTF-8 text.");
}

}  // namespace lorikeet::tag
