#include "widgets/work_queue.hpp"

#include <gtest/gtest.h>

#include "widgets/support.hpp"

namespace lorikeet::widgets {

TEST(WorkQueue, DoesEachPieceInItsOrder) {
    support::HandLoop loop;
    WorkQueue queue(loop);
    std::string done, told;
    for (const char letter : std::string("abcdefgh"))
        queue.add([&, letter] {
            done += letter;
            return [&, letter] { told += letter; };
        });
    EXPECT_TRUE(loop.run_until([&] { return told.size() == 8; }));
    EXPECT_EQ(done, "abcdefgh");
    EXPECT_EQ(told, "abcdefgh");
}

TEST(WorkQueue, TellsNothingOnceItIsGone) {
    support::HandLoop loop;
    bool told = false;
    {
        WorkQueue queue(loop);
        std::atomic<bool> done = false;
        queue.add([&] {
            done = true;
            return [&] { told = true; };
        });
        while (!done) std::this_thread::yield();
    }
    loop.run();
    EXPECT_FALSE(told);
}

}  // namespace lorikeet::widgets
