#include "tag/blip_config.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "support/temp_folder.hpp"

namespace lorikeet::tag {

namespace {

std::string config_complaint(std::string_view json) {
    try {
        parse_blip_config(json, "config.json");
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}
std::string preprocessor_complaint(std::string_view json) {
    try {
        parse_blip_preprocessor(json, "p.json");
    } catch (const base::Error& error) {
        return error.what();
    }
    return {};
}

}  // namespace

TEST(BlipConfig, ReadsWhatShapesDoNotTell) {
    const auto config = parse_blip_config(
        R"({"model_type": "blip", "projection_dim": 512, "torch_dtype": "float32",
            "text_config": {"model_type": "blip_text_model", "num_attention_heads": 12, "bos_token_id": 98,
                            "sep_token_id": 3, "eos_token_id": 2, "is_decoder": true, "layer_norm_eps": 1e-10,
                            "hidden_act": "gelu_new", "pruned_heads": {}, "top_k": 50},
            "vision_config": {"num_attention_heads": 16, "is_decoder": false, "hidden_act": "gelu"}})",
        "config.json");
    EXPECT_EQ(config.text.heads, 12);
    EXPECT_EQ(config.text.activation, Activation::GeluTanh);
    EXPECT_EQ(config.text.eps, 1e-10);
    EXPECT_EQ(config.begin_token, 98);
    EXPECT_EQ(config.end_token, 3);
    EXPECT_EQ(config.vision.heads, 16);
    EXPECT_EQ(config.vision.eps, 1e-5);
}

TEST(BlipConfig, WhatIsLeftOutIsAsTransformersHasIt) {
    const auto config = parse_blip_config("{}", "c");
    EXPECT_EQ(config.text.heads, 8);
    EXPECT_EQ(config.vision.heads, 12);
    EXPECT_EQ(config.begin_token, 30522);
    EXPECT_EQ(config.end_token, 102);
    EXPECT_FALSE(BlipConfig().text.heads) << "without any config.json they are 64 wide";
}

TEST(BlipConfig, WhatMayChangeTheResultIsRefused) {
    for (const auto* json :
         {R"({"model_type": "blip-2"})", R"({"text_config": {"rope_theta": 3}})",
          R"({"text_config": {"position_embedding_type": "relative_key"}})",
          R"({"text_config": {"is_decoder": false}})", R"({"text_config": {"hidden_act": "relu"}})",
          R"({"vision_config": {"pruned_heads": {"1": [2]}}})"})
        EXPECT_NE(config_complaint(json), "") << json;
    EXPECT_EQ(config_complaint(R"({"text_config": {"rope_theta": 3}})"),
              "config.json: rope_theta = 3 of text_config is not known, and may change what is computed.");
    EXPECT_EQ(
        config_complaint(R"({"text_config": {"rope_theta": null}, "vision_config": {"hidden_act": null}})"),
        "")
        << "null is as if it were left out";
    for (const auto* json :
         {"[]", "{", R"({"text_config": 3})", R"({"text_config": {"num_attention_heads": 0}})",
          R"({"vision_config": {"layer_norm_eps": "x"}})"})
        EXPECT_NE(config_complaint(json), "") << json;
}

TEST(BlipConfig, AKeyAtTheTopThatIsNotKnownIsNoted) {
    const auto config = parse_blip_config(R"({"qformer_config": {}, "a\nb": 1, "projection_dim": 3})", "c");
    ASSERT_EQ(config.notes.size(), 1U);
    EXPECT_EQ(config.notes[0],
              "c has 2 keys that this program does not know and passes over: a\\nb, qformer_config.");
}

TEST(BlipConfig, WordsAreTiedUnlessItIsDenied) {
    EXPECT_TRUE(parse_blip_config("{}", "c").ties_words);
    EXPECT_FALSE(parse_blip_config(R"({"tie_word_embeddings": false})", "c").ties_words);
    EXPECT_FALSE(parse_blip_config(R"({"text_config": {"tie_word_embeddings": false}})", "c").ties_words);
    EXPECT_TRUE(parse_blip_config(R"({"vision_config": {"tie_word_embeddings": false}})", "c").ties_words);
    EXPECT_NE(config_complaint(R"({"tie_word_embeddings": 1})"), "");
}

// All keys of Salesforce/blip-image-captioning-base as it is published, with its own values.
TEST(BlipConfig, ReadsThatOfTheBaseCaptioner) {
    const std::string of_search =
        R"("_name_or_path": "", "add_cross_attention": false, "architectures": null, "bad_words_ids": null,
           "begin_suppress_tokens": null, "chunk_size_feed_forward": 0, "cross_attention_hidden_size": null,
           "decoder_start_token_id": null, "diversity_penalty": 0.0, "do_sample": false, "early_stopping": false,
           "encoder_no_repeat_ngram_size": 0, "exponential_decay_length_penalty": null, "finetuning_task": null,
           "forced_bos_token_id": null, "forced_eos_token_id": null, "hidden_act": "gelu", "hidden_size": 768,
           "id2label": {"0": "LABEL_0", "1": "LABEL_1"}, "initializer_factor": 1.0, "initializer_range": 0.02,
           "intermediate_size": 3072, "is_encoder_decoder": false, "label2id": {"LABEL_0": 0, "LABEL_1": 1},
           "length_penalty": 1.0, "max_length": 20, "min_length": 0, "no_repeat_ngram_size": 0, "num_attention_heads": 12,
           "num_beam_groups": 1, "num_beams": 1, "num_hidden_layers": 12, "num_return_sequences": 1,
           "output_attentions": false, "output_hidden_states": false, "output_scores": false, "prefix": null,
           "problem_type": null, "pruned_heads": {}, "remove_invalid_values": false, "repetition_penalty": 1.0,
           "return_dict": true, "return_dict_in_generate": false, "suppress_tokens": null, "task_specific_params": null,
           "temperature": 1.0, "tf_legacy_loss": false, "tie_encoder_decoder": false, "tie_word_embeddings": true,
           "tokenizer_class": null, "top_k": 50, "top_p": 1.0, "torch_dtype": null, "torchscript": false,
           "transformers_version": "4.26.0.dev0", "typical_p": 1.0, "use_bfloat16": false, )";
    const auto config = parse_blip_config(
        R"({"_commit_hash": null, "architectures": ["BlipForConditionalGeneration"], "image_text_hidden_size": 256,
            "initializer_factor": 1.0, "logit_scale_init_value": 2.6592, "model_type": "blip", "projection_dim": 512,
            "text_config": {)" +
            of_search +
            R"("attention_probs_dropout_prob": 0.0, "bos_token_id": 30522, "eos_token_id": 2, "hidden_dropout_prob": 0.0,
               "is_decoder": true, "layer_norm_eps": 1e-12, "max_position_embeddings": 512,
               "model_type": "blip_text_model", "pad_token_id": 0, "projection_dim": 768, "sep_token_id": 102,
               "use_cache": true, "vocab_size": 30524},
            "torch_dtype": "float32", "transformers_version": null, "vision_config": {)" +
            of_search +
            R"("attention_dropout": 0.0, "bos_token_id": null, "dropout": 0.0, "eos_token_id": null, "image_size": 384,
               "is_decoder": false, "layer_norm_eps": 1e-05, "model_type": "blip_vision_model", "num_channels": 3,
               "pad_token_id": null, "patch_size": 16, "projection_dim": 512, "sep_token_id": null}})",
        "config.json");
    EXPECT_TRUE(config.notes.empty());
    EXPECT_EQ(config.text.heads, 12);
    EXPECT_EQ(config.vision.heads, 12);
    EXPECT_EQ(config.begin_token, 30522);
    EXPECT_EQ(config.end_token, 102);
    EXPECT_TRUE(config.ties_words);
}

TEST(BlipPreprocessor, ReadsThatOfAFastProcessor) {
    const auto found = parse_blip_preprocessor(
        R"({"crop_size": null, "data_format": "channels_first", "default_to_square": true, "device": null,
            "disable_grouping": null, "do_center_crop": null, "do_convert_rgb": true, "do_normalize": true, "do_pad": null,
            "do_rescale": true, "do_resize": true, "image_mean": [0.5, 0.4, 0.3],
            "image_processor_type": "BlipImageProcessorFast", "image_std": [0.2, 0.2, 0.1], "input_data_format": null,
            "pad_size": null, "processor_class": "BlipProcessor", "resample": 3, "rescale_factor": 0.00392156862745098,
            "return_tensors": null, "size": {"height": 384, "width": 384, "shortest_edge": null}})",
        "p.json");
    EXPECT_TRUE(found.notes.empty());
    EXPECT_EQ(found.side_px, 384);
    EXPECT_NE(preprocessor_complaint(R"({"pad_size": {"height": 400, "width": 400}})"), "");
    EXPECT_EQ(parse_blip_preprocessor(R"({"unheard_of": 1})", "p").notes.size(), 1U);
}

TEST(BlipPreprocessor, MayStandInTheProcessorsFile) {
    const support::TempFolder folder;
    EXPECT_FALSE(read_blip_preprocessor(folder.path()));
    base::write_whole(folder.path() / "processor_config.json", R"({"processor_class": "BlipProcessor"})");
    EXPECT_FALSE(read_blip_preprocessor(folder.path()))
        << "transformers 4 writes such a one beside the other file";
    base::write_whole(
        folder.path() / "processor_config.json",
        R"({"image_processor": {"size": {"height": 32, "width": 32}}, "processor_class": "BlipProcessor"})");
    EXPECT_EQ(read_blip_preprocessor(folder.path())->side_px, 32);
    base::write_whole(folder.path() / "preprocessor_config.json", R"({"size": 48})");
    EXPECT_EQ(read_blip_preprocessor(folder.path())->side_px, 48) << "its own file wins";
}

TEST(BlipPreprocessor, ReadsSizeAndScaling) {
    const auto found = parse_blip_preprocessor(
        R"({"do_normalize": true, "do_resize": true, "image_mean": [0.5, 0.4, 0.3], "image_std": [0.2, 0.2, 0.1],
            "image_processor_type": "BlipImageProcessor", "processor_class": "BlipProcessor", "resample": 3,
            "size": {"height": 384, "width": 384}, "size_divisor": 32})",
        "p.json");
    EXPECT_EQ(found.side_px, 384);
    EXPECT_EQ(found.mean[1], 0.4);
    EXPECT_EQ(found.deviation[2], 0.1);
    EXPECT_EQ(parse_blip_preprocessor(R"({"size": 224})", "p").side_px, 224);
    EXPECT_FALSE(parse_blip_preprocessor("{}", "p").side_px);
    for (const auto* json :
         {R"({"size": {"shortest_edge": 384}})", R"({"size": {"height": 384, "width": 300}})",
          R"({"resample": 2})", R"({"do_normalize": false})", R"({"do_center_crop": true})",
          R"({"image_processor_type": "CLIPImageProcessor"})", R"({"image_std": [1, 1, 0]})"})
        EXPECT_NE(preprocessor_complaint(json), "") << json;
}

}  // namespace lorikeet::tag
