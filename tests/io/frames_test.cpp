#include "io/frames.hpp"

#include <string>

#include <gtest/gtest.h>

namespace lorikeet::io {
namespace {

std::string big(std::uint64_t number, int bytes) {
    std::string text;
    for (int i = bytes - 1; i >= 0; --i) text += static_cast<char>(number >> (8 * i) & 0xFFU);
    return text;
}

std::int64_t frames(const std::string& file, std::string_view format) {
    return frames_in(std::as_bytes(std::span(file)), format);
}

std::string chunk(const std::string& type, const std::string& data) {
    return big(data.size(), 4) + type + data + "sum.";
}

std::string box(const std::string& type, const std::string& body) {
    return big(body.size() + 8, 4) + type + body;
}
std::string full_box(const std::string& type, const std::string& body, int version = 0, int flags = 0) {
    return box(
        type, big(static_cast<std::uint64_t>(version), 1) + big(static_cast<std::uint64_t>(flags), 3) + body);
}

std::string segment(char marker, const std::string& body) {
    return std::string("\xFF") + marker + big(body.size() + 2, 2) + body;
}

// A head of a JPEG without pixels: its size, then its end.
std::string small_jpeg(int side, const std::string& segments = {}) {
    return "\xFF\xD8" + segments +
           segment('\xC0', "\x08" + big(static_cast<std::uint64_t>(side), 2) +
                               big(static_cast<std::uint64_t>(side), 2)) +
           "\xFF\xD9";
}

// The camera's file of several images: the first, whose list says where each of the others lies.
std::string multi_jpeg(const std::vector<std::pair<std::uint64_t, std::string>>& others) {
    const auto list_of = [&](std::uint64_t first_offset) {
        std::string entries = big(0x030000, 4) + big(0, 4) + big(0, 4) + big(0, 4);
        auto offset = first_offset;
        for (const auto& [type, image] : others) {
            entries += big(type, 4) + big(image.size(), 4) + big(offset, 4) + big(0, 4);
            offset += image.size();
        }
        const auto field = big(0xB002, 2) + big(7, 2) + big(entries.size(), 4) + big(8 + 2 + 12 + 4, 4);
        return std::string("MPF\0", 4) + "MM" + big(42, 2) + big(8, 4) + big(1, 2) + field + big(0, 4) +
               entries;
    };
    const auto first = [&](std::uint64_t offset) { return small_jpeg(64, segment('\xE2', list_of(offset))); };
    constexpr std::uint64_t kBefore = 2 + 4 + 4;  // start of image, the segment's head, "MPF"
    auto file = first(first(0).size() - kBefore);
    for (const auto& other : others) file += other.second;
    return file;
}

std::string item(int id, const std::string& type, int flags = 0) {
    return full_box("infe", big(static_cast<std::uint64_t>(id), 2) + big(0, 2) + type + std::string(1, '\0'),
                    2, flags);
}

std::string reference(const std::string& type, int from_item, const std::vector<int>& to) {
    auto body = big(static_cast<std::uint64_t>(from_item), 2) + big(to.size(), 2);
    for (const int one : to) body += big(static_cast<std::uint64_t>(one), 2);
    return box(type, body);
}

std::string still(const std::string& items, std::uint64_t count, const std::string& references) {
    return box("ftyp", "avif") +
           full_box("meta", full_box("iinf", big(count, 2) + items) + full_box("iref", references));
}

std::string track(const std::string& handler, std::uint64_t samples) {
    const auto sizes = box("minf", box("stbl", full_box("stsz", big(0, 4) + big(samples, 4))));
    return box("trak", box("mdia", full_box("hdlr", big(0, 4) + handler) + sizes));
}

}  // namespace

TEST(Frames, OfAnAnimatedPngAreCounted) {
    const std::string png = "\x89PNG\r\n\x1a\n" + chunk("IHDR", std::string(13, '\0'));
    EXPECT_EQ(frames(png + chunk("acTL", big(7, 4) + big(0, 4)) + chunk("IDAT", "x"), "png"), 7);
    EXPECT_EQ(frames(png + chunk("IDAT", "x"), "png"), 1);
    EXPECT_EQ(frames(png + chunk("IDAT", "x") + chunk("acTL", big(7, 4) + big(0, 4)), "png"), 1)
        << "too late";
}

TEST(Frames, OfACamerasJpegOfSeveralAreThoseOfItsOwnSize) {
    EXPECT_EQ(frames(small_jpeg(64), "jpeg"), 1);
    EXPECT_EQ(frames(multi_jpeg({{0x020002, small_jpeg(64)}}), "jpeg"), 2) << "the other eye";
    EXPECT_EQ(frames(multi_jpeg({{0, small_jpeg(64)}, {0, small_jpeg(64)}}), "jpeg"), 3) << "without a type";
    EXPECT_EQ(frames(multi_jpeg({{0x010001, small_jpeg(64)}, {0, small_jpeg(16)}}), "jpeg"), 1) << "previews";
    const auto map = segment('\xE1', "http://ns.adobe.com/hdr-gain-map/1.0/");
    EXPECT_EQ(frames(multi_jpeg({{0, small_jpeg(64, map)}}), "jpeg"), 1) << "a gain map";
}

TEST(Frames, OfASequenceAndOfABurstAreCounted) {
    const auto film = box("ftyp", "avis") + box("moov", track("auxv", 9) + track("pict", 5));
    EXPECT_EQ(frames(film, "avif"), 5);
    EXPECT_EQ(frames(still(item(1, "av01"), 1, ""), "avif"), 1);
    EXPECT_EQ(frames(still(item(1, "hvc1") + item(2, "hvc1") + item(3, "Exif"), 3, ""), "heic"), 2);
    const auto tiled = item(1, "grid") + item(2, "hvc1") + item(3, "hvc1") + item(4, "hvc1") +
                       item(5, "hvc1") + item(6, "hvc1", 1);
    const auto links = reference("dimg", 1, {2, 3}) + reference("thmb", 4, {1}) + reference("auxl", 5, {1});
    EXPECT_EQ(frames(still(tiled, 6, links), "heic"), 1) << "tiles, a thumbnail, a depth map, a hidden one";
}

TEST(Frames, OfAFileThatIsCutOffOrLiesAreNeverAReasonToFail) {
    for (const auto& [file, format] :
         {std::pair{multi_jpeg({{0, small_jpeg(64)}}), "jpeg"},
          {box("ftyp", "avis") + box("moov", track("pict", 5)), "avif"},
          {still(item(1, "hvc1") + item(2, "hvc1"), 2, reference("dimg", 1, {2})), "heic"}})
        for (std::size_t at = 0; at < file.size(); ++at) {
            EXPECT_GE(frames(file.substr(0, at), format), 1);
            auto odd = file;
            odd[at] = '\xFF';
            EXPECT_GE(frames(odd, format), 1);
        }
}

}  // namespace lorikeet::io
