#include "tag/word_pieces.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "tag/golden_blip.hpp"

namespace lorikeet::tag {

namespace {

std::string piece_complaint(const std::function<void()>& work) {
    try {
        work();
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST(WordPiecesGolden, TextsAndTokensAreThoseOfTransformers) {
    const auto file = support::golden("blip");
    const auto texts = nlohmann::json::parse(file.metadata().at("texts"));
    const std::vector<WordPieces> both{
        WordPieces::from_json(file.metadata().at("tokenizer"), "tokenizer.json"),
        WordPieces::from_list(file.metadata().at("vocabulary"), "vocab.txt")};
    for (const auto& pieces : both) {
        EXPECT_EQ(pieces.size(), 82U);
        for (const auto& [text, tokens] : texts["encode"].get<std::vector<std::pair<std::string, Tokens>>>())
            EXPECT_EQ(pieces.encode(text), tokens) << text;
        for (const auto& [tokens, text] : texts["decode"].get<std::vector<std::pair<Tokens, std::string>>>())
            EXPECT_EQ(pieces.decode(tokens), text);
    }
}

TEST(WordPieces, NumbersBeyondTheVocabularySayNothing) {
    const auto pieces = WordPieces::from_list("[PAD]\n[UNK]\ndog\r\n##s\n", "v");
    EXPECT_EQ(pieces.decode(Tokens{30522, 2, 3, -1, 0}), "dogs");
    EXPECT_EQ(pieces.encode("DOGS cats"), (Tokens{2, 3, 1}));
}

TEST(WordPieces, WhatIsNoVocabularyOrNoPromptIsTold) {
    const auto pieces = WordPieces::from_list("[PAD]\n[UNK]\ndog\n", "v");
    EXPECT_NE(piece_complaint([&] { pieces.encode("caf\xC3\xA9"); }).find("letters beyond ASCII"),
              std::string::npos);
    EXPECT_NE(piece_complaint([&] { pieces.encode("a [PAD]"); }).find("[PAD]"), std::string::npos);
    EXPECT_NE(piece_complaint([] { WordPieces::from_list("dog\n", "v"); }).find("it has no [UNK]"),
              std::string::npos);
    EXPECT_NE(piece_complaint([] { WordPieces::from_json("[]", "v"); }), "");
    EXPECT_NE(piece_complaint([] { WordPieces::from_json(R"({"model": {"vocab": {"[UNK]": -1}}})", "v"); }),
              "");
    EXPECT_NE(piece_complaint([] {
                  WordPieces::from_json(R"({"model": {"vocab": {"[UNK]": 0, "a": 0}}})", "v");
              }).find("two pieces have the number 0"),
              std::string::npos);
    EXPECT_NE(piece_complaint([] {
                  WordPieces::from_json(R"({"model": {"type": "BPE", "vocab": {"[UNK]": 0}}})", "v");
              }).find("\"type\" = \"BPE\" is not built"),
              std::string::npos);
}

}  // namespace lorikeet::tag
