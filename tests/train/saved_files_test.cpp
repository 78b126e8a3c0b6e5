#include "train/saved_files.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "support/temp_folder.hpp"
#include "tensor/weights.hpp"

namespace lorikeet::train {
namespace {

namespace fs = std::filesystem;

struct SavedFilesPlace {
    support::TempFolder folder;
    base::Path list = folder.path() / "list.jsonl";
    base::Path loras = folder.path() / "loras";
    SavedFilesPlace() { fs::create_directories(loras); }

    void write(const std::string& name, double value) const {
        const tensor::NamedTensors weights{{"a", at::full({2}, value)}};
        tensor::save_tensors(loras / name, weights, {{"sshs_model_hash", tensor::payload_sha256(weights)}});
    }
    SavedFiles saved() const { return SavedFiles(loras, list); }
    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(loras))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }
};

}  // namespace

TEST(SavedFiles, RemovesTheEarliestStepsWhateverTheClockSays) {
    const SavedFilesPlace place;
    auto saved = place.saved();
    for (int step = 1; step <= 4; ++step) {
        const auto name = "r-" + std::to_string(step) + ".safetensors";
        place.write(name, step);
        const auto long_ahead = fs::file_time_type::clock::now() + std::chrono::hours(24 * (10 - step));
        fs::last_write_time(place.loras / name, long_ahead);
        saved.add(name, step);
        saved.keep_last(2);
    }
    EXPECT_EQ(place.names(), (std::vector<std::string>{"r-3.safetensors", "r-4.safetensors"}));
}

TEST(SavedFiles, TouchesNothingThatItDidNotWriteAndRemembersAcrossSessions) {
    const SavedFilesPlace place;
    place.write("r-best.safetensors", 1);
    base::write_whole(place.loras / "r-notes.txt", "mine");
    place.write("r-1.safetensors", 1);
    place.saved().add("r-1.safetensors", 1);
    place.write("r-2.safetensors", 2);
    place.saved().add("r-2.safetensors", 2);
    place.write("r-1.safetensors", 9);  // replaced by hand
    place.saved().keep_last(1);
    EXPECT_EQ(place.names(), (std::vector<std::string>{"r-1.safetensors", "r-2.safetensors",
                                                       "r-best.safetensors", "r-notes.txt"}));
    place.write("r-3.safetensors", 3);
    auto saved = place.saved();
    saved.add("r-3.safetensors", 3);
    saved.keep_last(1);
    EXPECT_EQ(place.names(), (std::vector<std::string>{"r-1.safetensors", "r-3.safetensors",
                                                       "r-best.safetensors", "r-notes.txt"}));
}

TEST(SavedFiles, AListThatIsDamagedOrPointsElsewhereRemovesNothing) {
    const SavedFilesPlace place;
    place.write("r-1.safetensors", 1);
    base::write_whole(place.list, "{\"file\":\"../precious\",\"step\":1,\"weights\":\"\"}\nnonsense\n{}\n");
    base::write_whole(place.folder.path() / "precious", "x");
    place.saved().keep_last(1);
    EXPECT_TRUE(fs::exists(place.folder.path() / "precious"));
    EXPECT_EQ(place.names().size(), 1U);
}

}  // namespace lorikeet::train
