package dev.weft.cli;

import dev.weft.models.Generator;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.sample.Drawn;
import dev.weft.models.sample.Sampling;
import dev.weft.models.sample.StopFilter;
import dev.weft.models.tokenizer.TextStream;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntPredicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Continues a text. */
@Command(
        name = "generate",
        description = "Continue a text with a trained model.",
        footer = {"", "Example: weft generate runs/gpt-1 --prompt \"model \" --max-tokens 200"})
final class GenerateCommand extends Action {

    @Mixin
    final ModelOptions model = new ModelOptions();

    @Mixin
    final PromptOptions prompt = new PromptOptions();

    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            description = "Most tokens of a sample: 200 if not given.")
    int maxTokens = 200;

    @Mixin
    final SamplingOptions sampling = new SamplingOptions();

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text. May be given several times.")
    List<String> stops = new ArrayList<>();

    @Option(names = "--samples", paramLabel = "N", description = "Texts to write: 1 if not given.")
    int samples = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Equal seeds, equal texts: 1337 if not given.")
    long seed = 1337;

    @Option(
            names = "--explain",
            description = "Say of each token its rank, probability and the entropy, and what each filter took away.")
    boolean explain;

    @Option(names = "--stream", description = "Print each piece as it comes.")
    boolean stream;

    @Mixin
    final MachineOptions machine = new MachineOptions();

    GenerateCommand(Terminal terminal) {
        super(terminal);
    }

    private record Sample(String text, List<Integer> ids, List<Drawn> drawn) {

        Map<String, Object> json() {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("text", text);
            json.put("ids", ids);
            if (!drawn.isEmpty()) {
                json.put("tokens", drawn.stream().map(DrawnReport::json).toList());
            }
            return json;
        }
    }

    @Override
    int run() {
        if (maxTokens < 1 || samples < 1) {
            throw refused("--max-tokens and --samples must be at least 1, got %d and %d".formatted(maxTokens, samples));
        }
        Sampling sampling = this.sampling.get();
        try (Weft weft = machine.open();
                LoadedModel loaded = model.open(weft)) {
            Tokenizer tokenizer = loaded.tokenizer();
            int[] start = prompt.tokens(tokenizer);
            try (Generator generator = Generator.open(weft, loaded.program(), loaded.parameters())) {
                if (!generator.isCached()) {
                    note("%s keeps no cache: every token reads the whole window again"
                            .formatted(loaded.program().name()));
                }
                List<Sample> written = new ArrayList<>();
                for (int sample = 0; sample < samples; sample++) {
                    written.add(write(generator, tokenizer, start, sampling, sample));
                }
                if (output.json) {
                    print(written);
                }
            }
        }
        return ExitCode.DONE;
    }

    private Sample write(Generator generator, Tokenizer tokenizer, int[] start, Sampling sampling, int sample) {
        TextStream pieces = new TextStream(tokenizer);
        StopFilter filter = new StopFilter(stops);
        StringBuilder text = new StringBuilder();
        int end = tokenizer.endOfText().orElse(-1);
        String heading = samples > 1 ? "--- sample %d%n".formatted(sample + 1) : "";
        AtomicBoolean begun = new AtomicBoolean();
        IntPredicate each = id -> {
            if (begun.compareAndSet(false, true)) {
                show(heading + prompt.text());
            }
            if (id == end) {
                return false;
            }
            add(filter.accept(pieces.accept(id)), text);
            return !filter.stopped();
        };
        List<Drawn> drawn = new ArrayList<>();
        int[] ids = explain
                ? generator.explain(start, maxTokens, sampling, seed, sample, token -> {
                    drawn.add(token);
                    return each.test(token.id());
                })
                : generator.generate(start, maxTokens, sampling, seed, sample, each);
        add(filter.accept(pieces.finish()) + filter.finish(), text);
        show(System.lineSeparator());
        if (explain && !output.json) {
            DrawnReport.print(drawn, tokenizer, out());
        }
        return new Sample(text.toString(), Arrays.stream(ids).boxed().toList(), drawn);
    }

    private void add(String piece, StringBuilder text) {
        text.append(piece);
        show(piece);
    }

    private void show(String piece) {
        if (!output.json && !piece.isEmpty()) {
            out().print(piece);
            if (stream) {
                out().flush();
            }
        }
    }

    private void print(List<Sample> written) {
        Map<String, Object> json = new LinkedHashMap<>(written.getFirst().json());
        if (written.size() > 1) {
            json.put("samples", written.stream().map(Sample::json).toList());
        }
        result(json, to -> {});
    }
}
