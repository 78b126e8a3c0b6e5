#include "models/tokenizer.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/home.hpp"
#include "io/gzip.hpp"
#include "models/prompt_weights.hpp"
#include "models/text_cleaning.hpp"
#include "models/unicode.hpp"

namespace lorikeet::models {

namespace {

using unicode::CharacterKind;

constexpr std::size_t kBytes = 256;
constexpr std::size_t kMerges = 49152 - kBytes - 2;  // of the file's 262,144, CLIP uses the first ones
constexpr std::size_t kMostVocabularyBytes = 16'000'000;
constexpr std::string_view kEndOfWord = "</w>";
constexpr std::u32string_view kBeginText = U"<|startoftext|>";
constexpr std::u32string_view kEndText = U"<|endoftext|>";

using Id = std::int32_t;

// The file spells every byte as one printable character: itself where it is printable in Latin-1, else one from
// U+0100 on. Its place in this order is the byte's id.
struct ByteAlphabet {
    std::array<Id, kBytes> id_of_byte{};
    std::vector<std::string> names;  // by id, UTF-8

    ByteAlphabet() {
        const auto printable = [](char32_t byte) {
            return (byte >= U'!' && byte <= U'~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
        };
        for (char32_t byte = 0; byte < kBytes; ++byte) {
            if (printable(byte)) add(byte, byte);
        }
        char32_t next = 0x100;
        for (char32_t byte = 0; byte < kBytes; ++byte) {
            if (!printable(byte)) add(byte, next++);
        }
    }

  private:
    void add(char32_t byte, char32_t name) {
        id_of_byte[byte] = static_cast<Id>(names.size());
        names.push_back(unicode::to_utf8({&name, 1}));
    }
};

std::uint64_t pair_key(Id left, Id right) {
    return (static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32U) |
           static_cast<std::uint32_t>(right);
}

[[noreturn]] void fail_vocabulary(const base::Path& file, std::string_view why) {
    base::fail(base::ErrorCode::Corrupt, fmt::format("{} is not CLIP's vocabulary: {}.", file.string(), why),
               "Run ./run setup again; it fetches bpe_simple_vocab_16e6.txt.gz.");
}

// CLIP's pattern: 's|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
// The slow tokenizer looks for begin and end here as well, in any case of their letters, of which the long s is one.
class Words {
  public:
    enum class As { Fast, Slow };
    Words(std::u32string_view text, As as) : text_(text), as_(as) {}

    // Empty at the end.
    std::u32string_view next() {
        while (at_ < text_.size() && kind(at_) == CharacterKind::Space) ++at_;
        const auto begin = at_;
        if (begin == text_.size()) return {};
        const auto first = kind(begin);
        if (const auto length = mark(begin); length > 0) {
            at_ += length;
        } else if (const auto letters = contraction(begin); letters > 0) {
            at_ += letters;
        } else if (first == CharacterKind::Number) {
            ++at_;
        } else {
            while (at_ < text_.size() && kind(at_) == first) ++at_;
        }
        return text_.substr(begin, at_ - begin);
    }

  private:
    // The slow tokenizer's pattern holds for both cases of a letter, and this mark is a small form of iota: it counts neither
    // as a letter nor as anything else, and is passed over.
    CharacterKind kind(std::size_t place) const {
        constexpr char32_t kIotaBelow = 0x345;
        if (as_ == As::Slow && text_[place] == kIotaBelow) return CharacterKind::Space;
        return unicode::kind_of(text_[place]);
    }

    // 's 't 're 've 'm 'll 'd, where a word begins.
    std::size_t contraction(std::size_t begin) const {
        for (const auto* ending : {U"'s", U"'t", U"'re", U"'ve", U"'m", U"'ll", U"'d"}) {
            const std::u32string_view wanted(ending);
            if (stands_at(begin, wanted)) return wanted.size();
        }
        return 0;
    }

    std::size_t mark(std::size_t begin) const {
        if (as_ == As::Fast || text_[begin] != U'<') return 0;
        for (const auto wanted : {kBeginText, kEndText})
            if (stands_at(begin, wanted)) return wanted.size();
        return 0;
    }

    bool stands_at(std::size_t begin, std::u32string_view wanted) const {
        constexpr char32_t kLongS = 0x17F;
        const auto there = text_.substr(begin, wanted.size());
        const auto is_same = [&](char32_t letter, char32_t one) {
            return letter == one || (as_ == As::Slow && letter == kLongS && one == U's');
        };
        return std::equal(there.begin(), there.end(), wanted.begin(), wanted.end(), is_same);
    }

    std::u32string_view text_;
    As as_;
    std::size_t at_ = 0;
};

}  // namespace

struct Tokenizer::Vocabulary {
    ByteAlphabet alphabet;
    std::unordered_map<std::uint64_t, Id>
        merges;  // two neighbours to what they become; lower ids merge first

    void spell(std::string_view word, std::vector<std::int64_t>& out) const;
};

namespace {

// One symbol of a word that is being merged; a doubly linked list in a vector.
struct Symbol {
    Id id = 0;
    std::int32_t before = -1;
    std::int32_t after = -1;
    bool gone = false;
};

// A merge that was possible when it was found: smallest id first, then leftmost.
struct Merge {
    Id becomes = 0;
    std::int32_t left = 0;
    bool operator>(const Merge& other) const {
        return std::pair(becomes, left) > std::pair(other.becomes, other.left);
    }
};

class Merger {
  public:
    Merger(const std::unordered_map<std::uint64_t, Id>& merges, std::vector<Symbol> symbols)
        : merges_(merges), symbols_(std::move(symbols)) {
        for (std::int32_t i = 0; i + 1 < static_cast<std::int32_t>(symbols_.size()); ++i) offer(i);
    }

    const std::vector<Symbol>& run() {
        while (!queue_.empty()) {
            const auto merge = queue_.top();
            queue_.pop();
            if (becomes(merge.left) == merge.becomes) apply(merge);
        }
        return symbols_;
    }

  private:
    Symbol& at(std::int32_t place) { return symbols_[static_cast<std::size_t>(place)]; }

    // -1 when the symbol there does not merge with its neighbour.
    Id becomes(std::int32_t left) {
        if (at(left).gone || at(left).after < 0) return -1;
        const auto found = merges_.find(pair_key(at(left).id, at(at(left).after).id));
        return found == merges_.end() ? -1 : found->second;
    }

    void offer(std::int32_t left) {
        if (const auto id = becomes(left); id >= 0) queue_.push({id, left});
    }

    void apply(const Merge& merge) {
        auto& left = at(merge.left);
        auto& right = at(left.after);
        left.id = merge.becomes;
        left.after = right.after;
        right.gone = true;
        if (left.after >= 0) at(left.after).before = merge.left;
        if (left.before >= 0) offer(left.before);
        offer(merge.left);
    }

    const std::unordered_map<std::uint64_t, Id>& merges_;
    std::vector<Symbol> symbols_;
    std::priority_queue<Merge, std::vector<Merge>, std::greater<>> queue_;
};

}  // namespace

void Tokenizer::Vocabulary::spell(std::string_view word, std::vector<std::int64_t>& out) const {
    const auto count = static_cast<std::int32_t>(word.size());
    std::vector<Symbol> symbols(word.size());
    for (std::int32_t i = 0; i < count; ++i) {
        auto& symbol = symbols[static_cast<std::size_t>(i)];
        symbol.id = alphabet.id_of_byte[static_cast<unsigned char>(word[static_cast<std::size_t>(i)])];
        symbol.before = i - 1;
        symbol.after = i + 1 < count ? i + 1 : -1;
    }
    symbols.back().id += static_cast<Id>(kBytes);  // the second 256 ids end a word
    Merger merger(merges, std::move(symbols));
    for (const auto& symbol : merger.run()) {
        if (!symbol.gone) out.push_back(symbol.id);
    }
}

Tokenizer Tokenizer::from_file(const base::Path& file) {
    auto vocabulary = std::make_shared<Vocabulary>();
    const auto text = io::read_gzip(file, kMostVocabularyBytes);
    std::unordered_map<std::string, Id> ids;
    for (const auto& name : vocabulary->alphabet.names) ids.emplace(name, static_cast<Id>(ids.size()));
    for (const auto& name : vocabulary->alphabet.names) {
        ids.emplace(name + std::string(kEndOfWord), static_cast<Id>(ids.size()));
    }

    std::string_view rest(text);
    rest.remove_prefix(std::min(rest.size(), rest.find('\n') + 1));  // the first line is a title
    for (std::size_t i = 0; i < kMerges; ++i) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        const auto space = line.find(' ');
        if (space == std::string_view::npos) fail_vocabulary(file, fmt::format("merge {} is missing", i + 1));
        const std::string left(line.substr(0, space));
        const std::string right(line.substr(space + 1));
        const auto id = static_cast<Id>(ids.size());
        if (!ids.contains(left) || !ids.contains(right) || !ids.emplace(left + right, id).second) {
            fail_vocabulary(file, fmt::format("merge {} joins what is not there or is there already", i + 1));
        }
        vocabulary->merges.emplace(pair_key(ids.at(left), ids.at(right)), id);
    }
    base::expects(static_cast<std::int64_t>(ids.size()) == kBegin, "begin and end follow the words");
    return Tokenizer(std::move(vocabulary));
}

std::vector<std::int64_t> Tokenizer::encode(std::string_view text, const TextOptions& options) const {
    if (!options.weighted) return encode_part(text, options.cleaning);
    std::vector<std::int64_t> ids;
    for (const auto& part : parse_weights(text)) {
        const auto more = encode_part(part.text, options.cleaning);
        ids.insert(ids.end(), more.begin(), more.end());
    }
    return ids;
}

std::vector<std::int64_t> Tokenizer::encode_part(std::string_view text,
                                                 settings::TextCleaning cleaning) const {
    const bool cleans = cleaning != settings::TextCleaning::None;
    const auto points = unicode::to_points(text);
    const auto whole = cleans ? points : unicode::to_lower(unicode::to_composed(points));
    std::vector<std::int64_t> ids;
    const auto add_words = [&](std::u32string_view part) {
        const auto clean = cleans ? to_lower_in_context(clean_text(part).text) : std::u32string(part);
        Words words(clean, cleans ? Words::As::Slow : Words::As::Fast);
        for (auto word = words.next(); !word.empty(); word = words.next()) {
            if (word == kBeginText || word == kEndText)
                ids.push_back(word == kBeginText ? kBegin : kEnd);
            else
                vocabulary_->spell(unicode::to_utf8(word), ids);
        }
    };
    // Begin and end written out in a caption are those ids, as in the reference.
    std::u32string_view rest(whole);
    while (true) {
        const auto begin = rest.find(kBeginText);
        const auto end = rest.find(kEndText);
        const auto first = std::min(begin, end);
        add_words(rest.substr(0, first));
        if (first == std::u32string_view::npos) return ids;
        ids.push_back(begin < end ? kBegin : kEnd);
        rest.remove_prefix(first + (begin < end ? kBeginText : kEndText).size());
    }
}

std::int64_t Tokenizer::count(std::string_view text, const TextOptions& options) const {
    return static_cast<std::int64_t>(encode(text, options).size());
}

std::int64_t Tokenizer::max_tokens_for(std::int64_t tokens) const {
    constexpr std::int64_t kContent = kChunk - 2;
    return std::clamp((tokens + kContent - 1) / kContent * kContent, kContent, most());
}

at::Tensor Tokenizer::chunks(std::string_view text, const TextOptions& options, std::int64_t pad_id) const {
    const auto content = kChunk - 2;
    const auto max_tokens = options.max_tokens;
    if (max_tokens != content && max_tokens != 2 * content && max_tokens != 3 * content) {
        base::fail(base::ErrorCode::InvalidInput,
                   fmt::format("Captions are read up to 75, 150 or 225 tokens, not {}.", max_tokens),
                   "Choose one of these; in a job it is model.max_tokens.");
    }
    auto ids = encode(text, options);
    const auto words = std::min(static_cast<std::int64_t>(ids.size()), max_tokens);
    ids.resize(static_cast<std::size_t>(words));
    ids.push_back(kEnd);
    ids.resize(static_cast<std::size_t>(max_tokens) + 1, pad_id);
    std::vector<std::int64_t> all;
    for (std::int64_t first = 0; first < max_tokens; first += content) {
        const auto begin = ids.begin() + first, end = begin + content;
        all.push_back(kBegin);
        all.insert(all.end(), begin, end);
        if (first > words) all[all.size() - static_cast<std::size_t>(content)] = kEnd;  // all filling
        all.push_back(first + content <= words ? kEnd : pad_id);
    }
    return at::tensor(all, at::kLong).view({-1, kChunk});
}

at::Tensor Tokenizer::chunk_weights(std::string_view text, const TextOptions& options) const {
    const auto content = kChunk - 2;
    std::vector<float> weights;
    if (options.weighted)
        for (const auto& part : parse_weights(text))
            weights.insert(weights.end(), encode_part(part.text, options.cleaning).size(),
                           static_cast<float>(part.weight));
    weights.resize(static_cast<std::size_t>(options.max_tokens), 1.0F);
    const auto own = at::tensor(weights, at::kFloat).view({-1, content});  // [chunks, 75]
    const auto one = at::ones({own.size(0), 1});
    return at::cat({one, own, one}, 1);  // [chunks, 77]
}

base::Path default_vocabulary() {
    constexpr std::string_view kName = "bpe_simple_vocab_16e6.txt.gz";
    if (const auto asset = base::try_find_asset(kName)) return *asset;
    if (const auto fetched = base::try_find_fetched(fmt::format("open_clip/{}", kName))) return *fetched;
    base::fail(base::ErrorCode::NotFound,
               fmt::format("CLIP's vocabulary ({}) is neither in $LORIKEET_HOME/assets, nor in "
                           "share/lorikeet/assets beside the program, nor where ./run setup puts it.",
                           kName),
               "Run ./run setup, or copy the file from the open_clip_torch package into one of these.");
}

}  // namespace lorikeet::models
