#include "studio/upload_plan.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {

namespace {

const std::string kPng = "\x89PNG\r\n\x1a\n and so on";

struct WithDataset {
    OfferedFile image(const std::string& path, std::uint64_t bytes = 100) const {
        return {path, bytes, kPng, {}};
    }
    OfferedFile caption(const std::string& path, std::uint64_t bytes = 20) const {
        return {path, bytes, "a cat", {}};
    }
    void put(const std::string& name, const std::string& bytes) const {
        std::filesystem::create_directories((folder.path() / name).parent_path());
        base::write_whole(folder.path() / name, bytes);
    }
    std::vector<PlannedFile> plan(const std::vector<OfferedFile>& offer) const {
        return plan_upload(place, offer);
    }
    std::vector<std::string> names(const std::vector<OfferedFile>& offer) const {
        std::vector<std::string> all;
        for (const auto& file : plan(offer))
            all.push_back(file.fate == UploadFate::Refused ? "-" : file.name);
        return all;
    }

    support::TempFolder folder;
    UploadPlace place{folder.path(), {".txt", ".caption"}, {}};
};

using Names = std::vector<std::string>;

}  // namespace

TEST(UploadPlan, NamesAreMadeSafeAndNeverLeadOut) {
    EXPECT_EQ(safe_path("../../etc/passwd.png"), "etc/passwd.png");
    EXPECT_EQ(safe_path("a:b?<c>.png"), "a_b__c_.png");
    EXPECT_EQ(safe_path("..\\..\\boot.png"), "_._.._boot.png");
    EXPECT_EQ(safe_path("con.png"), "_con.png");
    EXPECT_EQ(safe_path("...hidden.png"), "_..hidden.png");
    EXPECT_EQ(safe_path("a\nb.png"), "a_b.png");
    EXPECT_EQ(safe_path("//"), "file");
    EXPECT_EQ(safe_path("\xE9\x94\xA6.png"), "\xE9\x94\xA6.png");
    const auto longer = safe_path(std::string(400, 'x') + ".png");
    EXPECT_EQ(longer.size(), 200U);
    EXPECT_TRUE(longer.ends_with("x.png"));
}

TEST(UploadPlan, WhatIsNotTakenSaysWhy) {
    const WithDataset room;
    const auto plan = room.plan({{"empty.png", 0, "", {}},
                                 {"page.png", 900, "<html>", {}},
                                 {"notes.pdf", 900, "%PDF", {}},
                                 {"huge.png", std::uint64_t{2} << 30, kPng, {}},
                                 {"a/.DS_Store", 6, "x", {}},
                                 {"b/ok.png", 100, kPng, {}}});
    const Names reasons{"It is empty.",
                        "It is named like an image, and its content is none that is read.",
                        "It is neither an image nor a caption (.txt) nor an archive.",
                        "It is larger than 1.07 GB.",
                        "",
                        ""};
    for (std::size_t i = 0; i < plan.size(); ++i) EXPECT_EQ(plan[i].reason, reasons[i]) << i;
    EXPECT_EQ(plan[4].fate, UploadFate::PassedOver);
    EXPECT_EQ(plan.back().fate, UploadFate::Take);
    EXPECT_FALSE(plan.back().renamed);
}

TEST(UploadPlan, OneDroppedFolderIsOpenedAndThoseInsideStay) {
    const WithDataset room;
    EXPECT_EQ(room.names({room.image("birds/a.png"), room.image("birds/10_red/b.png")}),
              (Names{"a.png", "10_red/b.png"}));
    EXPECT_EQ(room.names({room.image("10_red/a.png")}), Names{"10_red/a.png"});
    EXPECT_EQ(room.names({room.image("birds/a.png"), room.image("cats/a.png")}),
              (Names{"birds/a.png", "cats/a.png"}));
}

TEST(UploadPlan, ImageAndCaptionGetANewNameTogether) {
    const WithDataset room;
    room.put("a.png", "another one");
    EXPECT_EQ(room.names({room.image("a.png"), room.caption("a.txt")}), (Names{"a_2.png", "a_2.txt"}));
    EXPECT_TRUE(room.plan({room.image("a.png")})[0].renamed);
    room.put("a_2.txt", "a caption that would be theirs");
    EXPECT_EQ(room.names({room.image("a.png"), room.caption("a.txt")}), (Names{"a_3.png", "a_3.txt"}));
    EXPECT_EQ(room.names({room.image("a.jpg")}), Names{"a_2.jpg"}) << "a.png and a.jpg would share a caption";
}

TEST(UploadPlan, ACaptionJoinsItsImageAndReplacesNone) {
    const WithDataset room;
    room.put("a.png", "an image");
    EXPECT_EQ(room.names({room.caption("a.txt")}), Names{"a.txt"});
    room.put("a.txt", "what was written here");
    const auto plan = room.plan({room.caption("a.txt")});
    EXPECT_EQ(plan[0].fate, UploadFate::Refused);
    EXPECT_EQ(plan[0].reason, "A caption of this name is here and says something else; it stays.");
    const WithDataset other;
    other.put("b.txt", "a caption that came first");
    EXPECT_EQ(other.names({other.image("b.png")}), Names{"b.png"});
}

TEST(UploadPlan, WhatIsHereAlreadyIsKnownByItsContent) {
    const WithDataset room;
    room.put("a.png", kPng);
    auto same = room.image("a.png", kPng.size());
    EXPECT_EQ(files_to_compare(room.place, {same, room.image("b.png")}), std::vector<std::size_t>{0});
    EXPECT_EQ(room.names({same}), Names{"a_2.png"}) << "not compared: another one";
    same.sha256 = base::sha256(kPng);
    EXPECT_EQ(room.plan({same})[0].fate, UploadFate::There);
    const auto pair = room.plan({same, room.caption("a.txt")});
    EXPECT_EQ(pair[0].fate, UploadFate::There);
    EXPECT_EQ(pair[1].name, "a.txt") << "the new caption joins the image that is here";
    room.put("a.txt", "another caption");
    EXPECT_EQ(room.names({same, room.caption("a.txt")}), (Names{"a_2.png", "a_2.txt"}));
}

TEST(UploadPlan, NamesThatBecomeOneStayTwoFiles) {
    const WithDataset room;
    EXPECT_EQ(room.names({room.image("a?.png"), room.caption("a?.txt"), room.image("a*.png")}),
              (Names{"a_.png", "a_.txt", "a__2.png"}));
    UploadPlace busy = room.place;
    busy.taken = {"c.png"};
    EXPECT_EQ(plan_upload(busy, {room.image("c.png")})[0].name, "c_2.png")
        << "one of that name is on its way";
}

TEST(UploadPlan, AnArchiveIsTakenAsItIs) {
    const WithDataset room;
    const auto plan = room.plan({{"photos.tar.gz", 5000, "\x1F\x8B", {}}});
    EXPECT_EQ(plan[0].kind, UploadKind::Archive);
    EXPECT_EQ(plan[0].fate, UploadFate::Take);
}

}  // namespace lorikeet::studio
