#include "base/path.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <vector>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace lorikeet::base {

namespace fs = std::filesystem;

bool is_there(const Path& path) noexcept {
    std::error_code no;
    return fs::exists(path, no);
}

bool is_file(const Path& path) noexcept {
    std::error_code no;
    return fs::is_regular_file(path, no);
}

bool is_folder(const Path& path) noexcept {
    std::error_code no;
    return fs::is_directory(path, no);
}

std::optional<std::uint64_t> bytes_in(const Path& file) noexcept {
    std::error_code no;
    const auto size = fs::file_size(file, no);
    return no ? std::nullopt : std::optional<std::uint64_t>(size);
}

namespace {

// No-break and zero-width blanks, the byte order mark, and the marks that Windows puts around a copied path.
constexpr std::array<std::string_view, 12> kInvisible{
    "\xC2\xA0",     "\xEF\xBB\xBF", "\xE2\x80\x8B", "\xE2\x80\x8E", "\xE2\x80\x8F", "\xE2\x80\xAA",
    "\xE2\x80\xAB", "\xE2\x80\xAC", "\xE2\x80\xAD", "\xE2\x80\xAE", "\xE2\x81\xA0", "\xE2\x80\xAF"};

struct Quotes {
    std::string_view open, close;
};
constexpr std::array<Quotes, 4> kQuotes{
    {{"\"", "\""}, {"'", "'"}, {"\xE2\x80\x9C", "\xE2\x80\x9D"}, {"\xE2\x80\x98", "\xE2\x80\x99"}}};

std::string_view without_blanks(std::string_view text) {
    for (bool again = true; again;) {
        again = false;
        text = trim(text);
        for (const auto mark : kInvisible) {
            if (text.starts_with(mark)) text.remove_prefix(mark.size()), again = true;
            if (text.ends_with(mark)) text.remove_suffix(mark.size()), again = true;
        }
    }
    return text;
}

std::string_view without_quotes(std::string_view text) {
    for (const auto& [open, close] : kQuotes)
        if (text.size() >= open.size() + close.size() && text.starts_with(open) && text.ends_with(close))
            return text.substr(open.size(), text.size() - open.size() - close.size());
    return text;
}

int digit_of(char c) { return std::isdigit(static_cast<unsigned char>(c)) ? c - '0' : (c | 0x20) - 'a' + 10; }

// %20 and its like, as programs write them into file:// addresses.
std::string without_percents(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded = text[i] == '%' && i + 2 < text.size() &&
                           std::isxdigit(static_cast<unsigned char>(text[i + 1])) &&
                           std::isxdigit(static_cast<unsigned char>(text[i + 2]));
        plain += coded ? static_cast<char>(digit_of(text[i + 1]) * 16 + digit_of(text[i + 2])) : text[i];
        if (coded) i += 2;
    }
    return plain;
}

std::string with_home(std::string text) {
    const char* home = std::getenv("HOME");
    const bool asks = text == "~" || text.starts_with("~/");
    if (!asks || home == nullptr || *home == '\0') return text;
    return home + text.substr(1);
}

// Where "C:\" or "C:/" begins in a path, also behind the folder that it was put into; npos where it does not.
std::size_t drive_in(std::string_view path) {
    for (std::size_t at = 0; at + 2 < path.size(); ++at) {
        const bool begins = at == 0 || path[at - 1] == '/';
        if (begins && std::isalpha(static_cast<unsigned char>(path[at])) && path[at + 1] == ':' &&
            (path[at + 2] == '\\' || path[at + 2] == '/'))
            return at;
    }
    return std::string_view::npos;
}

bool is_of_windows(std::string_view path) {
    return drive_in(path) != std::string_view::npos || path.find('\\') != std::string_view::npos;
}

// What stands for it here: "./data" for ".\data", "/mnt/c/data" for "C:\data" where Windows' disks are there.
std::string hint_for_windows(std::string_view path) {
    const auto drive = drive_in(path);
    if (drive == std::string_view::npos)
        return fmt::format("This is a path of Windows. Here it would be {}.",
                           replace_all(std::string(path), "\\", "/"));
    const auto disk = fmt::format("/mnt/{}", to_lower(path.substr(drive, 1)));
    if (!is_there(disk))
        return "This is a path on your own computer, and this machine does not see its files. Upload the "
               "folder to this machine, and name it as it is called here.";
    return fmt::format("This is a path of Windows. Here it would be {}{}.", disk,
                       replace_all(std::string(path.substr(drive + 2)), "\\", "/"));
}

std::string shown_controls(std::string_view path) {
    std::string text;
    constexpr std::string_view kControls = "\a\b\t\n\v\f\r", kLetters = "abtnvfr";
    for (const char c : path) {
        const auto at = c == '\0' ? std::string_view::npos : kControls.find(c);
        text += at == std::string_view::npos ? std::string(1, c) : std::string{'\\', kLetters[at]};
    }
    return text;
}

bool has_control(std::string_view path) {
    return std::any_of(path.begin(), path.end(), [](char c) { return c > 0 && c < 0x20; });
}

// The nearest name in the folder that it should be in; other letters' case counts as nearest of all.
std::optional<std::string> neighbour_of(const Path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : Path(".");
    const auto wanted = path.filename().string();
    std::vector<std::string> names;
    std::error_code trouble;
    constexpr std::size_t kMost = 2000;  // names looked at
    for (auto at = fs::directory_iterator(folder, trouble);
         !trouble && at != fs::directory_iterator() && names.size() < kMost; at.increment(trouble)) {
        names.push_back(at->path().filename().string());
        if (to_lower(names.back()) == to_lower(wanted)) return (path.parent_path() / names.back()).string();
    }
    constexpr std::size_t kLongest = 80;  // the comparison takes the product of both lengths
    std::erase_if(names, [](const std::string& name) { return name.size() > kLongest; });
    const auto near = wanted.size() > kLongest ? std::nullopt : nearest(wanted, names);
    return near ? std::optional((path.parent_path() / *near).string()) : std::nullopt;
}

// "my\ pics" as a terminal completes it: each backslash stands in front of a sign that a shell would read otherwise.
std::string without_escapes(std::string text) {
    constexpr std::string_view kSpecial = " ()[]{}&'\"!$;*?<>|#~`";
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            if (i + 1 >= text.size() || kSpecial.find(text[i + 1]) == std::string_view::npos) return text;
            ++i;
        }
        plain += text[i];
    }
    return plain == text || is_there(text) ? text : plain;
}

}  // namespace

std::string clean_typed_path(std::string_view typed) {
    auto text = without_blanks(without_quotes(without_blanks(typed)));
    constexpr std::string_view kScheme = "file:///";
    if (text.starts_with(kScheme)) return without_percents(text.substr(kScheme.size() - 1));
    return with_home(without_escapes(std::string(text)));
}

bool is_web_address(std::string_view typed) {
    const auto text = without_blanks(without_quotes(without_blanks(typed)));
    const auto colon = text.find("://");
    if (colon == std::string_view::npos || colon < 2) return false;  // a single letter is a disk of Windows
    const auto scheme = to_lower(text.substr(0, colon));
    constexpr std::string_view kOfSchemes = "abcdefghijklmnopqrstuvwxyz0123456789+.-";
    return scheme != "file" && scheme.find_first_not_of(kOfSchemes) == std::string::npos;
}

void fail_for_web_address(std::string_view typed) {
    fail(ErrorCode::InvalidInput, fmt::format("{} is an address on the web.", without_blanks(typed)),
         std::string(kNotOnTheWeb));
}

std::string hint_for_missing(std::string_view path) {
    if (has_control(path)) {
        const auto meant = shown_controls(path);
        return fmt::format(
            "In double quotes a backslash and a letter make one sign, such as a tab. Write the path in "
            "single "
            "quotes ('{}') or with forward slashes ({}).",
            meant, replace_all(meant, "\\", "/"));
    }
    if (path.find("://") != std::string_view::npos)
        return "That is an address on the web: download the file, and name it here.";
    if (is_of_windows(path)) return hint_for_windows(path);
    if (path.starts_with('~')) return "~ alone stands for your own home folder; write the path in full.";
    Path wanted(path);
    if (!wanted.has_filename()) wanted = wanted.parent_path();  // a slash at its end
    if (const auto near = neighbour_of(wanted)) return fmt::format("Did you mean {}?", *near);
    return "Check the path.";
}

}  // namespace lorikeet::base
