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

TEST(WordPieces, AccentsAndTypographicMarksAreReadAsBertDoes) {
    const auto pieces = WordPieces::from_list("[PAD]\n[UNK]\ncafe\n'\n\xE2\x80\x9C\n-\n", "v");
    EXPECT_EQ(pieces.encode("CAF\xC3\x89"), (Tokens{2}));
    EXPECT_EQ(pieces.encode("\xE2\x80\x9C"
                            "cafe\xE2\x80\x99"),
              (Tokens{4, 2, 3}))
        << "its own, or that of ASCII";
    EXPECT_EQ(pieces.encode("cafe\xE2\x80\x94"), (Tokens{2, 5}));
    EXPECT_EQ(pieces.decode_behind("A", Tokens{2}), "A cafe");
}

TEST(WordPieces, ADamagedFileIsNoBugOfOurs) {
    const std::string model = R"("model": {"vocab": {"[UNK]": 0}})";
    for (const auto* part : {R"("normalizer": {"lowercase": "x"})", R"("normalizer": {"strip_accents": 3})",
                             R"("normalizer": [])", R"("normalizer": {"clean_text": "no"})",
                             R"("added_tokens": [{"id": 1, "content": "a", "special": "yes"}])",
                             R"("pre_tokenizer": {"type": 3})", R"("decoder": {"prefix": []})"}) {
        try {
            WordPieces::from_json("{" + model + ", " + part + "}", "v");
            FAIL() << part;
        } catch (const base::Error& error) {
            EXPECT_EQ(error.code(), base::ErrorCode::Corrupt) << part << ": " << error.what();
        }
    }
    for (const auto* part : {R"("pre_tokenizer": {"type": "Whitespace"})",
                             R"("decoder": {"type": "ByteLevel"})", R"("normalizer": {"clean_text": false})"})
        EXPECT_NE(piece_complaint([&] {
                      WordPieces::from_json("{" + model + ", " + part + "}", "v");
                  }).find("is not built"),
                  std::string::npos)
            << part;
    const auto cased = WordPieces::from_json(
        R"({"model": {"vocab": {"[UNK]": 0, "A": 1}}, "normalizer": {"lowercase": false, "strip_accents": null}})",
        "v");
    EXPECT_EQ(cased.encode("A \xC3\x80"), (Tokens{1, 0})) << "accents stay where large letters do";
}

TEST(WordPieces, WhatIsNoVocabularyOrNoPromptIsTold) {
    const auto pieces = WordPieces::from_list("[PAD]\n[UNK]\ndog\n", "v");
    EXPECT_NE(piece_complaint([&] { pieces.encode("dog \xD0\x96"); }).find("cannot read, \xD0\x96"),
              std::string::npos);
    EXPECT_EQ(piece_complaint([&] { pieces.encode("cat"); }), "");
    EXPECT_NE(piece_complaint([&] { pieces.encode_known("dog cat"); }).find("for cat in the prompt"),
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
