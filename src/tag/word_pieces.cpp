#include "tag/word_pieces.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/path.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"

namespace lorikeet::tag {

namespace {

constexpr std::string_view kUnknownPiece = "[UNK]";
constexpr std::string_view kInsideWord = "##";
constexpr std::size_t kLongestWord = 100;  // longer ones are unknown
constexpr std::int64_t kMostPieces = 1'000'000;
constexpr std::array<std::string_view, 5> kSpecialPieces{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};

[[noreturn]] void fail_vocabulary(const std::string& name, const std::string& what) {
    base::fail(base::ErrorCode::Corrupt, fmt::format("{} is no vocabulary of word pieces: {}.", name, what),
               "Download it again, from where model.safetensors came from.");
}

// What a text should be, and is.
void expect_only(const nlohmann::json& json, const char* key, const nlohmann::json& value,
                 const std::string& name) {
    if (json.contains(key) && json[key] != value)
        base::fail(base::ErrorCode::Unsupported,
                   fmt::format("{}: \"{}\" = {} is not built.", name, key,
                               base::printable_start(json[key].dump(), 80)),
                   "Take a BLIP captioner of Salesforce, or one trained from it.");
}

bool is_blank_letter(char letter) {
    return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
}
bool is_mark(char letter) {
    return (letter >= '!' && letter <= '/') || (letter >= ':' && letter <= '@') ||
           (letter >= '[' && letter <= '`') || (letter >= '{' && letter <= '~');
}

// Blanks before punctuation and parts of words go.
std::string tidied(std::string text, bool is_piece) {
    using Pair = std::pair<std::string_view, std::string_view>;
    static constexpr std::array<Pair, 11> kTidy{{{" .", "."},
                                                 {" ?", "?"},
                                                 {" !", "!"},
                                                 {" ,", ","},
                                                 {" ' ", "'"},
                                                 {" n't", "n't"},
                                                 {" 'm", "'m"},
                                                 {" do not", " don't"},
                                                 {" 's", "'s"},
                                                 {" 've", "'ve"},
                                                 {" 're", "'re"}}};
    for (const auto& [from, to] : kTidy)
        if (is_piece || from != " do not") text = base::replace_all(std::move(text), from, to);
    return text;
}

}  // namespace

WordPieces WordPieces::from_folder(const base::Path& folder) {
    for (const auto* file : {"tokenizer.json", "vocab.txt"}) {
        const auto path = folder / file;
        if (!base::is_file(path)) continue;
        const auto name = base::printable(path.string());
        const auto text = base::read_text(path);
        return std::string_view(file) == "vocab.txt" ? from_list(text, name) : from_json(text, name);
    }
    base::fail(base::ErrorCode::NotFound,
               fmt::format("The folder of the captioner, {}, has no tokenizer.json and no vocab.txt.",
                           base::printable(folder.string())),
               "Download one of them from where model.safetensors came from.");
}

WordPieces WordPieces::from_json(std::string_view text, const std::string& name) {
    const auto json = nlohmann::json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("model") || !json["model"].is_object() ||
        !json["model"].contains("vocab") || !json["model"]["vocab"].is_object())
        fail_vocabulary(name, "it is not JSON with model.vocab");
    const auto& model = json["model"];
    expect_only(model, "type", "WordPiece", name);
    expect_only(model, "continuing_subword_prefix", kInsideWord, name);
    expect_only(model, "unk_token", kUnknownPiece, name);
    expect_only(model, "max_input_chars_per_word", kLongestWord, name);
    WordPieces pieces;
    const auto take = [&](const std::string& piece, const nlohmann::json& id) {
        if (!id.is_number_integer()) fail_vocabulary(name, "a number of a piece is none");
        pieces.take(piece, id.get<std::int64_t>(), name);
        return id.get<std::int64_t>();
    };
    for (const auto& [piece, id] : model["vocab"].items()) take(piece, id);
    if (json.contains("added_tokens") && json["added_tokens"].is_array())
        for (const auto& added : json["added_tokens"]) {
            if (!added.is_object() || !added.contains("id") || !added.contains("content") ||
                !added["content"].is_string())
                fail_vocabulary(name, "an added token is none");
            const auto id = take(added["content"].get<std::string>(), added["id"]);
            if (added.value("special", false)) pieces.special_.insert(id);
        }
    if (json.contains("normalizer") && json["normalizer"].is_object()) {
        expect_only(json["normalizer"], "type", "BertNormalizer", name);
        pieces.lower_ = json["normalizer"].value("lowercase", true);
    }
    pieces.finish(name);
    return pieces;
}

WordPieces WordPieces::from_list(std::string_view lines, const std::string& name) {
    if (!base::is_utf8(lines)) fail_vocabulary(name, "it is not UTF-8 text");
    WordPieces pieces;
    std::int64_t number = 0;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        auto piece = lines.substr(0, end);
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        if (piece.ends_with('\r')) piece.remove_suffix(1);
        pieces.take(std::string(piece), number++, name);
    }
    for (const auto special : kSpecialPieces) {
        const auto at = pieces.ids_.find(std::string(special));
        if (at != pieces.ids_.end()) pieces.special_.insert(at->second);
    }
    pieces.finish(name);
    return pieces;
}

void WordPieces::take(std::string piece, std::int64_t id, const std::string& name) {
    if (id < 0 || id >= kMostPieces) fail_vocabulary(name, "a number of a piece is out of range");
    const auto at = static_cast<std::size_t>(id);
    if (pieces_.size() <= at) pieces_.resize(at + 1);
    if (!pieces_[at].empty() && pieces_[at] != piece)
        fail_vocabulary(name, fmt::format("two pieces have the number {}", id));
    ids_[piece] = id;
    pieces_[at] = std::move(piece);
}

void WordPieces::finish(const std::string& name) {
    const auto at = ids_.find(std::string(kUnknownPiece));
    if (at == ids_.end()) fail_vocabulary(name, "it has no [UNK]");
    unknown_ = at->second;
}

std::vector<std::int64_t> WordPieces::encode(std::string_view text) const {
    for (const auto special : special_)
        if (text.find(pieces_[static_cast<std::size_t>(special)]) != std::string_view::npos)
            base::fail(base::ErrorCode::InvalidInput,
                       fmt::format("The prompt holds {}, which stands for no word.",
                                   pieces_[static_cast<std::size_t>(special)]),
                       "Leave it out: begin and end are added.");
    std::vector<std::int64_t> tokens;
    std::string word;
    const auto end_word = [&] {
        if (!word.empty()) add_word(word, tokens);
        word.clear();
    };
    for (const char letter : text) {
        if (static_cast<unsigned char>(letter) >= 0x80)
            base::fail(
                base::ErrorCode::InvalidInput,
                fmt::format("The prompt has letters beyond ASCII: {}.", base::printable_start(text, 60)),
                "BLIP learned English captions. Write the prompt in English, without accents.");
        if (is_blank_letter(letter)) {
            end_word();
        } else if (is_mark(letter)) {
            end_word();
            add_word({&letter, 1}, tokens);
        } else if (letter >= ' ' && letter != 0x7F) {  // control characters are dropped
            word += letter;
        }
    }
    end_word();
    return tokens;
}

void WordPieces::add_word(std::string_view word, std::vector<std::int64_t>& tokens) const {
    const auto letters = lower_ ? base::to_lower(word) : std::string(word);
    std::vector<std::int64_t> found;
    for (std::size_t begin = 0; begin < letters.size() && letters.size() <= kLongestWord;) {
        auto length = letters.size() - begin;
        auto at = ids_.end();
        for (; length > 0 && at == ids_.end(); --length)
            at = ids_.find((begin > 0 ? std::string(kInsideWord) : std::string()) +
                           letters.substr(begin, length));
        if (at == ids_.end()) break;
        found.push_back(at->second);
        begin += length + 1;
        if (begin == letters.size()) {
            tokens.insert(tokens.end(), found.begin(), found.end());
            return;
        }
    }
    tokens.push_back(unknown_);  // one for the whole word
}

std::string WordPieces::decode(std::span<const std::int64_t> tokens) const {
    std::string text;
    bool first = true;
    for (const auto token : tokens) {
        if (token < 0 || token >= static_cast<std::int64_t>(pieces_.size()) || special_.contains(token))
            continue;
        const auto& piece = pieces_[static_cast<std::size_t>(token)];
        if (piece.empty()) continue;
        if (first)
            text += tidied(piece, true);
        else if (piece.starts_with(kInsideWord))
            text += tidied(piece.substr(kInsideWord.size()), true);
        else
            text += tidied(" " + piece, true);
        first = false;
    }
    return tidied(std::move(text), false);
}

}  // namespace lorikeet::tag
