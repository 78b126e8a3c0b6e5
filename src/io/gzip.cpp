#include "io/gzip.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include "base/error.hpp"

namespace lorikeet::io {

namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window, with gzip's own header
constexpr std::size_t kStep = std::size_t{1} << 20U;

struct Inflater {
    z_stream stream{};
    Inflater() { base::expects(inflateInit2(&stream, kGzipWindow) == Z_OK, "zlib starts"); }
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;
};

}  // namespace

std::string read_gzip(const base::Path& path, std::size_t most_bytes) {
    auto packed = base::read_text(path);
    Inflater inflater;
    auto& stream = inflater.stream;
    stream.next_in = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_in = static_cast<uInt>(packed.size());
    std::string text;
    int status = Z_OK;
    while (status == Z_OK) {
        const auto begin = text.size();
        text.resize(begin + kStep);
        stream.next_out = reinterpret_cast<Bytef*>(text.data() + begin);
        stream.avail_out = static_cast<uInt>(kStep);
        status = inflate(&stream, Z_NO_FLUSH);
        text.resize(text.size() - stream.avail_out);
        if (text.size() > most_bytes) {
            base::fail(base::ErrorCode::Unsupported,
                       fmt::format("{} unpacks to more than {} bytes.", path.string(), most_bytes),
                       "It is not the file that is wanted here; check the path.");
        }
    }
    if (status != Z_STREAM_END) {
        base::fail(base::ErrorCode::Corrupt, fmt::format("{} is not a whole gzip file.", path.string()),
                   "It is damaged or was cut off while it was copied; fetch it again.");
    }
    return text;
}

}  // namespace lorikeet::io
