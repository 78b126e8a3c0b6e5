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

// Where it is told, it is so.
void expect_only(const nlohmann::json& json, const char* key, const nlohmann::json& value,
                 const std::string& name) {
    const auto at = json.find(key);
    if (at == json.end() || at->is_null()) return;
    if (at->type() != value.type() && !(at->is_number() && value.is_number()))
        fail_vocabulary(name, fmt::format("\"{}\" is of another kind", key));
    if (*at != value)
        base::fail(
            base::ErrorCode::Unsupported,
            fmt::format("{}: \"{}\" = {} is not built.", name, key, base::printable_start(at->dump(), 80)),
            "Take a BLIP captioner of Salesforce, or one trained from it.");
}

bool truth_told(const nlohmann::json& json, const char* key, bool otherwise, const std::string& name) {
    const auto at = json.find(key);
    if (at == json.end() || at->is_null()) return otherwise;
    if (!at->is_boolean()) fail_vocabulary(name, fmt::format("\"{}\" is neither true nor false", key));
    return at->get<bool>();
}

// A part of tokenizer.json; an empty one where it is not told.
nlohmann::json section_of_vocabulary(const nlohmann::json& json, const char* key, const std::string& name) {
    const auto at = json.find(key);
    if (at == json.end() || at->is_null()) return nlohmann::json::object();
    if (!at->is_object()) fail_vocabulary(name, fmt::format("\"{}\" is no object", key));
    return *at;
}

LetterRules letter_rules(const nlohmann::json& json, const std::string& name) {
    const auto normalizer = section_of_vocabulary(json, "normalizer", name);
    expect_only(normalizer, "type", "BertNormalizer", name);
    expect_only(normalizer, "clean_text", true, name);
    LetterRules rules;
    rules.lower = truth_told(normalizer, "lowercase", true, name);
    rules.strip_accents = truth_told(normalizer, "strip_accents", rules.lower, name);
    return rules;
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
    expect_only(section_of_vocabulary(json, "pre_tokenizer", name), "type", "BertPreTokenizer", name);
    const auto decoder = section_of_vocabulary(json, "decoder", name);
    expect_only(decoder, "type", "WordPiece", name);
    expect_only(decoder, "prefix", kInsideWord, name);
    expect_only(decoder, "cleanup", true, name);
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
            if (truth_told(added, "special", false, name)) pieces.special_.insert(id);
        }
    pieces.letters_ = letter_rules(json, name);
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

std::vector<std::string> WordPieces::words_of(std::string_view text) const {
    for (const auto special : special_)
        if (text.find(pieces_[static_cast<std::size_t>(special)]) != std::string_view::npos)
            base::fail(base::ErrorCode::InvalidInput,
                       fmt::format("The prompt holds {}, which stands for no word.",
                                   base::printable(pieces_[static_cast<std::size_t>(special)])),
                       "Leave it out: begin and end are added.");
    return prompt_words(text, letters_);
}

std::vector<std::int64_t> WordPieces::encode(std::string_view text) const {
    std::vector<std::int64_t> tokens;
    for (const auto& word : words_of(text)) {
        auto found = pieces_of(word);
        if (found.empty()) found = {unknown_};  // one for the whole word
        tokens.insert(tokens.end(), found.begin(), found.end());
    }
    return tokens;
}

std::vector<std::int64_t> WordPieces::encode_known(std::string_view text) const {
    for (const auto& word : words_of(text))
        if (pieces_of(word).empty())
            base::fail(base::ErrorCode::InvalidInput,
                       fmt::format("The captioner has no word or parts of words for {} in the prompt.",
                                   base::printable_start(word, 60)),
                       "Leave it out, or write it otherwise; a word has 100 letters at the most.");
    return encode(text);
}

std::vector<std::int64_t> WordPieces::pieces_of(const std::string& word) const {
    const auto letters =
        std::count_if(word.begin(), word.end(), [](char each) { return (each & 0xC0) != 0x80; });
    if (static_cast<std::size_t>(letters) > kLongestWord) return {};
    std::vector<std::int64_t> found;
    for (std::size_t begin = 0; begin < word.size();) {
        auto length = word.size() - begin;
        auto at = ids_.end();
        for (; length > 0 && at == ids_.end(); --length)
            at = ids_.find((begin > 0 ? std::string(kInsideWord) : std::string()) +
                           word.substr(begin, length));
        if (at == ids_.end()) {
            const auto plain = plain_mark(word);
            return plain.empty() ? std::vector<std::int64_t>() : pieces_of(plain);
        }
        found.push_back(at->second);
        begin += length + 1;
    }
    return found;
}

std::string WordPieces::decoded(std::span<const std::int64_t> tokens, bool first) const {
    std::string text;
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

std::string WordPieces::decode(std::span<const std::int64_t> tokens) const { return decoded(tokens, true); }

std::string WordPieces::decode_behind(std::string before, std::span<const std::int64_t> tokens) const {
    const bool first = before.empty();
    return std::move(before) + decoded(tokens, first);
}

}  // namespace lorikeet::tag
