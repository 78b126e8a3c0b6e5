#include "data/cache_lock.hpp"

#include <gtest/gtest.h>

#include "support/temp_folder.hpp"

namespace lorikeet::data {

TEST(CacheLock, AnyNumberHoldItAndNobodyClearsMeanwhile) {
    const support::TempFolder folder;
    const auto cache = folder.path() / "new" / "cache";
    {
        const auto one = CacheLock::try_hold(cache), two = CacheLock::try_hold(cache);
        EXPECT_TRUE(one && two);
        EXPECT_FALSE(CacheLock::try_clear(cache));
    }
    const auto cleaner = CacheLock::try_clear(cache);
    EXPECT_TRUE(cleaner);
    EXPECT_FALSE(CacheLock::try_hold(cache));
}

TEST(CacheLock, WhereNothingMayBeWrittenThereIsNone) {
    const support::TempFolder folder;
    base::write_whole(folder.path() / "file", "x");
    EXPECT_FALSE(CacheLock::try_hold(folder.path() / "file"));
}

}  // namespace lorikeet::data
