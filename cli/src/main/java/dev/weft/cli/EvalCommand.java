package dev.weft.cli;

import dev.weft.models.Evaluation;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.probe.Measurement;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How well a model predicts a text. */
@Command(
        name = "eval",
        description = "Measure how well a trained model predicts a text, every token once.",
        footer = {"", "Example: weft eval runs/gpt-1 --data my.txt"})
final class EvalCommand extends Action {

    @Mixin
    final ModelOptions model = new ModelOptions();

    @Option(
            names = "--data",
            paramLabel = "PATH",
            required = true,
            description = "A file, folder or archive with the text; - for standard input. May be given several times.")
    List<String> data = new ArrayList<>();

    @Option(
            names = "--stride",
            paramLabel = "N",
            description =
                    "Tokens from one window of the text to the next: the model's context if not given. Fewer give each token more to look back on.")
    @Nullable
    Integer stride;

    @Mixin
    final ProbeOptions probe = new ProbeOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    EvalCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        try (Weft weft = machine.open();
                LoadedModel loaded = model.open(weft)) {
            Corpus corpus = Corpus.named(data);
            List<Measurement> measured =
                    probe.any() ? Evaluation.probe(weft, loaded, corpus, probe.patterns) : List.of();
            Evaluation evaluation =
                    stride == null ? Evaluation.of(weft, loaded, corpus) : Evaluation.of(weft, loaded, corpus, stride);
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("nats_per_token", evaluation.natsPerToken());
            json.put("bits_per_token", evaluation.bitsPerToken());
            json.put("perplexity", evaluation.perplexity());
            json.put("bits_per_byte", evaluation.bitsPerByte());
            json.put("bits_per_character", evaluation.bitsPerCharacter());
            json.put("tokens", evaluation.tokens());
            json.put("bytes", evaluation.length().bytes());
            json.put("characters", evaluation.length().characters());
            json.put("total_nats", evaluation.nats());
            json.put("stride", evaluation.stride());
            json.put("confidence_95", evaluation.confidence());
            if (probe.any()) {
                json.put("probe", ProbeOptions.json(measured));
            }
            result(json, to -> print(evaluation, measured, to));
        }
        return ExitCode.DONE;
    }

    private void print(Evaluation evaluation, List<Measurement> measured, PrintStream to) {
        if (probe.any()) {
            ProbeOptions.print(measured, to);
        }
        to.printf(
                "%.6f nats, %.6f bits a token; perplexity %.4f; %.6f bits a byte, %.6f a character%n",
                evaluation.natsPerToken(),
                evaluation.bitsPerToken(),
                evaluation.perplexity(),
                evaluation.bitsPerByte(),
                evaluation.bitsPerCharacter());
        to.printf(
                "%,d tokens, %,d bytes, %,d characters, in windows with a stride of %,d tokens%s%n",
                evaluation.tokens(),
                evaluation.length().bytes(),
                evaluation.length().characters(),
                evaluation.stride(),
                Double.isNaN(evaluation.confidence())
                        ? ""
                        : "; 95 %% confidence: %.6f ± %.6f nats"
                                .formatted(evaluation.natsPerToken(), evaluation.confidence()));
    }
}
