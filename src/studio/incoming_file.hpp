// A file that comes in pieces: written beside its place under a hidden name, and given its own name when it is whole and
// its SHA-256 is right. What came before a cut is kept and gone on from.
//
// Its name on the way is ".<name>.<bytes>.part"; one program at a time holds it.
// Throws   Error{Conflict} when another one holds it or when something took its place meanwhile, Error{Corrupt} when the
//          hash differs (what came is dropped then), Error{NoSpace}, Error{Io}.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace lorikeet::studio {

class IncomingFile {
  public:
    IncomingFile(const base::Path& place, std::uint64_t bytes);
    ~IncomingFile();
    IncomingFile(const IncomingFile&) = delete;
    IncomingFile& operator=(const IncomingFile&) = delete;

    std::uint64_t bytes() const { return bytes_; }
    std::uint64_t there() const { return there_; }               // of them
    const std::string& sha256_so_far() const { return found_; }  // of those that were there at the beginning
    void begin_again();                                          // nothing of it counts
    // A piece that does not begin where the last one ended is passed over: it came twice, or one before it got lost.
    void add(std::uint64_t offset, std::string_view piece);
    void finish(std::string_view sha256);
    void drop();  // nothing of it stays

  private:
    void open();
    void hash_what_is_there();

    base::Path place_, part_;
    std::uint64_t bytes_ = 0, there_ = 0;
    int descriptor_ = -1;
    std::string found_;
    std::unique_ptr<base::Sha256> hash_;
};

}  // namespace lorikeet::studio
