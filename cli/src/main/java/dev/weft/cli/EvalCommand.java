package dev.weft.cli;

import dev.weft.models.Evaluation;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.probe.Measurement;
import dev.weft.models.score.ExampleLoss;
import dev.weft.models.score.Task;
import dev.weft.models.score.TaskScore;
import dev.weft.models.score.WeightChange;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    @Option(
            names = "--task",
            paramLabel = "KIND",
            description =
                    "Ask questions in place of reading a text: choice (lines of context, choices, answer) or last-word (lines of text). --data is a JSON Lines file then.")
    @Nullable
    TaskKind task;

    @Option(
            names = "--shots",
            paramLabel = "K",
            description =
                    "Ask every question of --task behind 0, 1 and up to K others of the file with their right answers.")
    @Nullable
    Integer shots;

    @Mixin
    final EvalViews views = new EvalViews();

    @Mixin
    final ProbeOptions probe = new ProbeOptions();

    @Mixin
    final WeightOptions weights = new WeightOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    /** As they are written on the command line. */
    enum TaskKind {
        choice,
        last_word;

        @Override
        public String toString() {
            return name().replace('_', '-');
        }
    }

    EvalCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        views.complaint(shots != null).ifPresent(complaint -> {
            throw refused(complaint);
        });
        if (views.csv && output.json) {
            throw refused("--csv: cannot go with --json; choose one");
        }
        if (shots != null && task == null) {
            throw refused("--shots: goes with --task");
        }
        views.requirePlot();
        if (task != null) {
            return ask(task);
        }
        try (Weft weft = machine.open(weights.type());
                LoadedModel loaded = model.open(weft)) {
            Corpus corpus = Corpus.named(data);
            List<Measurement> measured =
                    probe.any() ? Evaluation.probe(weft, loaded, corpus, probe.patterns) : List.of();
            Evaluation evaluation =
                    stride == null ? Evaluation.of(weft, loaded, corpus) : Evaluation.of(weft, loaded, corpus, stride);
            Optional<WeightChange> change = weights.areHeld()
                    ? Optional.of(WeightChange.of(
                            weft, loaded, corpus, evaluation, done -> progress("%,d tokens".formatted(done))))
                    : Optional.empty();
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
            change.ifPresent(report -> json.put("weights", weights.json(report)));
            List<EvalReport> seen =
                    views.of(weft, loaded, corpus, done -> progress("%,d windows continued".formatted(done)));
            seen.forEach(report -> json.put(report.key(), report.rows()));
            result(json, to -> {
                if (views.csv) {
                    seen.getFirst().csv(to);
                    return;
                }
                print(evaluation, measured, to);
                change.ifPresent(report -> weights.print(report, to));
                seen.forEach(report -> report.print(to));
            });
            draw(seen);
        }
        return ExitCode.DONE;
    }

    private void draw(List<EvalReport> reports) {
        views.draw(reports).ifPresent(file -> note(file + ": written"));
    }

    private int ask(TaskKind kind) {
        if (data.size() != 1 || views.any() || stride != null || probe.any()) {
            throw refused("--task: goes with one --data, a JSON Lines file, and with no option for texts");
        }
        List<Task> tasks =
                Task.read(Path.of(data.getFirst()), kind == TaskKind.choice ? Task.Kind.CHOICE : Task.Kind.LAST_WORD);
        try (Weft weft = machine.open(weights.type());
                LoadedModel loaded = model.open(weft)) {
            if (shots != null) {
                showExamples(weft, loaded, kind, tasks, shots);
            } else {
                answer(weft, loaded, kind, tasks);
            }
        }
        return ExitCode.DONE;
    }

    private void showExamples(Weft weft, LoadedModel loaded, TaskKind kind, List<Task> tasks, int most) {
        long all = (most + 1L) * tasks.size();
        ExampleLoss loss = ExampleLoss.of(
                weft, loaded, tasks, most, views.seed(), done -> progress("%,d of %,d".formatted(done, all)));
        ExampleReport report = new ExampleReport(loss, tasks.size(), kind == TaskKind.choice);
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", kind.toString());
        json.put("items", tasks.size());
        json.put(report.key(), report.rows());
        result(json, views.csv ? report::csv : report::print);
        draw(List.of(report));
    }

    private void answer(Weft weft, LoadedModel loaded, TaskKind kind, List<Task> tasks) {
        TaskScore score =
                TaskScore.of(weft, loaded, tasks, done -> progress("%,d of %,d".formatted(done, tasks.size())));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("task", kind.toString());
        json.put("items", score.items());
        json.put("accuracy", score.accuracy());
        json.put("confidence_95", score.confidence());
        if (kind == TaskKind.choice) {
            json.put("accuracy_normalized", score.normalizedAccuracy());
        }
        json.put("nats_per_answer", score.nats() / score.items());
        json.put("cut", score.cut());
        result(json, to -> {
            to.printf("%,d items; accuracy %.4f ± %.4f (95 %%)", score.items(), score.accuracy(), score.confidence());
            if (kind == TaskKind.choice) {
                to.printf(", %.4f by probability for each byte", score.normalizedAccuracy());
            }
            to.printf("; %.4f nats an answer%n", score.nats() / score.items());
            if (score.cut() > 0) {
                to.printf(
                        "%,d items had a context that the model does not hold, and lost its beginning%n", score.cut());
            }
        });
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
