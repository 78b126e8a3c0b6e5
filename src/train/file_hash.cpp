#include "train/file_hash.hpp"

#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <sched.h>

#include "base/error.hpp"

namespace lorikeet::train {

FileHash::FileHash(std::shared_ptr<const base::HeldFile> file) : file_(std::move(file)) {}

FileHash::~FileHash() {
    hand_over_ = true;
    if (thread_.joinable()) thread_.join();
}

void FileHash::start() {
    if (thread_.joinable() || done_) return;
    try {
        thread_ = std::thread([this] {
            const sched_param lowest{};
            ::sched_setscheduler(0, SCHED_IDLE, &lowest);  // of this thread alone
            work(true);
        });
    } catch (const std::system_error&) {
        // No room for another thread: tried again at the next call, and get() does without.
    }
}

void FileHash::work(bool beside) {
    constexpr std::size_t kPart = 1 << 20;  // bytes
    try {
        std::vector<std::byte> part(kPart);
        while (!(beside && hand_over_)) {
            const auto count = file_->read(offset_, part);
            if (count == 0) {
                if (file_->is_unchanged())
                    result_ = hash_.hex();
                else
                    why_ = fmt::format("{} was written over during the run.", file_->path().string());
                done_ = true;
                return;
            }
            hash_.add(std::span(part).first(count));
            offset_ += count;
        }
    } catch (const base::Error& error) {
        why_ = error.what();
        done_ = true;
    } catch (const std::exception& error) {  // no memory for the buffer
        why_ = fmt::format("{} could not be read: {}.", file_->path().string(), error.what());
        done_ = true;
    }
}

std::optional<std::string> FileHash::try_get() {
    if (!done_) return std::nullopt;
    if (thread_.joinable()) thread_.join();
    return result_;
}

std::string FileHash::get() {
    hand_over_ = true;
    if (thread_.joinable()) thread_.join();
    if (!done_) work(false);
    return result_;
}

}  // namespace lorikeet::train
