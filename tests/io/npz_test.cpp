#include "io/npz.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/archives.hpp"
#include "support/npz.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::io {
namespace {

base::ErrorCode code_of(const std::string& array) {
    try {
        parse_npy(std::as_bytes(std::span(array)));
    } catch (const base::Error& error) {
        return error.code();
    }
    return base::ErrorCode::Internal;
}

}  // namespace

TEST(Npz, GivesEachArrayWithItsShapeAndNumbers) {
    const support::TempFolder folder;
    const auto file = folder.path() / "cache.zip";
    const std::string halves("\x00\x3c\x00\xc0\x01\x00\x00\x7c", 8);  // 1, -2, the smallest, infinity
    support::write_archive(
        file,
        {{"latents.npy", support::npy("<f4", "(2, 1, 2)", support::bytes_of<float>({1, -2, 0.5, 3}))},
         {"original_size.npy", support::npy("<i8", "(2,)", support::bytes_of<std::int64_t>({640, 480}))},
         {"halves.npy", support::npy("<f2", "(4,)", halves)},
         {"one.npy", support::npy("<f8", "()", support::bytes_of<double>({7}))},
         {"objects.npy", support::npy("|O", "(1,)", "pickle")},
         {"readme.txt", "no array"}});
    const auto arrays = read_npz(file);
    EXPECT_EQ(arrays.size(), 4U);
    EXPECT_EQ(arrays.at("latents").dtype, DType::F32);
    EXPECT_EQ(arrays.at("latents").shape, (std::vector<std::int64_t>{2, 1, 2}));
    EXPECT_EQ(arrays.at("latents").numbers(), (std::vector<double>{1, -2, 0.5, 3}));
    EXPECT_EQ(arrays.at("original_size").numbers(), (std::vector<double>{640, 480}));
    EXPECT_EQ(arrays.at("halves").numbers()[0], 1);
    EXPECT_EQ(arrays.at("halves").numbers()[1], -2);
    EXPECT_EQ(arrays.at("halves").numbers()[2], std::ldexp(1.0, -24));
    EXPECT_TRUE(std::isinf(arrays.at("halves").numbers()[3]));
    EXPECT_EQ(arrays.at("one").numbers(), (std::vector<double>{7}));
}

TEST(Npz, WhatDoesNotHoldTogetherIsRefused) {
    using base::ErrorCode;
    EXPECT_EQ(code_of(""), ErrorCode::Corrupt);
    EXPECT_EQ(code_of("\x93NUMPY"), ErrorCode::Corrupt);
    EXPECT_EQ(code_of(support::npy("<f4", "(2,)", "1234")), ErrorCode::Corrupt);  // one number of two
    EXPECT_EQ(code_of(support::npy("<f4", "(1,)", "12345")), ErrorCode::Corrupt);
    EXPECT_EQ(code_of(support::npy("<f4", "(-1,)", "1234")), ErrorCode::Corrupt);
    EXPECT_EQ(code_of(support::npy("<f4", "(9999999999, 9999999999)", "")), ErrorCode::Corrupt);
    EXPECT_EQ(code_of(support::npy("<f4", "(x)", "")), ErrorCode::Corrupt);
    EXPECT_EQ(code_of(support::npy(">f4", "(1,)", "1234")), ErrorCode::Unsupported);
    EXPECT_EQ(code_of(support::npy("|O", "(1,)", "1234")), ErrorCode::Unsupported);
    auto columns = support::npy("|u1", "(2, 2)", "1234");
    const auto at = columns.find("False");
    columns.replace(at, 5, "True ");
    EXPECT_EQ(code_of(columns), ErrorCode::Unsupported);
}

TEST(Npz, MoreThanTheBoundsIsNotRead) {
    const support::TempFolder folder;
    const auto file = folder.path() / "cache.zip";
    const std::string zeros(4000, '\0');
    support::write_archive(file, {{"a.npy", support::npy("<f4", "(1000,)", zeros)},
                                  {"b.npy", support::npy("<f4", "(1000,)", zeros)}});
    EXPECT_EQ(read_npz(file).size(), 2U);
    EXPECT_THROW(read_npz(file, {.most_bytes = 5000}), base::Error);
    EXPECT_THROW(read_npz(file, {.most_arrays = 1}), base::Error);
    EXPECT_THROW(read_npz(folder.path() / "gone.npz"), base::Error);
    std::filesystem::resize_file(file, std::filesystem::file_size(file) / 2);
    EXPECT_THROW(read_npz(file), base::Error);
}

}  // namespace lorikeet::io
