package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InfoCommandTest {

    @TempDir
    Path folder;

    @Test
    void showsWhatAProgramOffers() throws IOException {
        Path file = Files.writeString(folder.resolve("pair.weft"), """
                import nn

                model Pair(width = 4, layers = 2) where layers >= 2 {
                    parts: layers * nn.Linear(width, width)

                    fn twice(x: f32[B, width]) -> f32[B, width] = parts[1](parts[0](x))

                    fn total(x: f32[B, width]) -> f32[] = sum(twice(x))
                }
                """);

        Run run = Run.weft("info", file.toString());

        assertThat(run.err()).isEmpty();
        assertThat(run).isEqualTo(new Run(ExitCode.DONE, """
                model Pair(width = 4, layers = 2) where layers >= 2
                    twice(x: f32[B, width]) -> f32[B, width]
                    total(x: f32[B, width]) -> f32[]

                parameters: 40
                stored tensors: 4, 40 numbers, 0.2 KiB
                    2 x param  f32[4,4]         parts.*.weight
                    2 x param  f32[4]           parts.*.bias

                entries: twice, total

                train      no: needs fn loss(tokens, targets: i32[B, T], weight: f32[B, T]) -> (f32[], f32[]), or any other loss of tensors
                eval       no: measures text: needs fn loss(tokens, targets: i32[B, T], weight: f32[B, T]) -> (f32[], f32[])
                predict    no: needs fn logits(tokens: i32[B, T], …) -> f32[B, T, vocab]
                generate   no: needs fn logits(tokens: i32[B, T], …) -> f32[B, T, vocab]
                compile    yes: twice, total
                run        yes: twice, total
                gradcheck  yes: total
                """, ""));
    }

    @Test
    void gptIsALanguageModelForEveryCommand() {
        Run run = Run.weft("info", "gpt", "--set", "layers=12");

        assertThat(run.out())
                .contains("model GPT(layers = 4, heads = 4, width = 128, context = 64, vocab = 50257, tied = true)")
                .contains("   12 x param  f32[128,384]     blocks.*.attn.qkv.weight\n")
                .contains("\ntrain      yes: trains on text\n")
                .contains("\ngenerate   yes: continues text, reading each token once\n")
                .doesNotContain(" no: ");
    }

    @Test
    void aClassifierTrainsOnTensors() {
        assertThat(Run.weft("info", "mlp").out())
                .contains("\ntrain      yes: trains on tensors named like the arguments of loss: x, label, drop\n");
    }

    @Test
    void saysWhichConstantsAreMissing() {
        assertThat(Run.weft("info", "nn").out()).contains("depend on constants that are not known: nn.weft:");
    }

    @Test
    void jsonListsEveryStoredTensor() {
        assertThat(Run.weft("info", "mlp", "--json").out())
                .contains("{\"name\":\"first.weight\",\"role\":\"param\",\"type\":\"f32[64,128]\"}")
                .contains("\"constants\":{\"features\":64,\"hidden\":128,\"classes\":10}")
                .contains("\"uses\":{\"train\":\"yes: ");
    }

    @Test
    void listsTheEntriesThatTheModelFits() {
        assertThat(Run.weft("info", "gpt").out())
                .contains("\nentries: step, accumulate, apply, evaluate, rate, chunk, next, window, logits, loss\n");
        assertThat(Run.weft("info", "mlp").out())
                .contains("\nentries: step, accumulate, apply, evaluate, rate, scores, loss\n");
    }

    @Test
    void everyEntryItListsCanBeCompiled() {
        for (String entry : List.of("step", "evaluate", "scores", "loss")) {
            Run run = Run.weft(
                    "compile", "mlp", "--entry", entry, "--dim", "B=2", "--set", "hidden=4", "--backend", "reference");
            assertThat(run.code()).as(run.err()).isZero();
        }
    }

    @Test
    void aRunSaysHowItWent() throws IOException {
        Path text = Files.writeString(folder.resolve("text.txt"), "the cat sat on the mat.\n".repeat(30));
        Path run = folder.resolve("run");
        Run train = Run.weft(
                "train",
                "gpt",
                "--set",
                "layers=1,heads=2,width=8,context=8",
                "--batch",
                "2",
                "--steps",
                "2",
                "-q",
                "--data",
                text.toString(),
                "--out",
                run.toString());
        assertThat(train.code()).as(train.err()).isZero();

        assertThat(Run.weft("info", run.toString()).out())
                .startsWith("model      " + run + "\nstate      finished\nsteps      2\ntrain_loss ")
                .contains("\nvocabulary ", "\nparameters: ", "context=8", "\ngenerate   yes: ");
        assertThat(Run.weft("info", run.toString(), "--json").out()).contains("\"state\":\"finished\"", "\"steps\":2");
    }

    @Test
    void aFolderThatIsNoModelIsRefused() {
        Run run = Run.weft("info", folder.toString());

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).startsWith("error: " + folder + ": is neither a run");
    }
}
