#include "cli/console.hpp"

#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.hpp"

namespace lorikeet::cli {

namespace {

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

// The first of these that is set decides, as the C library has it.
bool locale_is_utf8() {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
        const std::string value = base::to_lower(environment(name));
        if (!value.empty())
            return value.find("utf-8") != std::string::npos || value.find("utf8") != std::string::npos;
    }
    return false;
}

int width_of(int descriptor) {
    winsize size{};
    if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
    const int columns = std::atoi(environment("COLUMNS").c_str());
    return columns > 0 ? columns : 80;
}

struct Letter {
    char32_t point = 0;
    std::size_t bytes = 1;
};

Letter letter_at(std::string_view text, std::size_t at) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(at);
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (bytes == 1 || at + bytes > text.size()) return {first, 1};
    char32_t point = first & (0xFFu >> (bytes + 1));
    for (std::size_t i = 1; i < bytes; ++i) point = (point << 6) | (byte(at + i) & 0x3Fu);
    return {point, bytes};
}

int columns_of_letter(char32_t point) {
    if ((point >= 0x300 && point <= 0x36F) || point == 0x200D || (point >= 0xFE00 && point <= 0xFE0F))
        return 0;
    const bool wide = (point >= 0x1100 && point <= 0x115F) || (point >= 0x2E80 && point <= 0xA4CF) ||
                      (point >= 0xAC00 && point <= 0xD7A3) || (point >= 0xF900 && point <= 0xFAFF) ||
                      (point >= 0xFE30 && point <= 0xFE6F) || (point >= 0xFF00 && point <= 0xFF60) ||
                      (point >= 0x1F300 && point <= 0x1FAFF) || (point >= 0x20000 && point <= 0x3FFFD);
    return wide ? 2 : 1;
}

}  // namespace

Screen screen_of(int descriptor) {
    const bool terminal = ::isatty(descriptor) == 1 && environment("TERM") != "dumb";
    Screen screen;
    screen.live = terminal;
    screen.colour = terminal && environment("NO_COLOR").empty();
    screen.unicode = locale_is_utf8();
    screen.width = width_of(descriptor);
    return screen;
}

std::string inked(Ink ink, std::string_view text, const Screen& screen) {
    if (!screen.colour) return std::string(text);
    int code = 1;
    switch (ink) {
        case Ink::Bold: code = 1; break;
        case Ink::Dim: code = 2; break;
        case Ink::Red: code = 31; break;
        case Ink::Yellow: code = 33; break;
        case Ink::Green: code = 32; break;
    }
    return fmt::format("\x1b[{}m{}\x1b[0m", code, text);
}

int columns_of(std::string_view text) {
    int columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Letter letter = letter_at(text, at);
        columns += columns_of_letter(letter.point);
        at += letter.bytes;
    }
    return columns;
}

std::string fit(std::string_view text, int columns) {
    if (columns_of(text) <= columns) return std::string(text);
    const int room = columns - 3;
    if (room < 0) return std::string(static_cast<std::size_t>(std::max(columns, 0)), '.');
    std::size_t at = 0;
    for (int used = 0; at < text.size();) {
        const Letter letter = letter_at(text, at);
        used += columns_of_letter(letter.point);
        if (used > room) break;
        at += letter.bytes;
    }
    return std::string(text.substr(0, at)) + "...";
}

}  // namespace lorikeet::cli
