#include "io/frames.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace lorikeet::io {
namespace {

using Text = std::string_view;
enum class Order { Big, Little };

// 0 beyond the end: no number that is looked at means anything there.
std::uint64_t read_number(Text bytes, std::size_t at, std::size_t length, Order order = Order::Big) {
    if (at > bytes.size() || length > bytes.size() - at) return 0;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < length; ++i) {
        const auto place = order == Order::Big ? at + i : at + length - 1 - i;
        number = number << 8U | static_cast<unsigned char>(bytes[place]);
    }
    return number;
}

Text from(Text bytes, std::uint64_t at) { return at < bytes.size() ? bytes.substr(at) : Text(); }

std::int64_t frames_of_png(Text file) {
    constexpr std::size_t kSignature = 8, kFrame = 12;  // length, type and checksum around a chunk
    for (auto rest = from(file, kSignature); rest.size() >= kFrame;) {
        const auto type = rest.substr(4, 4);
        if (type == "acTL") return static_cast<std::int64_t>(read_number(rest, 8, 4));
        if (type == "IDAT" || type == "IEND") break;
        rest = from(rest, read_number(rest, 0, 4) + kFrame);
    }
    return 1;
}

// What the head of one JPEG tells.
struct JpegHead {
    std::uint64_t size = 0;  // height and width side by side; 0: not found
    bool gain_map = false;
    Text multi;  // the payload of its MPF segment, from the byte order on
};

JpegHead head_of_jpeg(Text file) {
    JpegHead head;
    if (read_number(file, 0, 2) != 0xFFD8) return head;
    int left = 2000;  // segments, and bytes of filling: a stranger's file shall not keep us
    for (auto rest = from(file, 2); rest.size() > 4 && rest[0] == '\xFF' && left > 0; --left) {
        const auto marker = read_number(rest, 1, 1);
        if (marker == 0xFF) {  // filling
            rest.remove_prefix(1);
            continue;
        }
        const bool is_frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
                              marker != 0xCC;
        if (is_frame) head.size = read_number(rest, 5, 4);
        if (is_frame || marker == 0xDA || marker == 0xD9) break;
        const auto length = read_number(rest, 2, 2);
        const auto segment = rest.substr(4, length > 2 ? length - 2 : 0);
        if (segment.find("hdr-gain-map") != Text::npos) head.gain_map = true;
        constexpr Text kMulti("MPF\0", 4);
        // Its offsets reach beyond the segment, to the images behind this one.
        if (marker == 0xE2 && segment.starts_with(kMulti)) head.multi = from(rest, 4 + kMulti.size());
        rest = from(rest, length + 2);
    }
    return head;
}

std::int64_t frames_of_jpeg(Text file) {
    const auto head = head_of_jpeg(file);
    const auto multi = head.multi;
    if (multi.empty()) return 1;
    const auto order = multi.starts_with("II") ? Order::Little : Order::Big;
    const auto number = [&](std::uint64_t at, std::size_t length) {
        return at > multi.size() ? 0 : read_number(multi, at, length, order);
    };
    constexpr std::uint64_t kEntries = 0xB002, kEntry = 16, kMost = 256;
    const auto list = number(4, 4), fields = number(list, 2);
    std::int64_t frames = 1;
    for (std::uint64_t i = 0; i < fields; ++i) {
        const auto field = list + 2 + 12 * i;
        if (number(field, 2) != kEntries) continue;
        const auto count = std::min(number(field + 4, 4) / kEntry, kMost), first = number(field + 8, 4);
        for (std::uint64_t k = 1; k < count; ++k) {
            const auto entry = first + kEntry * k;
            const bool preview = (number(entry, 4) >> 16U & 0xFFU) == 1;
            const auto other = head_of_jpeg(from(multi, number(entry + 8, 4)));
            if (!preview && !other.gain_map && other.size != 0 && other.size == head.size) ++frames;
        }
        break;
    }
    return frames;
}

struct Box {
    Text type, body;
};

std::vector<Box> boxes_in(Text bytes) {
    std::vector<Box> boxes;
    constexpr std::size_t kMost = 100'000;
    while (bytes.size() >= 8 && boxes.size() < kMost) {
        const auto told = read_number(bytes, 0, 4);
        const std::uint64_t head = told == 1 ? 16 : 8;
        const auto size = told == 0 ? bytes.size() : told == 1 ? read_number(bytes, 8, 8) : told;
        if (size < head || size > bytes.size()) break;
        boxes.push_back({bytes.substr(4, 4), bytes.substr(head, size - head)});
        bytes.remove_prefix(size);
    }
    return boxes;
}

// The body of the box at the end of a way through boxes; empty where there is none.
Text inner(Text bytes, std::initializer_list<Text> way) {
    for (const auto type : way) {
        const auto boxes = boxes_in(bytes);
        const auto found =
            std::find_if(boxes.begin(), boxes.end(), [&](const Box& box) { return box.type == type; });
        bytes = found == boxes.end() ? Text() : found->body;
    }
    return bytes;
}

std::int64_t samples_of(Text moov) {
    std::uint64_t most = 0;
    for (const auto& box : boxes_in(moov)) {
        if (box.type != "trak") continue;
        const auto handler = from(inner(box.body, {"mdia", "hdlr"}), 8).substr(0, 4);
        if (handler != "pict" && handler != "vide") continue;  // "auxv" is its transparency
        most = std::max(most, read_number(inner(box.body, {"mdia", "minf", "stbl", "stsz"}), 8, 4));
    }
    return static_cast<std::int64_t>(most);
}

// Items that are images and may be looked at by themselves.
std::set<std::uint64_t> image_items(Text infos) {
    constexpr std::array<Text, 8> kImages{"av01", "hvc1", "hev1", "avc1", "jpeg", "grid", "iovl", "iden"};
    std::set<std::uint64_t> items;
    const bool wide_count = read_number(infos, 0, 1) > 0;
    for (const auto& box : boxes_in(from(infos, wide_count ? 8 : 6))) {
        const auto version = read_number(box.body, 0, 1);
        if (box.type != "infe" || version < 2) continue;
        const bool hidden = (read_number(box.body, 3, 1) & 1U) != 0;
        const std::size_t id_bytes = version == 2 ? 2 : 4;
        const auto type = from(box.body, 4 + id_bytes + 2).substr(0, 4);
        if (!hidden && std::find(kImages.begin(), kImages.end(), type) != kImages.end())
            items.insert(read_number(box.body, 4, id_bytes));
    }
    return items;
}

std::int64_t images_of(Text meta) {
    const auto inside = from(meta, 4);
    auto items = image_items(inner(inside, {"iinf"}));
    const auto references = inner(inside, {"iref"});
    const std::size_t id_bytes = read_number(references, 0, 1) == 0 ? 2 : 4;
    for (const auto& box : boxes_in(from(references, 4))) {
        if (box.type == "thmb" || box.type == "auxl") items.erase(read_number(box.body, 0, id_bytes));
        if (box.type != "dimg") continue;  // tiles and layers of another
        const auto count = read_number(box.body, id_bytes, 2);
        for (std::uint64_t i = 0; i < count; ++i)
            items.erase(read_number(box.body, id_bytes + 2 + i * id_bytes, id_bytes));
    }
    return static_cast<std::int64_t>(items.size());
}

std::int64_t frames_of_container(Text file) {
    std::int64_t frames = 1;
    for (const auto& box : boxes_in(file)) {
        if (box.type == "moov") frames = std::max(frames, samples_of(box.body));
        if (box.type == "meta") frames = std::max(frames, images_of(box.body));
    }
    return frames;
}

}  // namespace

std::int64_t frames_in(std::span<const std::byte> file, std::string_view format) {
    const Text bytes(reinterpret_cast<const char*>(file.data()), file.size());
    if (format == "png") return std::max<std::int64_t>(1, frames_of_png(bytes));
    if (format == "jpeg") return frames_of_jpeg(bytes);
    if (format == "avif" || format == "heic") return frames_of_container(bytes);
    return 1;
}

}  // namespace lorikeet::io
