#include "widgets/anywidget.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lorikeet::widgets {

TEST(Anywidget, NamesItsModuleAndAStyleOnlyWhereThereIsOne) {
    const auto plain = anywidget_state("lorikeet.toy", "export default {};");
    EXPECT_EQ(plain.at("_anywidget_id"), "lorikeet.toy");
    EXPECT_EQ(plain.at("_esm"), "export default {};");
    EXPECT_FALSE(plain.contains("_css"));
    EXPECT_EQ(anywidget_state("lorikeet.toy", "", "a { }").at("_css"), "a { }");
}

}  // namespace lorikeet::widgets
