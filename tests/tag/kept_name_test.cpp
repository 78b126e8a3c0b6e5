#include "tag/kept_name.hpp"

#include <set>

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace lorikeet::tag {

TEST(KeptName, IsUtf8AndNoOthers) {
    EXPECT_EQ(kept_name("sub/caf\xC3\xA9.png"), "sub/caf\xC3\xA9.png");
    std::set<std::string> seen;
    for (const auto* name : {"a\xE9.png", "a\xE8.png", "a.png", "bytes:61e92e706e67", "__metadata__"}) {
        EXPECT_TRUE(base::is_utf8(kept_name(name)));
        EXPECT_TRUE(seen.insert(kept_name(name)).second) << name;
    }
}

}  // namespace lorikeet::tag
