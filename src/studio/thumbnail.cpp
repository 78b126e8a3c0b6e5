#include "studio/thumbnail.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "base/error.hpp"
#include "base/path.hpp"
#include "data/decoding.hpp"
#include "data/loader.hpp"
#include "io/jpeg.hpp"
#include "io/resample.hpp"

namespace lorikeet::studio {

namespace fs = std::filesystem;

namespace {

constexpr int kQuality = 85;
constexpr std::size_t kFolderDigits = 2, kNameDigits = 30;
constexpr const char* kEnding = ".jpg";

base::Path thumbnails_of(const base::Path& folder) {
    return folder / data::kCacheFolderName / kThumbnailFolderName;
}

bool is_hex(std::string_view text) {
    return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool has_name_of_thumbnail(const fs::directory_entry& entry) {
    const auto name = entry.path().filename().string();
    std::error_code trouble;
    return name.size() == kNameDigits + 4 && is_hex(std::string_view(name).substr(0, kNameDigits)) &&
           name.ends_with(kEnding) && entry.symlink_status(trouble).type() == fs::file_type::regular;
}

base::Path cache_file(const base::Path& folder, const std::string& name) {
    std::error_code trouble;
    const auto size = fs::file_size(folder / name, trouble);
    const auto changed = fs::last_write_time(folder / name, trouble).time_since_epoch().count();
    const auto key = base::sha256(fmt::format("1|{}|{}|{}|{}", kThumbnailPx, name, size, changed));
    return thumbnails_of(folder) / key.substr(0, kFolderDigits) /
           (key.substr(kFolderDigits, kNameDigits) + kEnding);
}

// Empty where there is none, or one that was cut off.
std::string kept(const base::Path& file) {
    if (!base::is_file(file)) return {};
    auto bytes = base::read_text(file);
    return bytes.starts_with("\xFF\xD8") && bytes.ends_with("\xFF\xD9") ? bytes : std::string();
}

// Not synced to the disk: what a power cut leaves half written is seen by its end and made again.
void keep(const base::Path& file, const std::string& bytes) {
    static std::atomic<unsigned> made = 0;
    std::error_code trouble;
    fs::create_directories(file.parent_path(), trouble);
    auto temporary = file;
    temporary += fmt::format(".{}-{}.tmp", ::getpid(), ++made);
    std::ofstream(temporary, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    fs::rename(temporary, file, trouble);
    if (trouble) fs::remove(temporary, trouble);
}

// Row by row, so that a huge image is not in memory as a whole.
io::Image shrunk(const base::Path& path) {
    const base::MappedFile file(path);
    const auto facts = io::peek_image(file.bytes(), path.string());
    const data::DecodingTurn turn(facts.decoding_bytes);
    const auto longest = std::max(facts.width_px, facts.height_px);
    if (longest <= kThumbnailPx) return io::decode_image(file.bytes(), path.string());
    const auto scaled = [&](std::int64_t side) {
        return std::max<std::int64_t>(1, (side * kThumbnailPx + longest / 2) / longest);
    };
    io::Resizing resizing{
        facts.width_px,  facts.height_px, scaled(facts.width_px), scaled(facts.height_px), {},
        io::Filter::Area};
    resizing.part = {0, 0, resizing.to_width_px, resizing.to_height_px};
    io::ResizedPart part(resizing);
    io::read_rows(file.bytes(), path.string(), [&](auto y, auto rgb) { part.add_row(y, rgb); });
    return part.result();
}

}  // namespace

std::vector<base::Path> list_thumbnails(const base::Path& folder, const base::Cancel& cancel) {
    std::vector<base::Path> files;
    std::error_code trouble;
    for (auto at = fs::directory_iterator(thumbnails_of(folder), trouble);
         !trouble && at != fs::directory_iterator(); at.increment(trouble)) {
        const auto digits = at->path().filename().string();
        std::error_code unknown;
        if (digits.size() != kFolderDigits || !is_hex(digits) ||
            at->symlink_status(unknown).type() != fs::file_type::directory)
            continue;
        cancel.throw_if_stopped();
        for (auto in = fs::directory_iterator(at->path(), unknown);
             !unknown && in != fs::directory_iterator(); in.increment(unknown))
            if (has_name_of_thumbnail(*in)) files.push_back(in->path());
    }
    return files;
}

std::string thumbnail(const base::Path& folder, const std::string& name) {
    const auto file = cache_file(folder, name);
    if (auto bytes = kept(file); !bytes.empty()) return bytes;
    auto bytes = io::encode_jpeg(shrunk(folder / name), kQuality);
    keep(file, bytes);
    return bytes;
}

}  // namespace lorikeet::studio
