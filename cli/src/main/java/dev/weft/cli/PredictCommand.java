package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.Generator;
import dev.weft.models.LoadedModel;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TokenizedCorpus;
import dev.weft.models.data.Tokens;
import dev.weft.models.sample.Distribution;
import dev.weft.models.score.Scorer;
import dev.weft.models.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a model expects: next, or at every token of a text. */
@Command(
        name = "predict",
        description = "Show the distribution over the token after a text, or how the model expected each token of one.",
        footer = {
            "",
            "Example: weft predict runs/gpt-1 --prompt \"import \"",
            "         weft predict runs/gpt-1 --text my.txt --html my.html"
        })
final class PredictCommand extends Action {

    /** Tokens that a page has of each distribution: enough for its sliders, and a page that a browser opens at once. */
    private static final int ON_PAGE = 50;

    private static final int MOST_ON_PAGE = 20_000;

    @Mixin
    final ModelOptions model = new ModelOptions();

    @Mixin
    final PromptOptions prompt = new PromptOptions();

    @Mixin
    final OverflowOption overflow = new OverflowOption();

    @Option(
            names = "--text",
            paramLabel = "FILE",
            description = "A text of which every token is shown with its surprise; - for standard input.")
    @Nullable
    String text;

    @Option(names = "--top", paramLabel = "N", description = "Tokens to show: 10 if not given, 3 with --text.")
    @Nullable
    Integer top;

    @Option(names = "--csv", description = "Print lines of comma-separated values.")
    boolean csv;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a page on which the distribution can be looked at.")
    @Nullable
    Path html;

    @Mixin
    final WeightOptions weights = new WeightOptions();

    @Mixin
    final MachineOptions machine = new MachineOptions();

    PredictCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int run() {
        if (top != null && top < 1) {
            throw refused("--top: must be at least 1, got " + top);
        }
        if (csv && output.json) {
            throw refused("--csv: cannot go with --json; choose one");
        }
        if (text != null && prompt.isGiven()) {
            throw refused("--text: cannot go with a prompt; choose one");
        }
        if (html != null) {
            OutputFile.of("--html", html).require();
        }
        try (Weft weft = machine.open(weights.type());
                LoadedModel loaded = model.open(weft)) {
            if (text == null) {
                next(weft, loaded);
            } else {
                everyToken(weft, loaded, text);
            }
        }
        return ExitCode.DONE;
    }

    private void next(Weft weft, LoadedModel loaded) {
        Tokenizer tokenizer = loaded.tokenizer();
        int[] start;
        Distribution distribution;
        try (Generator generator = Generator.open(weft, loaded.program(), loaded.parameters())) {
            start = overflow.chosen.fit("prompt", prompt.tokens(tokenizer), generator.context());
            distribution = generator.predict(start);
        }
        NextReport report = new NextReport(tokenizer, distribution, top == null ? 10 : top);
        if (csv) {
            report.csv(out());
        } else {
            result(report.json(), report::print);
        }
        if (html != null) {
            List<ScoredToken> tokens = new ArrayList<>();
            if (start.length > 1) {
                scores(weft, loaded, Tokens.of(start), ON_PAGE, tokens);
            }
            tokens.add(ScoredToken.next(distribution, ON_PAGE));
            write(html, loaded, start[0], tokens);
        }
    }

    private void everyToken(Weft weft, LoadedModel loaded, String file) {
        List<ScoredToken> tokens = new ArrayList<>();
        int first;
        int shown = top == null ? 3 : top;
        try (TokenizedCorpus corpus = TokenizedCorpus.forValidation(Corpus.named(List.of(file)), loaded.tokenizer())) {
            Tokens read = corpus.validation();
            if (html != null && read.count() > MOST_ON_PAGE) {
                throw new UserException(
                        "--html: the text must have at most %d tokens, so that a browser can show it; got %d"
                                .formatted(MOST_ON_PAGE, read.count()));
            }
            first = read.id(0);
            scores(weft, loaded, read, html == null ? shown : Math.max(shown, ON_PAGE), tokens);
        }
        TextReport report = new TextReport(loaded.tokenizer(), first, tokens, shown);
        // Before the table: whoever asked for a page and gets none is not to search for that below a long table.
        if (html != null) {
            write(html, loaded, first, tokens);
        }
        if (csv) {
            report.csv(out());
        } else {
            result(report.json(), report::print);
        }
    }

    private static void scores(Weft weft, LoadedModel loaded, Tokens text, int top, List<ScoredToken> to) {
        int context = loaded.program().context();
        int length = (int) Math.min(context, text.count() - 1);
        try (Scorer scorer = Scorer.open(weft, loaded, length)) {
            scorer.score(text, length, score -> to.add(ScoredToken.of(score, top)));
        }
    }

    private void write(Path page, LoadedModel loaded, int first, List<ScoredToken> tokens) {
        String title = "%s, as %s expects it".formatted(text == null ? "a prompt" : text, loaded.path());
        OutputFile.of("--html", page).write(PredictPage.of(title, loaded.tokenizer(), first, tokens));
        note(page + ": written; open it in a browser");
    }
}
