#include "studio/event_tail.hpp"

#include <algorithm>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "train/run_log.hpp"

namespace lorikeet::studio {

namespace {

constexpr std::size_t kMostAtOnce = 4 << 20;  // bytes: some 12,000 steps

class Opened {
  public:
    explicit Opened(const base::Path& file) : fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~Opened() {
        if (fd >= 0) ::close(fd);
    }
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;
    int fd;
};

std::string read_at(int fd, std::uint64_t offset, std::size_t most) {
    std::string bytes(most, '\0');
    const auto n = ::pread(fd, bytes.data(), most, static_cast<off_t>(offset));
    bytes.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return bytes;
}

}  // namespace

LineTail::Look LineTail::look() {
    Look look;
    const Opened file(file_);
    struct stat facts {};
    if (file.fd < 0 || ::fstat(file.fd, &facts) != 0) {
        look.replaced = offset_ > 0;  // it was there, and is gone
        offset_ = 0;
        half_.clear();
        return look;
    }
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    const bool other = node_ != 0 && (node_ != facts.st_ino || device_ != facts.st_dev);
    if (other || size < offset_) {
        look.replaced = true;
        offset_ = 0;
        half_.clear();
    }
    node_ = facts.st_ino;
    device_ = facts.st_dev;
    if (size == offset_) return look;
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(size - offset_, kMostAtOnce));
    const auto bytes = read_at(file.fd, offset_, most);
    offset_ += bytes.size();
    look.more = offset_ < size && !bytes.empty();
    half_ += bytes;
    std::size_t begin = 0;
    for (auto end = half_.find('\n'); end != std::string::npos; end = half_.find('\n', begin)) {
        look.lines.push_back(half_.substr(begin, end - begin));
        begin = end + 1;
    }
    half_.erase(0, begin);
    return look;
}

Parsed parse_events(const std::vector<std::string>& lines) {
    Parsed parsed;
    for (const auto& line : lines) {
        if (base::trim(line).empty()) continue;
        try {
            parsed.events.push_back(train::parse_json_line(line));
        } catch (const base::Error&) {
            ++parsed.strange;  // a killed process may have left half a line
        }
    }
    return parsed;
}

std::string event_line(const base::Event& event) { return train::to_json_line(event, base::unix_seconds()); }

std::vector<std::string> last_lines(const base::Path& path, std::size_t count) {
    constexpr std::uint64_t kBytesALine = 400;
    const Opened file(path);
    struct stat facts {};
    if (file.fd < 0 || ::fstat(file.fd, &facts) != 0) return {};
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    const auto wanted = std::min<std::uint64_t>(size, kBytesALine * (count + 1));
    auto lines = base::split(read_at(file.fd, size - wanted, static_cast<std::size_t>(wanted)), "\n");
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    if (wanted < size && !lines.empty()) lines.erase(lines.begin());  // it was cut
    if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
    return lines;
}

}  // namespace lorikeet::studio
