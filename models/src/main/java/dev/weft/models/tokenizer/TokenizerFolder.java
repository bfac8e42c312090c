package dev.weft.models.tokenizer;

import dev.weft.models.json.Json;
import dev.weft.models.tokenizer.bpe.BpeVocabulary;
import dev.weft.models.tokenizer.file.MergesFiles;
import dev.weft.models.tokenizer.file.TokenizerJson;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** A tokenizer in the files of a Hugging Face folder. */
public final class TokenizerFolder {

    private static final String CONFIG = "tokenizer_config.json";

    private TokenizerFolder() {}

    /**
     * Writes {@code tokenizer.json} and {@code tokenizer_config.json}; {@code vocab.json} with {@code merges.txt} where these can say it. The
     * characters that others cannot know of are kept beside them as Weft reads them.
     *
     * @param context the longest text of the model in tokens, if there is one
     * @return the names of the files
     */
    public static List<String> write(Path folder, Tokenizer tokenizer, OptionalInt context) {
        List<String> files = new ArrayList<>(List.of(TokenizerJson.NAME, CONFIG));
        switch (tokenizer) {
            case BpeTokenizer bpe -> files.addAll(write(folder, bpe.vocabulary()));
            case Gpt2Tokenizer gpt2 -> files.addAll(write(folder, gpt2.vocabulary()));
            case CharTokenizer characters -> {
                TokenizerJson.writeCharacters(folder.resolve(TokenizerJson.NAME), characters.codePoints());
                characters.save(folder);
                files.add(Tokenizers.FILE);
            }
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("tokenizer_class", "PreTrainedTokenizerFast");
        config.put("clean_up_tokenization_spaces", false);
        context.ifPresent(tokens -> config.put("model_max_length", tokens));
        tokenizer.endOfText().ifPresent(id -> {
            String spelled = new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
            config.put("bos_token", spelled);
            config.put("eos_token", spelled);
        });
        Json.write(folder.resolve(CONFIG), config);
        return files;
    }

    private static List<String> write(Path folder, BpeVocabulary vocabulary) {
        TokenizerJson.write(folder.resolve(TokenizerJson.NAME), vocabulary);
        if (!MergesFiles.canSay(vocabulary)) {
            return List.of();
        }
        MergesFiles.write(folder, vocabulary);
        return List.of(MergesFiles.VOCABULARY, MergesFiles.MERGES);
    }
}
