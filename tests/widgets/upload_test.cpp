#include "widgets/upload.hpp"

#include <gtest/gtest.h>

#include "base/path.hpp"
#include "studio/undo_journal.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

using nlohmann::json;

namespace {

const std::string kHeadOfPng = "89504e470d0a1a0a";

// A window that says what web/upload_sender.js says.
struct WithUpload : Room {
    WithUpload() {
        upload.on_end = [this](const UploadReport& report) { reports.push_back(report); };
        upload.set_place(folder.path(), {".txt"});
    }
    void say(json content, const std::string& bytes = {}, const std::string& window = "w") {
        content["window"] = window;
        content["key"] = upload.state().at("key");
        upload.take_message(content, {bytes});
    }
    // The next answer that was not read yet.
    json heard() {
        loop.run_until([this] { return channel.of(upload.id(), "message").size() > read; });
        const auto all = channel.of(upload.id(), "message");
        return read < all.size() ? all[read++].content : json();
    }
    json offer(const json& files, const std::string& id = "1") {
        say({{"kind", "offer"}, {"id", id}, {"files", files}});
        return heard();
    }
    void end() {
        const auto before = reports.size();
        say({{"kind", "done"}});
        loop.run_until([&] { return reports.size() > before; });
    }
    support::TempFolder folder;
    SharedStyles styles{registry};
    Upload upload{styles};
    std::vector<UploadReport> reports;
    std::size_t read = 0;
};

}  // namespace

TEST(Upload, FilesComeInPiecesAndWholeAndCanBeTakenBack) {
    WithUpload room;
    const auto plan = room.offer({{"a.png", 10, kHeadOfPng}, {"a.txt", 5, ""}, {"b.pdf", 5, ""}});
    EXPECT_EQ(plan.at("kind"), "plan");
    EXPECT_EQ(plan.at("files"), json({"a.png", "a.txt", nullptr}));
    room.say({{"kind", "begin"}, {"file", 1}, {"name", "a.png"}, {"bytes", 10}});
    EXPECT_EQ(room.heard().at("offset"), 0);
    room.say({{"kind", "piece"}, {"file", 1}, {"name", "a.png"}, {"turn", 7}, {"offset", 0}}, "01234");
    const auto got = room.heard();
    EXPECT_EQ(got.at("offset"), 5);
    EXPECT_EQ(got.at("turn"), 7);
    room.say({{"kind", "piece"}, {"file", 1}, {"name", "a.png"}, {"offset", 5}}, "56789");
    EXPECT_EQ(room.heard().at("offset"), 10);
    room.say({{"kind", "end"}, {"file", 1}, {"name", "a.png"}, {"sha256", base::sha256("0123456789")}});
    EXPECT_EQ(room.heard().at("kind"), "kept");
    room.say({{"kind", "whole"}, {"file", 2}, {"name", "a.txt"}, {"sha256", base::sha256("a cat")}}, "a cat");
    EXPECT_EQ(room.heard().at("kind"), "kept");
    room.end();
    ASSERT_EQ(room.reports.size(), 1U);
    EXPECT_EQ(room.reports[0].sentence(), "1 image, 1 caption added.");
    EXPECT_EQ(room.upload.state().at("report").at("left_out").at(0).at(0), "b.pdf");
    EXPECT_EQ(base::read_text(room.folder.path() / "a.png"), "0123456789");
    EXPECT_EQ(studio::UndoJournal(room.folder.path()).undo_last()->done, 2U);
    EXPECT_FALSE(base::is_there(room.folder.path() / "a.png"));
}

TEST(Upload, WhatIsHereAlreadyIsComparedAndNotSent) {
    WithUpload room;
    base::write_whole(room.folder.path() / "a.txt", "a cat");
    const auto compare = room.offer({{"a.txt", 5, ""}});
    EXPECT_EQ(compare.at("kind"), "compare");
    EXPECT_EQ(compare.at("files"), json({0}));
    room.say({{"kind", "offer"},
              {"id", "2"},
              {"compared", true},
              {"files", {{"a.txt", 5, "", base::sha256("a cat")}}}});
    EXPECT_EQ(room.heard().at("files"), json::array({nullptr}));
    room.say({{"kind", "offer"}, {"id", "2"}, {"compared", true}, {"files", json::array()}});
    EXPECT_EQ(room.heard().at("files"), json::array({nullptr})) << "an answer that got lost is given again";
    room.end();
    EXPECT_EQ(room.reports[0].sentence(), "Nothing was added. 1 was here already.");
}

TEST(Upload, AKernelThatWasStartedAgainSaysThatAFileIsToBeBegun) {
    WithUpload room;
    room.say({{"kind", "piece"}, {"file", 1}, {"name", "a.png"}, {"offset", 5}}, "56789");
    EXPECT_EQ(room.heard().at("kind"), "lost");
    room.say({{"kind", "end"}, {"file", 1}, {"name", "a.png"}, {"sha256", ""}});
    EXPECT_EQ(room.heard().at("kind"), "lost");
}

TEST(Upload, WhatDoesNotArriveIsToldAndWhatFailsSaysWhy) {
    WithUpload room;
    room.offer({{"a.txt", 5, ""}, {"b.txt", 5, ""}});
    room.say({{"kind", "whole"}, {"file", 1}, {"name", "a.txt"}, {"sha256", "wrong"}}, "a cat");
    const auto failed = room.heard();
    EXPECT_EQ(failed.at("kind"), "failed");
    EXPECT_EQ(failed.at("reason"), "a.txt did not arrive as it was sent. Drop it again.");
    room.end();
    EXPECT_EQ(room.reports[0].missing, 1U);
    EXPECT_EQ(room.reports[0].left_out.size(), 1U);
    EXPECT_EQ(
        room.reports[0].sentence(),
        "Nothing was added. 1 file did not arrive: drop the same files again, and only the rest is sent.");
}

TEST(Upload, AWindowThatWasReloadedEndsItsDropAndLetsItsNamesGo) {
    WithUpload room;
    EXPECT_EQ(room.offer({{"a.txt", 5, ""}}).at("files"), json::array({"a.txt"}));
    room.upload.take_message({{"kind", "hello"}, {"window", "other"}, {"key", ""}}, {});
    EXPECT_TRUE(room.reports.empty());
    std::this_thread::sleep_for(std::chrono::milliseconds(4200));
    room.loop.advance(std::chrono::seconds(2));
    EXPECT_TRUE(room.loop.run_until([&] { return !room.reports.empty(); }));
    EXPECT_EQ(room.reports[0].missing, 1U);
    EXPECT_EQ(room.offer({{"a.txt", 5, ""}}, "3").at("files"), json::array({"a.txt"}));
}

TEST(Upload, NonsenseAndAnotherFolderAreRefused) {
    WithUpload room;
    for (const auto& nonsense : {json(), json(3), json::object(), json({{"kind", "piece"}, {"window", 3}}),
                                 json({{"kind", "offer"},
                                       {"window", "w"},
                                       {"key", room.upload.state().at("key")},
                                       {"id", "1"},
                                       {"files", {{"a", 1, "zz"}}}})})
        room.upload.take_message(nonsense, {});
    room.upload.take_message({{"kind", "begin"},
                              {"window", "w"},
                              {"key", "another"},
                              {"file", 3},
                              {"name", "a.png"},
                              {"bytes", 3}},
                             {});
    EXPECT_EQ(room.heard().at("kind"), "failed");
    room.say({{"kind", "begin"}, {"file", 1}, {"name", "../a.png"}, {"bytes", 10}});
    EXPECT_EQ(room.heard().at("kind"), "failed");
    EXPECT_TRUE(std::filesystem::is_empty(room.folder.path()));
}

}  // namespace lorikeet::widgets
