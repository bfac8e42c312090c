package dev.weft.cli;

import dev.weft.models.Generator;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.sample.Distribution;
import dev.weft.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a model expects next. */
@Command(
        name = "predict",
        description = "Show the distribution over the token after a text.",
        footer = {"", "Example: weft predict runs/gpt-1 --prompt \"import \""})
final class PredictCommand extends Action {

    @Mixin
    final ModelOptions model = new ModelOptions();

    @Mixin
    final PromptOptions prompt = new PromptOptions();

    @Option(names = "--top", paramLabel = "N", description = "Tokens to show: 10 if not given.")
    int top = 10;

    @Mixin
    final MachineOptions machine = new MachineOptions();

    PredictCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (top < 1) {
            throw refused("--top: must be at least 1, got " + top);
        }
        try (Weft weft = machine.open();
                LoadedModel loaded = model.open(weft)) {
            Tokenizer tokenizer = loaded.tokenizer();
            int[] start = prompt.tokens(tokenizer);
            try (Generator generator = Generator.open(weft, loaded.program(), loaded.parameters())) {
                report(generator.predict(start), tokenizer);
            }
        }
        return ExitCode.DONE;
    }

    private void report(Distribution distribution, Tokenizer tokenizer) {
        List<Map<String, Object>> rows = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (Distribution.Choice choice : distribution.top(top)) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("id", choice.id());
            String text = choice.id() < tokenizer.vocabularySize() ? tokenizer.decode(choice.id()) : "";
            row.put("text", text);
            row.put("probability", choice.probability());
            row.put("logprob", choice.logProbability());
            rows.add(row);
            lines.add("%7d  %11.5f  %8.4f  %s"
                    .formatted(choice.id(), choice.probability(), choice.logProbability(), JsonText.of(text)));
        }
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("entropy_bits", distribution.entropyBits());
        json.put("top", rows);
        result(json, to -> {
            to.println("     id  probability   logprob  text");
            lines.forEach(to::println);
            to.printf("entropy %.4f bits%n", distribution.entropyBits());
        });
    }
}
