#include "studio/path_listing.hpp"

#include <gtest/gtest.h>

#include "studio/import_sources.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::studio {

TEST(PathListing, ListsFoldersFirstAndOfFilesModelsAlone) {
    const support::TempFolder temp;
    write_files(temp.path(), {{"models/b.safetensors", ""},
                              {"models/A.safetensors", ""},
                              {"models/notes.txt", ""},
                              {"models/old/x.safetensors", ""},
                              {"models/.hidden/x", ""},
                              {"models/preview.png", ""}});
    const auto names = [](const PathListing& listing) {
        std::string all;
        for (const auto& entry : listing.entries) all += entry.name + (entry.is_folder ? "/ " : " ");
        return all;
    };
    const auto files = list_paths(temp.path() / "models", PathKind::ModelFile, {});
    EXPECT_EQ(names(files), "old/ A.safetensors b.safetensors ");
    const auto folders = list_paths(temp.path() / "models", PathKind::Folder, {});
    EXPECT_EQ(names(folders), "old/ ");
    EXPECT_EQ(folders.images, 1u);
    EXPECT_EQ(list_paths(temp.path() / "models" / "gone" / "too", PathKind::Folder, {}).folder,
              temp.path() / "models")
        << "the nearest that is there";
    EXPECT_EQ(list_paths("/", PathKind::Folder, {}).folder, "/");
}

TEST(PathListing, APathIsTypedAsAPersonWould) {
    EXPECT_EQ(typed_path("/here/birds/red", "/here"), "birds/red");
    EXPECT_EQ(typed_path("/other/birds", "/here"), "/other/birds");
    EXPECT_EQ(typed_path("/here", "/here"), ".");
}

}  // namespace lorikeet::studio
