#include "io/safetensors.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::io {

using base::ErrorCode;
using base::fail;
using Json = nlohmann::json;

namespace {

constexpr std::uint64_t kMaxHeader = 100'000'000;  // the reference library's own bound

struct DTypeFacts {
    DType dtype;
    std::string_view name;
    std::size_t bytes;
};
// In the order in which the reference library lists them; it writes the later ones first.
constexpr std::array<DTypeFacts, 15> kDTypes{{
    {DType::Bool, "BOOL", 1},
    {DType::U8, "U8", 1},
    {DType::I8, "I8", 1},
    {DType::F8E5M2, "F8_E5M2", 1},
    {DType::F8E4M3, "F8_E4M3", 1},
    {DType::I16, "I16", 2},
    {DType::U16, "U16", 2},
    {DType::F16, "F16", 2},
    {DType::BF16, "BF16", 2},
    {DType::I32, "I32", 4},
    {DType::U32, "U32", 4},
    {DType::F32, "F32", 4},
    {DType::F64, "F64", 8},
    {DType::I64, "I64", 8},
    {DType::U64, "U64", 8},
}};

const DTypeFacts& facts_of(DType dtype) {
    for (const auto& facts : kDTypes)
        if (facts.dtype == dtype) return facts;
    fail(ErrorCode::Internal, "A dtype without a row in its table.");
}

[[noreturn]] void fail_corrupt(std::string_view what) {
    fail(ErrorCode::Corrupt, fmt::format("This is not a sound safetensors file: {}.", what),
         "Download it again, and compare its size and SHA-256 with those on its page.");
}

// A name of a stranger, in a message.
std::string shown(std::string_view name) { return base::printable_start(name, 120); }

bool starts_with(std::span<const std::byte> file, std::string_view text) {
    return file.size() >= text.size() && std::memcmp(file.data(), text.data(), text.size()) == 0;
}

// Letters from the first byte on. A safetensors file begins with a length, which has zeros among its eight bytes.
bool is_text(std::string_view head) {
    constexpr std::size_t kFewest = 8;
    return head.size() >= kFewest && std::none_of(head.begin(), head.end(), [](unsigned char c) {
               return (c < 0x20 &&
                       std::string_view("\t\n\r\f").find(static_cast<char>(c)) == std::string_view::npos) ||
                      c == 0x7F || c == 0xFF;
           });
}

// A file that is plainly something else is named, since that is what helps.
void refuse_other_kinds(std::span<const std::byte> file) {
    const std::string head = base::to_lower(base::trim(std::string_view(
        reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 64))));
    if (head.starts_with("<!doctype") || head.starts_with("<html") || head.starts_with("<?xml"))
        fail(ErrorCode::Unsupported, "This is an HTML page, not a model.",
             "The download gave a web page; use the file's direct download link, with a token if the page "
             "asks for one.");
    if (starts_with(file, "version https://git-lfs"))
        fail(ErrorCode::Unsupported, "This is a Git LFS pointer, not the model itself.",
             "Fetch the real file: git lfs pull, or the page's download button.");
    if (starts_with(file, "PK\x03\x04") || starts_with(file, "\x80\x02"))
        fail(ErrorCode::Unsupported,
             "This is a PyTorch pickle (.ckpt, .pt), which can run code when it is opened.",
             "Convert it to safetensors on a machine you do not mind, or download the safetensors version.");
    if (starts_with(file, "GGUF"))
        fail(ErrorCode::Unsupported, "This is a GGUF file, not a safetensors one.");
    if (starts_with(file, "\x89PNG") || starts_with(file, "\xff\xd8\xff"))
        fail(ErrorCode::Unsupported, "This is an image, not a model.");
    if (head.starts_with("{\""))
        fail(ErrorCode::Unsupported, "This is a JSON text, not a model.",
             "Often it is a server's error message; look inside.");
    if (is_text({reinterpret_cast<const char*>(file.data()), std::min<std::size_t>(file.size(), 64)}))
        fail(ErrorCode::Unsupported, "This is a text file, not a model.", "Choose a .safetensors file.");
}

std::int64_t checked_count(const std::vector<std::int64_t>& shape, std::string_view name) {
    std::int64_t count = 1;
    for (const auto side : shape) {
        if (side < 0) fail_corrupt(fmt::format("tensor {} has a negative side", shown(name)));
        if (__builtin_mul_overflow(count, side, &count))
            fail_corrupt(fmt::format("the shape of tensor {} is too large to be true", shown(name)));
    }
    return count;
}

std::uint64_t whole_number(const Json& value, std::string_view what) {
    if (!value.is_number_unsigned()) fail_corrupt(fmt::format("{} is not a whole number", what));
    return value.get<std::uint64_t>();
}

TensorEntry parse_entry(const std::string& name, const Json& value) {
    TensorEntry entry{name, DType::F32, {}, 0, 0};
    if (!value.is_object() || !value.contains("dtype") || !value.contains("shape") ||
        !value.contains("data_offsets"))
        fail_corrupt(fmt::format("tensor {} lacks dtype, shape or data_offsets", shown(name)));
    const auto& dtype = value["dtype"];
    if (!dtype.is_string()) fail_corrupt(fmt::format("the dtype of tensor {} is not a word", shown(name)));
    const auto word = dtype.get<std::string>();
    const auto* row =
        std::find_if(kDTypes.begin(), kDTypes.end(), [&](const auto& f) { return f.name == word; });
    if (row == kDTypes.end())
        fail_corrupt(fmt::format("tensor {} has the unknown dtype \"{}\"", shown(name), shown(word)));
    entry.dtype = row->dtype;
    if (!value["shape"].is_array() || value["shape"].size() > 16)
        fail_corrupt(fmt::format("the shape of tensor {} is not a list of sides", shown(name)));
    for (const auto& side : value["shape"]) {
        const auto number = whole_number(side, fmt::format("a side of tensor {}", shown(name)));
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            fail_corrupt(fmt::format("the shape of tensor {} is too large to be true", shown(name)));
        entry.shape.push_back(static_cast<std::int64_t>(number));
    }
    const auto& offsets = value["data_offsets"];
    if (!offsets.is_array() || offsets.size() != 2)
        fail_corrupt(fmt::format("the data_offsets of tensor {} are not two numbers", shown(name)));
    entry.begin = whole_number(offsets[0], fmt::format("an offset of tensor {}", shown(name)));
    entry.end = whole_number(offsets[1], fmt::format("an offset of tensor {}", shown(name)));
    if (entry.begin > entry.end) fail_corrupt(fmt::format("tensor {} ends before it begins", shown(name)));
    std::uint64_t wanted = 0;
    if (__builtin_mul_overflow(static_cast<std::uint64_t>(checked_count(entry.shape, name)), row->bytes,
                               &wanted))
        fail_corrupt(fmt::format("the shape of tensor {} is too large to be true", shown(name)));
    if (wanted != entry.end - entry.begin)
        fail_corrupt(fmt::format("tensor {} wants {} bytes by its shape and has {} by its offsets",
                                 shown(name), wanted, entry.end - entry.begin));
    return entry;
}

Metadata parse_metadata(const Json& value) {
    Metadata metadata;
    if (!value.is_object()) fail_corrupt("its metadata is not a table");
    for (const auto& [key, text] : value.items()) {
        if (!text.is_string()) fail_corrupt(fmt::format("the metadata value of {} is not text", shown(key)));
        metadata[key] = text.get<std::string>();
    }
    return metadata;
}

// Every byte of the payload belongs to one tensor: no hole, no overlap.
void check_layout(std::vector<TensorEntry> entries, std::uint64_t payload) {
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    std::uint64_t at = 0;
    for (const auto& entry : entries) {
        if (entry.begin < at) fail_corrupt(fmt::format("tensor {} overlaps another", shown(entry.name)));
        if (entry.begin > at)
            fail_corrupt(fmt::format("there is a hole before tensor {}", shown(entry.name)));
        at = entry.end;
    }
    if (at < payload) fail_corrupt(fmt::format("{} bytes at its end belong to no tensor", payload - at));
}

// nlohmann::json keeps the last of two equal keys without a word; here it is an error, since two readers may then see
// two different files. It parses without recursion, so depth is harmless; a depth over 4 is wrong all the same. Looked
// at before the tables are built: its parser with a callback takes a time that grows with the square of their length.
class WatchTables : public nlohmann::json_sax<Json> {
  public:
    bool start_object(std::size_t) override {
        keys_.emplace_back();
        return deeper();
    }
    bool end_object() override {
        keys_.pop_back();
        --depth_;
        return true;
    }
    bool start_array(std::size_t) override { return deeper(); }
    bool end_array() override {
        --depth_;
        return true;
    }
    bool key(std::string& name) override {
        if (!keys_.back().insert(name).second)
            fail_corrupt(fmt::format("its header names {} twice", shown(name)));
        return true;
    }
    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(Json::number_integer_t) override { return true; }
    bool number_unsigned(Json::number_unsigned_t) override { return true; }
    bool number_float(Json::number_float_t, const std::string&) override { return true; }
    bool string(std::string&) override { return true; }
    bool binary(Json::binary_t&) override { return true; }
    bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

  private:
    bool deeper() {
        if (++depth_ > 4) fail_corrupt("its header is nested too deeply");
        return true;
    }

    std::vector<std::unordered_set<std::string>> keys_;  // of each table that is open
    int depth_ = 0;
};

Json parse_json(std::string_view text) {
    WatchTables watch;
    if (!Json::sax_parse(text, &watch)) return {};
    return Json::parse(text, nullptr, false);
}

std::uint64_t little_endian(std::span<const std::byte> bytes) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < 8; ++i) number |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    return number;
}

}  // namespace

std::size_t bytes_of(DType dtype) { return facts_of(dtype).bytes; }
std::string_view name_of(DType dtype) { return facts_of(dtype).name; }

std::int64_t TensorEntry::count() const {
    std::int64_t n = 1;
    for (const auto side : shape) n *= side;
    return n;
}

SafetensorsHeader parse_safetensors_header(std::span<const std::byte> file, std::uint64_t file_size) {
    if (file_size == 0) fail(ErrorCode::Corrupt, "This file is empty.", "Download it again.");
    refuse_other_kinds(file);
    if (file.size() < 8) fail_corrupt("it is shorter than the length of its header");
    const auto length = little_endian(file);
    if (length > kMaxHeader || length < 2)
        fail_corrupt(fmt::format("its header claims to be {} bytes long", length));
    if (file_size - 8 < length)
        fail(ErrorCode::Corrupt,
             fmt::format("This file is cut off: the header alone is {}, the file has {}.",
                         base::human_bytes(length), base::human_bytes(file_size)),
             "Download it again.");
    if (file.size() - 8 < length)  // only the beginning of the file is at hand
        fail(ErrorCode::Corrupt,
             fmt::format("The header of this file is {}, and only {} of it were read.",
                         base::human_bytes(length), base::human_bytes(file.size() - 8)),
             "Read the whole file, or as much of it as its header takes.");
    const std::string_view text(reinterpret_cast<const char*>(file.data()) + 8, length);
    // nlohmann passes over a byte order mark; the reference library refuses it, and two readers must not see two files.
    if (!text.starts_with('{')) fail_corrupt("its header is not a JSON table");
    const Json json = parse_json(text);
    if (!json.is_object()) fail_corrupt("its header is not a JSON table");
    SafetensorsHeader header;
    header.payload_begin = 8 + length;
    std::uint64_t end = 0;
    for (const auto& [name, value] : json.items()) {
        if (name == "__metadata__") {
            header.metadata = parse_metadata(value);
            continue;
        }
        header.entries.push_back(parse_entry(name, value));
        end = std::max(end, header.entries.back().end);
    }
    const std::uint64_t payload = file_size - header.payload_begin;
    if (end > payload)
        fail(ErrorCode::Corrupt,
             fmt::format("This file is cut off: its header promises {}, the file has {}.",
                         base::human_bytes(end + header.payload_begin), base::human_bytes(file_size)),
             "Download it again.");
    check_layout(header.entries, payload);
    return header;  // nlohmann's tables are sorted by key, so entries are sorted by name
}

SafetensorsFile::SafetensorsFile(const base::Path& path) : file_(path) {
    try {
        auto header = parse_safetensors_header(file_.bytes(), file_.bytes().size());
        payload_begin_ = header.payload_begin;
        entries_ = std::move(header.entries);
        metadata_ = std::move(header.metadata);
    } catch (const base::Error& error) {
        fail(error.code(), fmt::format("{}: {}", path.string(), error.what()), error.hint());
    }
}

const TensorEntry* SafetensorsFile::find(std::string_view name) const {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), name,
                                     [](const TensorEntry& e, std::string_view n) { return e.name < n; });
    return at != entries_.end() && at->name == name ? &*at : nullptr;
}

std::span<const std::byte> SafetensorsFile::payload() const { return file_.bytes().subspan(payload_begin_); }

std::span<const std::byte> SafetensorsFile::bytes(const TensorEntry& entry) const {
    return payload().subspan(entry.begin, entry.end - entry.begin);
}

namespace {

void sort_for_writing(std::vector<TensorToWrite>& tensors) {
    std::sort(tensors.begin(), tensors.end(), [](const auto& a, const auto& b) {
        const auto *row_a = &facts_of(a.dtype), *row_b = &facts_of(b.dtype);
        return row_a != row_b ? row_a > row_b : a.name < b.name;
    });
}

std::string header_text(const std::vector<TensorToWrite>& tensors, const Metadata& metadata) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    if (!metadata.empty()) json["__metadata__"] = metadata;
    std::uint64_t at = 0;
    for (const auto& tensor : tensors) {
        nlohmann::ordered_json entry;
        entry["dtype"] = name_of(tensor.dtype);
        entry["shape"] = tensor.shape;
        entry["data_offsets"] = {at, at + tensor.bytes.size()};
        base::expects(!json.contains(tensor.name), "two tensors of one name in one file");
        json[tensor.name] = std::move(entry);
        at += tensor.bytes.size();
    }
    std::string text = json.dump();
    while (text.size() % 8 != 0) text += ' ';
    return text;
}

}  // namespace

namespace {

// The file from its first byte to its last, in pieces. Sorted tensors.
void write_pieces(const std::vector<TensorToWrite>& tensors, const Metadata& metadata,
                  const base::ByteSink& sink) {
    const auto header = header_text(tensors, metadata);
    std::array<std::byte, 8> length{};
    for (std::size_t i = 0; i < 8; ++i)
        length[i] = static_cast<std::byte>((header.size() >> (8 * i)) & 0xFFU);
    sink(length);
    sink(std::as_bytes(std::span(header.data(), header.size())));
    for (const auto& tensor : tensors) sink(tensor.bytes);
}

}  // namespace

void write_safetensors(const base::Path& path, std::vector<TensorToWrite> tensors, const Metadata& metadata,
                       Synced synced) {
    sort_for_writing(tensors);
    const auto write = [&](const base::ByteSink& sink) { write_pieces(tensors, metadata, sink); };
    if (synced == Synced::Yes)
        base::write_whole(path, write);
    else
        base::write_unsynced(path, write);
}

std::string payload_sha256(std::vector<TensorToWrite> tensors) {
    sort_for_writing(tensors);
    base::Sha256 hash;
    for (const auto& tensor : tensors) hash.add(tensor.bytes);
    return hash.hex();
}

std::string slice_sha256(std::vector<TensorToWrite> tensors, const Metadata& metadata, std::uint64_t first,
                         std::uint64_t count) {
    sort_for_writing(tensors);
    base::Sha256 hash;
    std::uint64_t at = 0;
    write_pieces(tensors, metadata, [&](std::span<const std::byte> piece) {
        const auto begin = std::clamp<std::uint64_t>(first, at, at + piece.size()) - at;
        const auto end = std::clamp<std::uint64_t>(first + count, at, at + piece.size()) - at;
        hash.add(piece.subspan(begin, end - begin));
        at += piece.size();
    });
    return hash.hex();
}

}  // namespace lorikeet::io
