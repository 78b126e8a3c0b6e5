#include "widgets/download.hpp"

#include <gtest/gtest.h>

#include "widgets/page_context.hpp"

namespace lorikeet::widgets {

TEST(Download, CountsFromTheNotebooksFolderAndOffersNothingOutsideOfIt) {
    TestPageContext room;
    Download download(room.context->styles, "/a/birds");
    EXPECT_EQ(download.state().at("file"), "");
    download.offer("/a/birds/runs/a/checkpoints/a b.safetensors");
    EXPECT_EQ(download.state().at("file"), "runs/a/checkpoints/a b.safetensors");
    EXPECT_EQ(download.state().at("name"), "a b.safetensors");
    for (const auto* elsewhere : {"/a/other/a.safetensors", "/a/birds/../a.safetensors", ""}) {
        download.offer(elsewhere);
        EXPECT_EQ(download.state().at("file"), "") << elsewhere;
    }
}

}  // namespace lorikeet::widgets
