// One message of the Jupyter protocol as bytes on a socket, and back.
//
// Frames: identities..., "<IDS|MSG>", signature, header, parent header, metadata, content, buffers...
// The signature is HMAC-SHA256 over the four JSON frames, with the key of the connection file.
// Source   https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lorikeet::kernel {

// The JSON parts stay the text they came as: a header goes back as the parent of what answers it, byte for byte.
struct Message {
    std::vector<std::string> identities;  // whom a socket sends it to; on iopub its topic
    std::string type;                     // what the header says
    std::string header;
    std::string parent = "{}";
    std::string metadata = "{}";
    std::string content = "{}";
    std::vector<std::string> buffers;
    std::string complaint;  // why the content of a received message cannot be read; empty when it can
};

using Frames = std::vector<std::string>;

class Wire {
  public:
    // An empty key: nothing is signed, nothing is checked.
    explicit Wire(std::string key) : key_(std::move(key)) {}

    // Nothing for what is not signed by the key or has no header to answer to. A message of ours in every other way is
    // returned with a complaint: its sender waits for an answer.
    std::optional<Message> try_parse(const Frames& frames) const;
    Frames to_frames(const Message& message) const;
    // Of the four JSON frames; 64 hexadecimal digits, none without a key.
    std::string sign(std::string_view header, std::string_view parent, std::string_view metadata,
                     std::string_view content) const;

  private:
    std::string key_;
};

}  // namespace lorikeet::kernel
