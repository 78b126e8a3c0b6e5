// How a product goes through a strip, whatever the instructions: chunk after chunk, each in tiles of rows. For the kernels of
// strips_avx512 and strips_avx2 alone.
//
// A kernel says
//     kRows             the most rows of a tile
//     kInputsOfWord     inputs that share a word of 32 bits
//     kRowBytes         bytes of a number in the rows
//     kStoredBytes      bytes of a number in the panels; fewer than kRowBytes: widened on the way
//     exchange(block, out)           a block of 32 inputs and 32 outputs, both exchanged, widened
//     widen(from, count, out)        `count` numbers of the panels as words
//     tile(count, rows, words, strip, sums, fresh, ahead)   sums[m] (+)= rows[m] times a chunk
#pragma once

#include <algorithm>

#include "nn/cpu/strips.hpp"

namespace lorikeet::nn::strips {

using Index = std::int64_t;
using Word = std::uint32_t;  // one float32, or a pair of bfloat16

constexpr Index kChunk = 16 * 1024;  // bytes of a strip that stay in the nearest cache
constexpr Index kLine = 64;          // bytes

// The blocks of the next chunk, fetched line by line while this one is worked with: one line for each word of a tile,
// since many at once would make the arithmetic wait.
struct Ahead {
    const char* blocks[kChunk / kWidth / kWidth / 2] = {};
    Index first = 0;  // the line with which a tile begins
};

// One strip of a product. A chunk is some inputs (backward: outputs) of one tap.
template <class Kernel>
class StripSum {
  public:
    static constexpr Index kInputsOfChunk = kChunk / kWidth / 4 * Kernel::kInputsOfWord;
    static constexpr Index kBlock = kWidth * kWidth * Kernel::kStoredBytes;  // 32 inputs and 32 outputs
    static constexpr bool kWidens = Kernel::kStoredBytes < Kernel::kRowBytes;

    StripSum(const Product& product, Index strip, Index first, Index end, float* sums)
        : p_(product),
          forward_(product.direction == Direction::Forward),
          strip_(strip),
          first_(first),
          count_(end - first),
          tiles_((count_ + Kernel::kRows - 1) / Kernel::kRows),
          depth_(forward_ ? product.weights.in : product.weights.out),
          sums_(sums) {}

    void sum() {
        bool fresh = true;
        for (std::size_t t = 0; t < p_.taps.size(); ++t)
            for (Index from = 0; from < depth_; from += kInputsOfChunk) {
                const auto size = std::min(kInputsOfChunk, depth_ - from);
                chunk(t, from, size, fresh);
                fresh = false;
            }
    }

  private:
    // Where the block of 32 x 32 weights lies that takes inputs `from` on (backward: gives outputs `from` on).
    const char* block(Index tap, Index from) const {
        const auto& w = p_.weights;
        const auto panel = forward_ ? strip_ : from / kWidth, input = forward_ ? from : strip_ * kWidth;
        return static_cast<const char*>(w.panels) +
               ((panel * w.taps + tap) * w.in + input) * kWidth * Kernel::kStoredBytes;
    }

    // The weights of a chunk as tiles read them.
    const Word* words_of(Index tap, Index from, Index size) {
        if (forward_ && !kWidens) return reinterpret_cast<const Word*>(block(tap, from));
        if (forward_) {
            Kernel::widen(block(tap, from), size * kWidth, made_);
            return made_;
        }
        for (Index i = 0; i < size / kWidth; ++i)
            Kernel::exchange(block(tap, from + i * kWidth),
                             made_ + i * kWidth * kWidth / Kernel::kInputsOfWord);
        return made_;
    }

    void chunk(std::size_t t, Index from, Index size, bool fresh) {
        const auto* words = words_of(p_.taps[t], from, size);
        const auto word_count = size / Kernel::kInputsOfWord;
        auto ahead = next_chunk(t, from + size);
        for (Index i = 0; i < tiles_; ++i) {
            const auto begin = count_ * i / tiles_, end = count_ * (i + 1) / tiles_;
            const char* rows[Kernel::kRows];
            for (auto m = begin; m < end; ++m)
                rows[m - begin] = row(t, first_ + m) + from * Kernel::kRowBytes;
            Kernel::tile(end - begin, rows, word_count, words, sums_ + begin * kWidth, fresh, ahead);
            ahead.first += word_count;
        }
    }

    const char* row(std::size_t t, Index m) const {
        const Index source = p_.sources ? p_.sources[static_cast<Index>(t) * p_.rows + m] : m;
        if (source < 0) return static_cast<const char*>(p_.zeros);
        return static_cast<const char*>(p_.given) + source * (p_.step ? p_.step : depth_) * Kernel::kRowBytes;
    }

    // The blocks after this chunk; where fewer follow than fit, its last one stands in.
    Ahead next_chunk(std::size_t t, Index from) const {
        Ahead ahead;
        if (from >= depth_) ++t, from = 0;
        if (t >= p_.taps.size()) --t, from = std::max<Index>(depth_ - kWidth, 0);
        for (auto& place : ahead.blocks) {
            place = block(p_.taps[t], from);
            from = std::min(from + kWidth, std::max<Index>(depth_ - kWidth, 0));
        }
        return ahead;
    }

    const Product& p_;
    bool forward_;
    Index strip_;
    Index first_;
    Index count_;
    Index tiles_;
    Index depth_;
    float* sums_;
    alignas(64) Word made_[kChunk / 4];
};

}  // namespace lorikeet::nn::strips
