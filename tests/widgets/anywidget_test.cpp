#include "widgets/anywidget.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "widgets/web.hpp"

namespace lorikeet::widgets {

TEST(Anywidget, NamesItsModuleAndAStyleOnlyWhereThereIsOne) {
    const auto plain = anywidget_state("lorikeet.toy", "export default {};");
    EXPECT_EQ(plain.at("_anywidget_id"), "lorikeet.toy");
    EXPECT_TRUE(plain.at("_esm").get<std::string>().ends_with("export default {};"));
    EXPECT_FALSE(plain.contains("_css"));
    EXPECT_EQ(anywidget_state("lorikeet.toy", "", "a { }").at("_css"), "a { }");
}

// One that does not can be deaf for good: see web/hear.js.
TEST(Anywidget, EveryModuleOfOursIsHeard) {
    for (const auto* name : {"chart.js", "download.js", "findings.js", "gallery.js", "page.js",
                             "path_picker.js", "projects.js", "strip.js", "upload.js"})
        EXPECT_NE(web_file(name).find("export default {\n  initialize: hear,"), std::string_view::npos)
            << name;
}

}  // namespace lorikeet::widgets
