#include "io/format.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <string_view>

#include "base/path.hpp"
#include "base/text.hpp"
#include "io/bmp.hpp"

namespace lorikeet::io {
namespace {

constexpr std::size_t kHead = 64;
constexpr std::array<std::string_view, 17> kExtensions{".jpg",  ".jpeg", ".jpe", ".jfif", ".jfi", ".png",
                                                       ".apng", ".webp", ".gif", ".bmp",  ".dib", ".avif",
                                                       ".heic", ".heif", ".tif", ".tiff", ".jxl"};

using namespace std::string_view_literals;

// The kinds of the ISO base media container: which of them is told by its brands.
std::string of_container(std::string_view head) {
    if (head.size() < 12 || head.substr(4, 4) != "ftyp") return {};
    const auto brand = head.substr(8, 4), brands = head.substr(8, kHead - 8);
    if (brand == "avif" || brand == "avis") return "avif";
    if (brand == "mif1" || brand == "msf1") return brands.find("avif") != brands.npos ? "avif" : "heic";
    if (brand == "heic" || brand == "heix" || brand == "heim" || brand == "heis") return "heic";
    return {};
}

}  // namespace

std::string format_of(std::span<const std::byte> file) {
    const std::string_view head(reinterpret_cast<const char*>(file.data()), std::min(file.size(), kHead));
    if (head.starts_with("\xFF\xD8\xFF")) return "jpeg";
    if (head.starts_with("\x89PNG\r\n\x1a\n")) return "png";
    if (head.starts_with("RIFF") && head.size() >= 12 && head.substr(8, 4) == "WEBP") return "webp";
    if (head.starts_with("GIF87a") || head.starts_with("GIF89a")) return "gif";
    if (head.starts_with("II*\0"sv) || head.starts_with("MM\0*"sv) || head.starts_with("II+\0"sv) ||
        head.starts_with("MM\0+"sv))
        return "tiff";
    if (head.starts_with("\xFF\x0A") || head.starts_with("\0\0\0\x0CJXL \r\n\x87\n"sv)) return "jxl";
    if (is_bmp(file)) return "bmp";
    return of_container(head);
}

std::string format_of_file(const base::Path& path) {
    if (!base::is_file(path)) return {};
    std::array<char, kHead> head{};
    std::ifstream file(path, std::ios::binary);
    file.read(head.data(), head.size());
    auto format = format_of(std::as_bytes(std::span(head.data(), static_cast<std::size_t>(file.gcount()))));
    if (format == "bmp" && !has_image_extension(path)) return {};
    return format;
}

bool has_image_extension(const base::Path& path) {
    const auto extension = base::to_lower(path.extension().string());
    return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

}  // namespace lorikeet::io
