#include "studio/writable.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/temp_folder.hpp"

namespace lorikeet::studio {
namespace {

// Root may write anywhere; so for a while this is somebody else.
class Somebody {
  public:
    Somebody() { changed_ = ::geteuid() == 0 && ::seteuid(65534) == 0; }
    ~Somebody() {
        if (changed_) [[maybe_unused]]
            const int back = ::seteuid(0);
    }
    Somebody(const Somebody&) = delete;
    Somebody& operator=(const Somebody&) = delete;

  private:
    bool changed_ = false;
};

}  // namespace

TEST(Writable, AFolderThatIsNotThereIsJudgedByTheOneAboveIt) {
    const support::TempFolder folder;
    EXPECT_EQ(trouble_writing_in(folder.path()), "");
    EXPECT_EQ(trouble_writing_in(folder.path() / "new" / "deeper"), "");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "new")) << "it only looks";
    base::write_whole(folder.path() / "file", "x");
    for (const auto& place : {folder.path() / "file", folder.path() / "file" / "below"})
        EXPECT_NE(trouble_writing_in(place).find("is a file"), std::string::npos)
            << trouble_writing_in(place);
    EXPECT_NE(trouble_writing_in(folder.path() / std::string(300, 'x')), "");
}

TEST(Writable, AFolderOfSomebodyElseIsToldByItsName) {
    const support::TempFolder folder;
    const auto closed = folder.path() / "closed";
    std::filesystem::create_directories(closed);
    ::chmod(closed.c_str(), 0555);
    ::chmod(folder.path().c_str(), 0755);
    std::string trouble;
    {
        const Somebody somebody;
        trouble = trouble_writing_in(closed / "runs" / "bird");
    }
    ::chmod(closed.c_str(), 0755);
    EXPECT_NE(trouble.find(closed.string()), std::string::npos) << trouble;
    EXPECT_NE(trouble.find("denied"), std::string::npos) << trouble;
}

}  // namespace lorikeet::studio
