#include "studio/model_scanner.hpp"

#include <chrono>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/tiny.hpp"

namespace lorikeet::studio {
namespace {

namespace fs = std::filesystem;

class Shop {
  public:
    Shop() { fs::create_directories(path() / "models" / "sub"); }
    const base::Path& path() const { return folder_.path(); }
    base::Path copy(const std::string& name, int minutes_ago = 0) const {
        const auto file = path() / name;
        fs::create_directories(file.parent_path());
        fs::copy_file(support::tiny_checkpoint(), file);
        fs::last_write_time(file, fs::file_time_type::clock::now() - std::chrono::minutes(minutes_ago));
        return file;
    }
    ModelList look() { return scanner_.look(ModelScanner::usual_folders(path()), base::Cancel()); }

  private:
    support::TempFolder folder_;
    ModelScanner scanner_;
};

// A file of weights whose names say what it is.
void write_header(const base::Path& file, const std::string& name) {
    const auto header = fmt::format(R"({{"{}":{{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}}})", name);
    std::string bytes(8, '\0');
    for (int i = 0; i < 8; ++i)
        bytes[static_cast<std::size_t>(i)] = static_cast<char>(header.size() >> (8 * i) & 0xFF);
    base::write_whole(file, bytes + header + std::string(4, '\0'));
}

}  // namespace

TEST(ModelScanner, HasTheNewestFirstAndTheTinyBaseLast) {
    Shop shop;
    shop.copy("models/older.safetensors", 10);
    shop.copy("models/sub/newer.safetensors", 1);
    const auto found_models = shop.look();
    ASSERT_EQ(found_models.bases.size(), 3u);
    EXPECT_EQ(found_models.bases[0].name, "newer");
    EXPECT_EQ(found_models.bases[1].name, "older");
    EXPECT_EQ(found_models.bases[2].choose, "tiny");
    EXPECT_EQ(found_models.bases[0].sentence, "A Stable Diffusion 1.x checkpoint.");
    EXPECT_EQ(found_models.bases[0].bytes, fs::file_size(support::tiny_checkpoint()));
}

TEST(ModelScanner, FindsTheLorasOfRuns) {
    Shop shop;
    fs::create_directories(shop.path() / "runs" / "bird" / "checkpoints");
    write_header(shop.path() / "runs/bird/checkpoints/bird.safetensors",
                 "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight");
    const auto found_models = shop.look();
    ASSERT_EQ(found_models.loras.size(), 1u);
    EXPECT_EQ(found_models.loras[0].name, "bird");
}

TEST(ModelScanner, ALoraTellsHowFarItWasTrainedAndItsTrigger) {
    Shop shop;
    const std::string header =
        R"({"__metadata__":{"ss_output_name":"bird","ss_steps":"36","modelspec.trigger_phrase":"lorikeet"},)"
        R"("lora_unet_x.lora_down.weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
    fs::create_directories(shop.path() / "lora");
    base::write_whole(shop.path() / "lora/bird-000012.safetensors",
                      std::string(1, static_cast<char>(header.size())) + std::string(7, '\0') + header +
                          std::string(4, '\0'));
    write_header(shop.path() / "lora/other.safetensors", "lora_unet_x.lora_down.weight");
    const auto loras = shop.look().loras;
    ASSERT_EQ(loras.size(), 2U);
    const auto& told = loras[0].name == "other" ? loras[1] : loras[0];
    EXPECT_EQ(told.name, "bird-000012");
    EXPECT_EQ(told.made, "bird, step 36");
    EXPECT_EQ(told.trigger, "lorikeet");
    EXPECT_EQ((&told == &loras[0] ? loras[1] : loras[0]).made, "");
}

TEST(ModelScanner, SaysWhyAFileCannotBeUsed) {
    Shop shop;
    base::write_whole(shop.path() / "models" / "broken.safetensors", "no header");
    base::write_whole(shop.path() / "models" / "old.ckpt", std::string("PK\x03\x04pickled", 11));
    base::write_whole(shop.path() / "models" / "notes.txt", "not a model");
    const auto found_models = shop.look();
    ASSERT_EQ(found_models.rejects.size(), 2u);
    for (const auto& reject : found_models.rejects) EXPECT_NE(reject.reason, "") << reject.file;
}

TEST(ModelScanner, SeesAFileThatChangedAndRemembersOneThatDidNot) {
    Shop shop;
    const auto file = shop.path() / "models" / "a.safetensors";
    base::write_whole(file, "no header");
    EXPECT_EQ(shop.look().rejects.size(), 1u);
    fs::remove(file);
    shop.copy("models/a.safetensors");
    EXPECT_EQ(shop.look().rejects.size(), 0u);
    EXPECT_EQ(shop.look().bases.size(), 2u);
    fs::remove(file);
    EXPECT_EQ(shop.look().bases.size(), 1u);
}

TEST(ModelScanner, HundredsOfFilesAreQuickTheSecondTime) {
    Shop shop;
    for (int i = 0; i < 500; ++i)
        write_header(shop.path() / fmt::format("models/{}.safetensors", i), "lora_unet_x.lora_down.weight");
    shop.look();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(shop.look().loras.size() + shop.look().rejects.size(), 500u);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(took.count(), 1.0);
}

TEST(ModelScanner, StopsWhenAsked) {
    Shop shop;
    shop.copy("models/a.safetensors");
    base::Cancel cancel;
    cancel.request_stop();
    EXPECT_THROW(ModelScanner().look({shop.path() / "models"}, cancel), base::Error);
}

}  // namespace lorikeet::studio
