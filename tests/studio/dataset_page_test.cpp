#include "studio/dataset_page.hpp"

#include <gtest/gtest.h>

#include "base/file.hpp"
#include "support/small_job.hpp"

namespace lorikeet::studio {

TEST(DatasetPage, ShowsEveryImageAndNoMarkupOfStrangers) {
    const support::SmallJob small;
    const auto job = small.job();
    const base::Path folder = job.data.subsets[0].folder;
    base::write_whole(folder / "image0.txt", "<script>alert(1)</script>");
    const base::Cancel no_stop;
    const auto report = report_on(job, no_stop);
    auto html = html_of(report, no_stop);
    std::size_t images = 0;
    for (std::size_t at = html.find("<img "); at != std::string::npos; at = html.find("<img ", at + 1))
        ++images;
    EXPECT_GE(images, 5U);
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_NE(html.find("&lt;script&gt;"), std::string::npos);
    std::filesystem::remove(folder / "image1.png");  // gone meanwhile
    html = html_of(report, no_stop);
    EXPECT_NE(html.find("image1.png"), std::string::npos);
}

}  // namespace lorikeet::studio
