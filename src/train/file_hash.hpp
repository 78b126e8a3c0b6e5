// The SHA-256 of a large file, worked out beside a training without slowing it: in a thread that gets only the time that
// nobody else wants. Whoever needs it now goes on with it himself from where that thread is.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/file.hpp"
#include "base/held_file.hpp"

namespace lorikeet::train {

class FileHash {
  public:
    // Nothing is read before start().
    explicit FileHash(std::shared_ptr<const base::HeldFile> file);
    ~FileHash();
    FileHash(const FileHash&) = delete;
    FileHash& operator=(const FileHash&) = delete;

    void start();
    // The hash, when it is there already.
    std::optional<std::string> try_get();
    // The hash; empty where it cannot be told, and then why() says the reason, a sentence.
    std::string get();
    const std::string& why() const { return why_; }

  private:
    void work(bool beside);

    std::shared_ptr<const base::HeldFile> file_;
    base::Sha256 hash_;
    std::uint64_t offset_ = 0;
    std::atomic<bool> done_{false}, hand_over_{false};
    std::string result_, why_;
    std::thread thread_;
};

}  // namespace lorikeet::train
