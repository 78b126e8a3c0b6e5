#include "widgets/thumbs.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(Thumbs, ComeOnceEachAndTellWhichCannotBeMade) {
    Room room;
    std::size_t came = 0, broken = 0;
    Thumbs thumbs(room.loop, [&](const nlohmann::json& content, const std::vector<std::string>& images) {
        EXPECT_EQ(content.at("ids").size(), images.size());
        came += images.size();
        broken += content.at("broken").size();
    });
    std::vector<Thumb> wanted;
    for (int i = 0; i < 20; ++i) wanted.push_back({std::to_string(i), [] { return std::string("bytes"); }});
    wanted.push_back({"gone", [] { return std::string(); }});
    wanted.push_back({"bad", []() -> std::string { base::fail(base::ErrorCode::Io, "It is gone."); }});
    thumbs.want(wanted);
    EXPECT_TRUE(room.loop.run_until([&] { return came == 20 && broken == 2; })) << came << " " << broken;
    thumbs.clear();
    thumbs.want({});
    EXPECT_EQ(came, 20U);
}

}  // namespace lorikeet::widgets
