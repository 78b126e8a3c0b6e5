#include "io/safetensors.hpp"

#include <ctime>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "io/golden_file.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::io {
namespace {

std::string with_length(const std::string& header, const std::string& payload = {}) {
    std::string file;
    for (std::size_t i = 0; i < 8; ++i) file += static_cast<char>((header.size() >> (8 * i)) & 0xFFU);
    return file + header + payload;
}

// What is said of a file of these bytes; empty when it is sound.
std::string trouble(const std::string& file, std::uint64_t size) {
    try {
        parse_safetensors_header(std::as_bytes(std::span(file)), size);
    } catch (const base::Error& error) {
        EXPECT_TRUE(error.code() == base::ErrorCode::Corrupt || error.code() == base::ErrorCode::Unsupported);
        return error.what();
    }
    return {};
}
std::string trouble(const std::string& file) { return trouble(file, file.size()); }

// The same for a header and a payload of `payload` bytes, without what every such message begins and ends with.
std::string unsound(const std::string& header, std::size_t payload) {
    const auto said = trouble(with_length(header, std::string(payload, 'x')));
    const std::string begin = "This is not a sound safetensors file: ";
    return said.starts_with(begin) ? said.substr(begin.size(), said.size() - begin.size() - 1) : said;
}

std::string tensor(const std::string& name, const std::string& dtype, const std::string& shape,
                   const std::string& offsets) {
    return "\"" + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" +
           offsets + "}";
}

}  // namespace

TEST(SafetensorsHeader, ASoundFileIsRead) {
    const auto file = with_length("{" + tensor("b", "F32", "[2,1]", "[0,8]") + "," +
                                      tensor("a", "F16", "[]", "[8,10]") +
                                      R"(,"__metadata__":{"format":"pt"}})",
                                  std::string(10, 'x'));
    const auto header = parse_safetensors_header(std::as_bytes(std::span(file)), file.size());
    ASSERT_EQ(header.entries.size(), 2U);
    EXPECT_EQ(header.entries[0].name, "a");  // sorted
    EXPECT_EQ(header.entries[0].count(), 1);
    EXPECT_EQ(header.entries[1].shape, (std::vector<std::int64_t>{2, 1}));
    EXPECT_EQ(header.metadata.at("format"), "pt");
}

TEST(SafetensorsHeader, LengthsThatCannotBeAreRefused) {
    EXPECT_EQ(trouble(""), "This file is empty.");
    EXPECT_EQ(trouble("abc"),
              "This is not a sound safetensors file: it is shorter than the length of its header.");
    EXPECT_EQ(trouble(std::string(8, '\0') + "{}"),
              "This is not a sound safetensors file: its header claims to be 0 bytes long.");
    EXPECT_EQ(
        trouble(std::string(8, '\xff') + "{}"),
        "This is not a sound safetensors file: its header claims to be 18446744073709551615 bytes long.");
    EXPECT_EQ(trouble(with_length(std::string(1000, ' ')).substr(0, 108)),
              "This file is cut off: the header alone is 1 kB, the file has 108 B.");
}

TEST(SafetensorsHeader, ATextIsCalledOne) {
    const std::string text = "# Read me\n\nA model of lorikeets, \xc3\xa9 and all.\n";
    EXPECT_EQ(trouble(text), "This is a text file, not a model.");
    EXPECT_EQ(trouble("a text of one line"), "This is a text file, not a model.");
}

TEST(SafetensorsHeader, ACutFileIsToldWithBothSizes) {
    const auto file = with_length("{" + tensor("w", "F32", "[1067500000]", "[0,4270000000]") + "}");
    EXPECT_EQ(trouble(file, 1'100'000'000),
              "This file is cut off: its header promises 4.27 GB, the file has 1.10 GB.");
}

TEST(SafetensorsHeader, VeryManyTensorsTakeNoTime) {
    std::string header = "{";
    constexpr int kMany = 100'000;  // seconds, where each was compared with all before
    for (int i = 0; i < kMany; ++i) {
        const auto place = std::to_string(i);
        header += (i > 0 ? "," : "") +
                  tensor("t" + place, "U8", "[1]", "[" + place + "," + std::to_string(i + 1) + "]");
    }
    const auto began = std::clock();  // of this process alone, however busy the machine is
    EXPECT_EQ(trouble(with_length(header + "}", std::string(kMany, 'x'))), "");
    EXPECT_LT(static_cast<double>(std::clock() - began) / CLOCKS_PER_SEC, 5);
}

TEST(SafetensorsHeader, NothingIsReadBehindWhatIsAtHand) {
    const auto whole = with_length("{" + tensor("a", "U8", "[2]", "[0,2]") + "}", "xx");
    for (std::size_t at_hand = 8; at_hand + 2 < whole.size(); ++at_hand) {
        const std::vector<char> prefix(whole.begin(), whole.begin() + static_cast<long>(at_hand));
        EXPECT_NE(trouble({prefix.data(), prefix.size()}, whole.size()).find("of it were read"),
                  std::string::npos)
            << at_hand;
    }
    EXPECT_EQ(trouble(whole.substr(0, whole.size() - 2), whole.size()), "");
}

TEST(SafetensorsHeader, NamesOfStrangersAreShownWithoutTheirCommands) {
    const auto said =
        trouble(with_length("{" + tensor("\\u001b[2J\\u202eevil", "F99", "[2]", "[0,2]") + "}", "xx"));
    EXPECT_NE(said.find("tensor \\x1b[2J\\u202eevil has"), std::string::npos) << said;
}

TEST(SafetensorsHeader, WhatIsNotATableOfTensorsIsRefused) {
    EXPECT_EQ(unsound("[1, 2]", 0), "its header is not a JSON table");
    EXPECT_EQ(unsound("{\"a\"", 0), "its header is not a JSON table");
    EXPECT_EQ(unsound("\xEF\xBB\xBF{}", 0), "its header is not a JSON table");
    EXPECT_EQ(unsound(" {}", 0), "its header is not a JSON table");
    EXPECT_EQ(unsound(R"({"a":3})", 0), "tensor a lacks dtype, shape or data_offsets");
    EXPECT_EQ(unsound(R"({"a":{"dtype":"F32","shape":[1]}})", 4),
              "tensor a lacks dtype, shape or data_offsets");
    EXPECT_EQ(unsound("{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}", 0),
              "its header is nested too deeply");
    EXPECT_EQ(unsound("{\"\xff\":{}}", 0), "its header is not a JSON table");  // not UTF-8
}

TEST(SafetensorsHeader, DtypesAndShapesThatCannotBeAreRefused) {
    EXPECT_EQ(unsound("{" + tensor("a", "F31", "[1]", "[0,4]") + "}", 4),
              "tensor a has the unknown dtype \"F31\"");
    EXPECT_EQ(unsound(R"({"a":{"dtype":7,"shape":[1],"data_offsets":[0,4]}})", 4),
              "the dtype of tensor a is not a word");
    EXPECT_EQ(unsound("{" + tensor("a", "F32", "[-1]", "[0,4]") + "}", 4),
              "a side of tensor a is not a whole number");
    EXPECT_EQ(unsound("{" + tensor("a", "F32", "[1.5]", "[0,4]") + "}", 4),
              "a side of tensor a is not a whole number");
    EXPECT_EQ(unsound("{" + tensor("a", "F32", "4", "[0,4]") + "}", 4),
              "the shape of tensor a is not a list of sides");
    for (const auto* shape : {"[18446744073709551615]", "[4294967296,4294967296]", "[4611686018427387904,2]",
                              "[9223372036854775807]"})
        EXPECT_EQ(unsound("{" + tensor("a", "F32", shape, "[0,4]") + "}", 4),
                  "the shape of tensor a is too large to be true");
    EXPECT_EQ(
        unsound("{" + tensor("a", "F32", "[0,9223372036854775807,9223372036854775807]", "[0,0]") + "}", 0),
        "");
}

TEST(SafetensorsHeader, OffsetsThatDoNotFitAreRefused) {
    EXPECT_EQ(unsound("{" + tensor("a", "F32", "[1]", "[4,0]") + "}", 4), "tensor a ends before it begins");
    EXPECT_EQ(unsound("{" + tensor("a", "F32", "[1]", "[0,8]") + "}", 8),
              "tensor a wants 4 bytes by its shape and has 8 by its offsets");
    EXPECT_EQ(unsound("{" + tensor("a", "F32", "[1]", "[0]") + "}", 4),
              "the data_offsets of tensor a are not two numbers");
    EXPECT_EQ(unsound("{" + tensor("a", "F32", "[1]", "[-4,0]") + "}", 4),
              "an offset of tensor a is not a whole number");
    EXPECT_EQ(
        unsound("{" + tensor("a", "F32", "[1]", "[0,4]") + "," + tensor("b", "F32", "[1]", "[2,6]") + "}", 6),
        "tensor b overlaps another");
    EXPECT_EQ(
        unsound("{" + tensor("a", "F32", "[1]", "[0,4]") + "," + tensor("b", "F32", "[1]", "[0,4]") + "}", 4),
        "tensor b overlaps another");
    EXPECT_EQ(
        unsound("{" + tensor("a", "F32", "[1]", "[0,4]") + "," + tensor("b", "F32", "[1]", "[6,10]") + "}",
                10),
        "there is a hole before tensor b");
    EXPECT_EQ(unsound("{" + tensor("a", "F32", "[1]", "[0,4]") + "}", 7),
              "3 bytes at its end belong to no tensor");
    EXPECT_EQ(unsound("{" + tensor("a", "U8", "[18446744073709551615]", "[0,18446744073709551615]") + "}", 4),
              "the shape of tensor a is too large to be true");
}

TEST(SafetensorsHeader, OneNameTwiceIsRefused) {
    EXPECT_EQ(
        unsound("{" + tensor("a", "F32", "[1]", "[0,4]") + "," + tensor("a", "F32", "[1]", "[4,8]") + "}", 8),
        "its header names a twice");
    EXPECT_EQ(unsound(R"({"__metadata__":{"k":"1","k":"2"}})", 0), "its header names k twice");
}

TEST(SafetensorsHeader, MetadataIsTextByText) {
    EXPECT_EQ(unsound(R"({"__metadata__":{"steps":3}})", 0), "the metadata value of steps is not text");
    EXPECT_EQ(unsound(R"({"__metadata__":"x"})", 0), "its metadata is not a table");
}

TEST(SafetensorsHeader, OtherKindsAreNamed) {
    const auto begins = [](const std::string& file, const std::string& sentence) {
        EXPECT_EQ(trouble(file + std::string(200, ' ')), sentence);
    };
    begins("  <!DOCTYPE html><html>", "This is an HTML page, not a model.");
    begins("<HTML><body>", "This is an HTML page, not a model.");
    begins("version https://git-lfs.github.com/spec/v1\noid sha256:",
           "This is a Git LFS pointer, not the model itself.");
    const std::string pickle = "This is a PyTorch pickle (.ckpt, .pt), which can run code when it is opened.";
    begins(std::string("PK\x03\x04\0\0", 6), pickle);
    begins("\x80\x02}q", pickle);
    begins("GGUF\x03", "This is a GGUF file, not a safetensors one.");
    begins("\x89PNG\r\n", "This is an image, not a model.");
    begins(R"({"error":"Access denied"})", "This is a JSON text, not a model.");
}

// Any header cut anywhere, or with a byte changed, is read or refused, and nothing else.
TEST(SafetensorsGolden, DamagedHeadersAreReadOrRefused) {
    const auto whole = golden_text(golden("safetensors_file"), "every_dtype");
    for (std::size_t at = 0; at < whole.size(); ++at) {
        EXPECT_NE(trouble(whole.substr(0, at)), "") << at;
        for (const char flip : {'\x01', '\x80', '\x20'}) {
            auto broken = whole;
            broken[at] = static_cast<char>(broken[at] ^ flip);
            trouble(broken);
        }
    }
}

TEST(SafetensorsGolden, BytesWrittenAreThoseOfTheReference) {
    const auto file = golden("safetensors_file");
    const support::TempFolder folder;
    for (const std::string name : {"every_dtype", "odd_names", "lora", "nothing"}) {
        const auto wanted = golden_text(file, name);
        const auto from = folder.path() / (name + ".safetensors"), to = folder.path() / "again.safetensors";
        base::write_whole(from, wanted);
        const SafetensorsFile read(from);
        std::vector<TensorToWrite> tensors;
        for (const auto& entry : read.entries())
            tensors.push_back({entry.name, entry.dtype, entry.shape, read.bytes(entry)});
        write_safetensors(to, tensors, read.metadata());
        EXPECT_EQ(base::read_text(to), wanted) << name;
        EXPECT_EQ(payload_sha256(tensors), base::sha256(read.payload())) << name;
    }
}

TEST(SafetensorsFile, TroubleNamesTheFile) {
    const support::TempFolder folder;
    const auto path = folder.path() / "model.safetensors";
    base::write_whole(path, "abc");
    try {
        const SafetensorsFile file(path);
        FAIL() << "nothing was thrown";
    } catch (const base::Error& error) {
        EXPECT_TRUE(std::string(error.what()).starts_with(path.string() + ": This is not a sound"));
    }
}

}  // namespace lorikeet::io
