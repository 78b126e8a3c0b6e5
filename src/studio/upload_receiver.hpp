// The receiving end of an upload: what is offered is planned, and files that come whole or in pieces get their place.
//
// Every call may come a second time, since a window whose answer got lost asks again: nothing is written twice.
// Used by one thread at a time.
// Throws   Error{NotFound} for a piece of a file that was not begun here (the program was started again since): begin it
//          again. Else what IncomingFile throws, and Error{InvalidInput} for a name that is not a safe one.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "studio/incoming_file.hpp"
#include "studio/upload_plan.hpp"

namespace lorikeet::studio {

class UploadReceiver {
  public:
    explicit UploadReceiver(UploadPlace place);

    std::vector<std::size_t> to_compare(const std::vector<OfferedFile>& offer) const;
    // Names of files that are taken are held for `owner` (a window) until they are here or let go.
    std::vector<PlannedFile> plan(const std::string& owner, const std::vector<OfferedFile>& offer);
    void release(const std::string& owner);  // nothing more comes from it; what came is kept for the next try

    struct Begun {
        std::uint64_t offset = 0;  // bytes that are there
        std::string sha256;        // of these
        bool placed = false;       // a whole file of this name and size is there
    };
    enum class From { WhatIsThere, Nothing };
    struct Key {
        std::string owner;
        std::int64_t file = 0;  // the owner's own number for it
        auto operator<=>(const Key&) const = default;
    };
    Begun begin(const Key& key, const std::string& name, std::uint64_t bytes, From from);
    // The bytes that are there now. A piece out of turn is passed over.
    std::uint64_t add(const Key& key, std::uint64_t offset, std::string_view piece);
    void finish(const Key& key, const std::string& name,
                std::string_view sha256);  // right also when it is here already
    // A small file in one message.
    void whole(const std::string& name, std::string_view bytes, std::string_view sha256);
    void let_go(const std::string& name);                // it will not come
    void drop(const Key& key, const std::string& name);  // nor stays what came of it

  private:
    base::Path place_for(const std::string& name) const;

    UploadPlace place_;
    struct Coming {
        std::string name;
        std::unique_ptr<IncomingFile> file;
    };
    std::map<Key, Coming> coming_;
    std::map<std::string, std::string> held_;  // name -> owner
};

}  // namespace lorikeet::studio
