#include "tag/model_folder.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"
#include "support/tiny_blip.hpp"

namespace lorikeet::tag {

TEST(ModelFolder, AMissingFileIsNamedWithWhoseItIs) {
    const support::TempFolder folder;
    try {
        file_in(folder.path(), "captioner", "vocab.txt", "Download it.");
        FAIL();
    } catch (const base::Error& error) {
        EXPECT_EQ(error.code(), base::ErrorCode::NotFound);
        EXPECT_NE(std::string(error.what()).find("The folder of the captioner, "), std::string::npos);
        EXPECT_EQ(error.hint(), "Download it.");
    }
    EXPECT_THROW(expect_folder(folder.path() / "none", "tagger"), base::Error);
    EXPECT_NO_THROW(expect_folder(folder.path(), "tagger"));
}

TEST(ModelFolder, TheProcessorComputesInWhatWasChosen) {
    using settings::TagPrecision;
    const auto type_of = [](TagPrecision precision) {
        return compute_for(settings::DeviceChoice::Cpu, precision).type;
    };
    EXPECT_EQ(type_of(TagPrecision::Float32), at::kFloat);
    EXPECT_EQ(type_of(TagPrecision::Bfloat16), at::kBFloat16);
    EXPECT_EQ(device_name(at::kCPU), "the processor");
}

TEST(ModelFolder, AFingerprintIsOfWeightsAndMore) {
    const support::TempFolder folder;
    support::write_captioner(folder.path());
    const tensor::WeightFile file(folder.path() / "model.safetensors");
    EXPECT_EQ(fingerprint_of(file, {"a"}), fingerprint_of(file, {"a"}));
    EXPECT_NE(fingerprint_of(file, {"a"}), fingerprint_of(file, {"b"}));
    EXPECT_EQ(fingerprint_of(file, {}).size(), 64U);
}

}  // namespace lorikeet::tag
