#include "io/tensorboard.hpp"

#include <array>
#include <atomic>
#include <bit>

#include <fmt/format.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/error.hpp"

namespace lorikeet::io {
namespace {

constexpr double kFlushEvery = 5;  // seconds

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1U) ^ ((value & 1U) != 0 ? 0x82F63B78U : 0U);
        table[i] = value;
    }
    return table;
}();

// CRC-32C, then TensorFlow's mask, which keeps a checksum of data that holds checksums sound.
std::uint32_t masked_crc(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : bytes) crc = kCrcTable[(crc ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (crc >> 8U);
    crc = ~crc;
    return std::rotr(crc, 15) + 0xA282EAD8U;
}

template <typename Number>
std::string bytes_upwards(Number number) {
    std::string bytes;
    for (std::size_t i = 0; i < sizeof(Number); ++i) bytes += static_cast<char>((number >> (8 * i)) & 0xFFU);
    return bytes;
}

// Protocol buffers: a field is its number and kind, then its value.
std::string varint(std::uint64_t number) {
    std::string bytes;
    for (; number >= 0x80; number >>= 7U) bytes += static_cast<char>((number & 0x7FU) | 0x80U);
    bytes += static_cast<char>(number);
    return bytes;
}
std::string field_double(char number, double value) {
    return static_cast<char>(number << 3 | 1) + bytes_upwards(std::bit_cast<std::uint64_t>(value));
}
std::string field_float(char number, float value) {
    return static_cast<char>(number << 3 | 5) + bytes_upwards(std::bit_cast<std::uint32_t>(value));
}
std::string field_whole(char number, std::int64_t value) {
    return static_cast<char>(number << 3) + varint(static_cast<std::uint64_t>(value));
}
std::string field_bytes(char number, std::string_view bytes) {
    return static_cast<char>(number << 3 | 2) + varint(bytes.size()) + std::string(bytes);
}

base::Path file_name() {
    static std::atomic<int> count{0};
    char host[256] = "localhost";
    ::gethostname(host, sizeof host - 1);
    return fmt::format("events.out.tfevents.{:010}.{}.{}.{}", static_cast<std::int64_t>(base::unix_seconds()),
                       host, ::getpid(), count++);
}

}  // namespace

std::string tensorboard_version_event(double unix_seconds) {
    return field_double(1, unix_seconds) + field_bytes(3, "brain.Event:2");
}

std::string tensorboard_scalar_event(double unix_seconds, std::string_view tag, std::int64_t step,
                                     double value) {
    const auto point = field_bytes(1, tag) + field_float(2, static_cast<float>(value));
    auto event = field_double(1, unix_seconds);
    if (step != 0) event += field_whole(2, step);  // a zero is the default, and not written
    return event + field_bytes(5, field_bytes(1, point));
}

std::string tensorboard_record(std::string_view event) {
    const auto length = bytes_upwards(static_cast<std::uint64_t>(event.size()));
    return length + bytes_upwards(masked_crc(length)) + std::string(event) + bytes_upwards(masked_crc(event));
}

TensorboardWriter::TensorboardWriter(const base::Path& folder) {
    std::error_code trouble;
    std::filesystem::create_directories(folder, trouble);
    path_ = folder / file_name();
    file_.open(path_, std::ios::binary);
    write(tensorboard_version_event(base::unix_seconds()));
    flush();
}

void TensorboardWriter::scalar(std::string_view tag, std::int64_t step, double value) {
    const auto now = base::unix_seconds();
    write(tensorboard_scalar_event(now, tag, step, value));
    if (now - flushed_at_ > kFlushEvery) flush();
}

void TensorboardWriter::write(std::string_view event) {
    const auto record = tensorboard_record(event);
    file_.write(record.data(), static_cast<std::streamsize>(record.size()));
}

void TensorboardWriter::flush() {
    file_.flush();
    flushed_at_ = base::unix_seconds();
    if (!file_)
        base::fail(base::ErrorCode::Io, fmt::format("Could not write {}.", path_.string()),
                   "See that the disk has space and the folder may be written to.");
}

}  // namespace lorikeet::io
