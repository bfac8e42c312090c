package dev.weft.cli;

import dev.weft.models.BatchGenerator;
import dev.weft.models.BatchGenerator.Order;
import dev.weft.models.BatchGenerator.Text;
import dev.weft.models.Detail;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.sample.Prompt;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Continues texts. */
@Command(
        name = "generate",
        description = "Continue texts with a trained model.",
        footer = {
            "",
            "Example: weft generate runs/gpt-1 --prompt \"model \" --max-tokens 200",
            "         weft generate runs/gpt-1 --prompts questions.jsonl --samples 4 --json"
        })
final class GenerateCommand extends Action {

    @Mixin
    final ModelOptions model = new ModelOptions();

    @Mixin
    final PromptsOptions prompts = new PromptsOptions();

    @Option(
            names = {"-n", "--max-tokens"},
            paramLabel = "N",
            description = "Most tokens of a sample: 200 if not given.")
    int maxTokens = 200;

    @Mixin
    final SamplingOptions sampling = new SamplingOptions();

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text. May be given several times.")
    List<String> stops = new ArrayList<>();

    @Option(names = "--samples", paramLabel = "N", description = "Texts to write for each prompt: 1 if not given.")
    int samples = 1;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Texts that are written at once, at most: 16 if not given.")
    int batch = 16;

    @Option(names = "--seed", paramLabel = "N", description = "Equal seeds, equal texts: 1337 if not given.")
    long seed = 1337;

    @Option(
            names = "--explain",
            description = "Say of each token its rank, probability and the entropy, and what each filter took away.")
    boolean explain;

    @Option(
            names = "--stream",
            description = "Print each piece as it comes, if there is one text; several are printed as they end.")
    boolean stream;

    @Mixin
    final WeightOptions weights = new WeightOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    GenerateCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        requireAtLeast(1, "--max-tokens", maxTokens);
        requireAtLeast(1, "--samples", samples);
        requireAtLeast(1, "--batch", batch);
        if (prompts.isMixed()) {
            throw refused("--prompt, --prompt-file and --prompts: cannot go with each other; choose one");
        }
        Detail detail = explain ? Detail.REASONS : output.json ? Detail.PROBABILITY : Detail.NOTHING;
        Order order = new Order(maxTokens, sampling.get(), seed, prompts.overflow.chosen, detail);
        try (Weft weft = machine.open(weights.type());
                LoadedModel loaded = model.open(weft)) {
            List<WrittenText> texts = texts(loaded.tokenizer());
            try (BatchGenerator generator =
                    BatchGenerator.open(weft, loaded.program(), loaded.parameters(), rows(texts.size()))) {
                if (!generator.isCached()) {
                    note("%s keeps no cache: every token reads the whole window again"
                            .formatted(loaded.program().name()));
                }
                write(generator, order, texts, loaded.tokenizer());
            }
        }
        return ExitCode.DONE;
    }

    private List<WrittenText> texts(Tokenizer tokenizer) {
        List<Prompt> all = prompts.get(tokenizer);
        boolean alone = all.size() == 1 && samples == 1;
        WrittenText.End end = new WrittenText.End(maxTokens, stops);
        List<WrittenText> texts = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            for (int sample = 0; sample < samples; sample++) {
                String title = title(all.size() > 1, i, sample);
                texts.add(new WrittenText(all.get(i), sample, title, tokenizer, end, alone ? this::show : piece -> {}));
            }
        }
        return texts;
    }

    private String title(boolean isOneOfSeveral, int prompt, int sample) {
        return Stream.of(isOneOfSeveral ? "prompt " + (prompt + 1) : "", samples > 1 ? "sample " + (sample + 1) : "")
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** Of the last batch no row shall stand empty if fewer would do: 20 texts are twice 10. */
    private int rows(int texts) {
        return Math.ceilDiv(texts, Math.ceilDiv(texts, batch));
    }

    private void write(BatchGenerator generator, Order order, List<WrittenText> texts, Tokenizer tokenizer) {
        List<Text> starts = texts.stream()
                .map(text -> new Text(text.prompt().origin(), text.prompt().ids(), text.sample()))
                .toList();
        AtomicInteger printed = new AtomicInteger();
        generator.generate(starts, order, (text, token) -> {
            boolean goesOn = texts.get(text).accept(token);
            while (!output.json
                    && printed.get() < texts.size()
                    && texts.get(printed.get()).hasEnded()) {
                print(texts.get(printed.getAndIncrement()), tokenizer);
            }
            return goesOn;
        });
        if (output.json) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("text", texts.getFirst().text());
            json.put("ids", texts.getFirst().ids());
            json.put("results", texts.stream().map(WrittenText::json).toList());
            result(json, to -> {});
        }
    }

    private void print(WrittenText text, Tokenizer tokenizer) {
        if (!text.title().isEmpty()) {
            show("--- " + text.title() + System.lineSeparator() + text.prompt().text() + text.text());
        }
        show(System.lineSeparator());
        if (explain) {
            DrawnReport.print(text.drawn(), tokenizer, out());
        }
        out().flush();
    }

    private void show(String piece) {
        if (!output.json && !piece.isEmpty()) {
            out().print(piece);
            if (stream) {
                out().flush();
            }
        }
    }
}
