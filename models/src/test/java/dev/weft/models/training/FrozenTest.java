package dev.weft.models.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.models.LoadedModel;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Frozen parts in a real training: Hu et al., "LoRA", 2021, with an optimizer that has groups by path. */
class FrozenTest {

    private static final String MODEL = """
            import nn

            model Adapted(in, out, rank = 2) {
                base: frozen nn.Linear(in, out)
                param down: f32[in, rank] = normal(0.1)
                param up: f32[rank, out] = 0

                fn (x: f32[..., in]) -> f32[..., out] = base(x) + x @ down @ up
            }

            model Tiny(width = 8, context = 8, vocab = 256) {
                embed: nn.Embedding(vocab, width, std = 1)
                hidden: Adapted(width, width)
                head: Adapted(width, vocab)

                fn logits(tokens: i32[B, T]) -> f32[B, T, vocab] where T <= context = head(nn.relu(hidden(embed(tokens))))

                fn loss(tokens, targets: i32[B, T], weight: f32[B, T]) -> (f32[], f32[]) where T <= context =
                    (sum(nn.cross_entropy(logits(tokens), targets) * weight), sum(weight))
            }

            optimizer Groups(model) {
                fn update(grads: like params(model), lr: f32[]) {
                    for (w, g) in zip(params(model), grads) {
                        if not path(w) in [embed.**] {
                            w := w - lr * (if path(w) in [**.up] { 4 } else { 1 }) * g
                        }
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    private final Weft weft = Weft.open("reference", 1);

    @AfterEach
    void close() {
        weft.close();
    }

    private Map<String, String> trained(int steps) throws IOException {
        Path model = Files.writeString(folder.resolve("tiny.weft"), MODEL);
        Path text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat.\n".repeat(12));
        TrainingRequest request = TrainingRequest.of(model.toString())
                .withOptimizer(model.toString(), Map.of())
                .withData(text.toString())
                .withBatch(4)
                .withEvalEvery(steps)
                .withOptions(new Trainer.Options(steps, 1, 0.5, 0.5, 0, 1, 7, Map.of()));
        Path run = folder.resolve("run" + steps);
        try (TrainingRun training = TrainingRun.start(weft, request, run, folder)) {
            training.train(TrainingListener.NONE);
        }
        try (LoadedModel loaded = LoadedModel.open(run)) {
            Map<String, String> hashes = new TreeMap<>();
            loaded.parameters()
                    .forEach((name, tensor) -> hashes.put(
                            name, String.valueOf(tensor.data().asByteBuffer().hashCode())));
            return hashes;
        }
    }

    @Test
    void whatIsFrozenIsInTheCheckpointAsItWasAndTheRestLearnsByGroup() throws IOException {
        Map<String, String> early = trained(1);
        Map<String, String> late = trained(6);

        assertThat(late.keySet()).contains("hidden.base.weight", "head.base.bias", "embed.weight");
        Map<String, Boolean> changed = new TreeMap<>();
        late.forEach((name, hash) -> changed.put(name, !hash.equals(early.get(name))));
        assertThat(changed)
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "embed.weight", false,
                        "hidden.base.weight", false,
                        "hidden.base.bias", false,
                        "hidden.down", true,
                        "hidden.up", true,
                        "head.base.weight", false,
                        "head.base.bias", false,
                        "head.down", true,
                        "head.up", true));
    }
}
