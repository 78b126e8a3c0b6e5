#include "base/html.hpp"

#include <gtest/gtest.h>

namespace lorikeet::base {

TEST(Html, TextIsNeverMarkup) {
    EXPECT_EQ(html_escaped("<b title='x' id=\"y\">a & b</b>"),
              "&lt;b title=&#39;x&#39; id=&quot;y&quot;&gt;a &amp; b&lt;/b&gt;");
}

// RFC 4648, section 10.
TEST(Html, Base64IsThatOfTheStandard) {
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foo"), "Zm9v");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64("\xff\xfe"), "//4=");
}

}  // namespace lorikeet::base
