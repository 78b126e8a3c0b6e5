// What decoding takes of memory is known before it begins.
#include <cstdio>

#include <gtest/gtest.h>

#include "io/golden_file.hpp"
#include "support/resident_peak.hpp"
#include "support/sanitized.hpp"

namespace lorikeet::io {

// A program and its allocator move by a few MB for reasons of their own; the whole image has 18 MB as RGB.
TEST(DecodingMemory, IsWhatThePeekSaid) {
    LORIKEET_MEASURES_MEMORY();
    constexpr std::int64_t kSlack = 3 << 20;
    const auto file = golden("large");
    for (const auto& entry : file.entries()) {
        const auto bytes = golden_text(file, entry.name);
        const auto view = std::as_bytes(std::span(bytes));
        const auto decode = [&] { read_rows(view, entry.name, [](auto, auto) {}); };
        decode();  // what libraries make once
        const auto taken = support::resident_peak_of(decode);
        if (taken < 0) GTEST_SKIP() << "the system does not set the peak back";
        const auto said = peek_image(view, entry.name).decoding_bytes;
        std::printf("%-18s said %6.1f MB, took %6.1f MB\n", entry.name.c_str(), said / 1e6, taken / 1e6);
        EXPECT_LE(taken, said + said / 10 + kSlack) << entry.name;
        EXPECT_GE(taken + taken / 10 + kSlack, said) << entry.name;
    }
}

// Line by line, an image of four times the area takes twice, not four times: 9 000 x 9 000 is 243 MB as RGB.
TEST(DecodingMemory, OfAPngIsALittleHoweverLargeItIs) {
    LORIKEET_MEASURES_MEMORY();
    Image tall{64, 60000, std::vector<std::uint8_t>(64 * 60000 * 3, 90)};  // 11.5 MB
    const auto png = encode_png(tall);
    tall.rgb = {};
    const auto view = std::as_bytes(std::span(png));
    const auto decode = [&] { read_rows(view, "tall", [](auto, auto) {}); };
    decode();
    const auto taken = support::resident_peak_of(decode);
    if (taken < 0) GTEST_SKIP() << "the system does not set the peak back";
    EXPECT_LT(taken, 4 << 20);
}

}  // namespace lorikeet::io
