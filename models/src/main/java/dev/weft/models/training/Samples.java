package dev.weft.models.training;

import dev.weft.models.Generator;
import dev.weft.models.Weft;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** What a model writes when it is trained: a first impression, the same each time. */
final class Samples {

    private static final int COUNT = 2;
    private static final int TOKENS = 200;
    private static final Sampling SAMPLING = new Sampling(0.8, 0, 1, 0);

    private Samples() {}

    /** Texts of a language model that can write; none of another model. */
    static List<String> write(Weft weft, Prepared prepared, SequencedMap<String, Tensor> parameters) {
        Optional<Tokenizer> tokens = prepared.data().tokenizer();
        if (tokens.isEmpty() || !prepared.program().has("logits")) {
            return List.of();
        }
        Tokenizer tokenizer = tokens.get();
        int[] prompt = {Tokenizers.beginning(tokenizer)};
        List<String> samples = new ArrayList<>();
        try (Generator generator = Generator.open(weft, prepared.program(), parameters)) {
            for (int sample = 0; sample < COUNT; sample++) {
                int[] ids = generator.generate(
                        prompt, TOKENS, SAMPLING, prepared.request().options().seed(), sample, id -> true);
                samples.add(tokenizer.decode(ids));
            }
        }
        return samples;
    }
}
