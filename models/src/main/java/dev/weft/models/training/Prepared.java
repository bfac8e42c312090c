package dev.weft.models.training;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.RangeException;
import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.data.Corpus;
import dev.weft.models.io.Hashes;
import dev.weft.models.run.Identity;
import dev.weft.models.run.RunFolder;
import dev.weft.models.tokenizer.Tokenizer;
import dev.weft.models.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A request with everything it names read, checked and compiled; nothing is written yet.
 *
 * @param request with all constants that were decided, the vocabulary among them
 * @param program with the request's constants and optimizer
 * @param initial parameters to start from in place of those of the program, where there are any
 */
record Prepared(
        TrainingRequest request,
        Program program,
        TrainingData data,
        Model model,
        Trainer trainer,
        Identity identity,
        InitReport.@Nullable Matching initial) {

    /** A constant that, if a model has it, is the number of ids of its tokenizer. */
    static final String VOCABULARY = "vocab";

    /** In {@code run.json}: what the tensors were that a run started from. */
    static final String INITIAL = "initial";

    /**
     * For a new run.
     *
     * @param repetition of another run, if it is one
     */
    static Prepared fresh(
            Weft weft, TrainingRequest request, @Nullable Initial initial, @Nullable Repetition repetition) {
        Map<String, String> constants = new HashMap<>();
        if (initial != null) {
            constants.putAll(initial.constants());
        }
        constants.putAll(request.constants());
        Program program = Program.load(request.program()).with(constants);
        return prepare(weft, request.withConstants(constants), program, initial, (name, corpus) -> {
            if (repetition != null) {
                repetition.requireSameData(corpus.fingerprint());
            }
            return name == null && initial != null
                    ? initial.tokenizer()
                    : Tokenizers.named(name == null ? "char" : name, corpus::codePoints);
        });
    }

    /**
     * For a run that was {@code then} and goes on, from its own copy of the sources and with its own tokenizer.
     *
     * @param initial what it was started from, where it has to begin again
     */
    static Prepared again(Weft weft, TrainingRequest request, Identity then, Path run, @Nullable Initial initial) {
        if (request.data().contains(Corpus.STANDARD_INPUT)) {
            throw new UserException(
                    run + ": cannot be resumed; its data came from standard input, which cannot be read again");
        }
        Program program = LoadedModel.programOf(run);
        requireSameSource(request.program(), program, run);
        TrainingRequest own = request.withOptimizer(sourceName(request.optimizer()), request.optimizerConstants());
        Prepared prepared = prepare(
                weft,
                own,
                program.withStored(request.constants(), run.resolve("run.json")),
                initial,
                (name, corpus) -> {
                    then.requireSameData(corpus.fingerprint(), run);
                    return Tokenizers.load(run);
                });
        try {
            then.requireSame(prepared.identity(), run);
        } catch (RuntimeException e) {
            prepared.close();
            throw e;
        }
        return prepared;
    }

    /** A file that was trained is still there and says something else: its run would not show what it has become. */
    private static void requireSameSource(String nameOrFile, Program copy, Path run) {
        if (Files.isRegularFile(Path.of(nameOrFile))
                && !Program.load(nameOrFile)
                        .module()
                        .file()
                        .source()
                        .text()
                        .equals(copy.module().file().source().text())) {
            throw new UserException(
                    "%s: its program has changed since it was started: %s differs from %s. Restore it, or start a new run from this one with --init-from %s"
                            .formatted(run, nameOrFile, RunFolder.program(run), run));
        }
    }

    /** The name under which a run keeps a source: {@code adamw} for {@code my/adamw.weft}. */
    private static String sourceName(String nameOrFile) {
        String file = Path.of(nameOrFile).getFileName().toString();
        return file.endsWith(".weft") ? file.substring(0, file.length() - ".weft".length()) : file;
    }

    private static Prepared prepare(
            Weft weft,
            TrainingRequest request,
            Program loaded,
            @Nullable Initial initial,
            BiFunction<@Nullable String, Corpus, Tokenizer> tokenizer) {
        Program program = withOptimizer(loaded, request);
        LossArguments arguments = LossArguments.of(program);
        arguments.requireOptions(program, request.options().extra());
        TrainingData data;
        TrainingRequest complete = request;
        if (program.isLanguageModel()) {
            Corpus corpus = Corpus.named(request.data());
            Tokenizer tokens = tokenizer.apply(request.tokenizer(), corpus);
            complete = withVocabulary(request, program, tokens);
            program = program.with(complete.constants());
            int context = program.context();
            data = new TextData(
                    corpus, tokens, context, request.batch(), request.options().seed());
        } else {
            data = TensorData.read(
                    request.data(),
                    arguments,
                    program,
                    request.batch(),
                    request.options().seed());
        }
        try {
            InitReport.Matching matching = initial == null ? null : match(complete, initial, program);
            Model model = compile(weft, program, complete, data);
            try {
                Trainer trainer = new Trainer(model, data.batches(), complete.options());
                Identity identity = identity(complete, program, data);
                return new Prepared(complete, program, data, model, trainer, identity, matching);
            } catch (RuntimeException e) {
                model.close();
                throw e;
            }
        } catch (RuntimeException e) {
            data.close();
            throw e;
        }
    }

    private static InitReport.@Nullable Matching match(TrainingRequest request, Initial initial, Program program) {
        InitFrom from = request.initFrom();
        return from == null ? null : InitReport.match(from, initial, LoadedModel.wanted(program));
    }

    private static Program withOptimizer(Program program, TrainingRequest request) {
        Program optimized = program.optimizer(request.optimizer(), request.optimizerConstants());
        List<String> taken = optimized.optimizerConstants();
        for (String name : request.optimizerConstants().keySet()) {
            if (!taken.contains(name)) {
                throw new UserException(
                        "optimizer %s: has no constant %s; it takes %s".formatted(request.optimizer(), name, taken));
            }
        }
        return optimized;
    }

    /** A vocabulary that the user did not choose is the tokenizer's. */
    private static TrainingRequest withVocabulary(TrainingRequest request, Program program, Tokenizer tokenizer) {
        if (!program.takes(VOCABULARY)) {
            return request;
        }
        int needed = tokenizer.vocabularySize();
        if (!request.constants().containsKey(VOCABULARY)) {
            Map<String, String> constants = new LinkedHashMap<>(request.constants());
            constants.put(VOCABULARY, Integer.toString(needed));
            return request.withConstants(constants);
        }
        long chosen = program.integer(VOCABULARY);
        if (chosen < needed) {
            String problem = "%s: must be at least %d, the vocabulary of the tokenizer %s, got %d"
                    .formatted(VOCABULARY, needed, tokenizer.name(), chosen);
            throw request.initFrom() == null ? new RangeException(problem) : new UserException(problem);
        }
        return request;
    }

    private static Model compile(Weft weft, Program program, TrainingRequest request, TrainingData data) {
        Set<String> scalars = request.options().extra().keySet();
        List<EntryRequest> entries = new ArrayList<>();
        boolean whole = request.options().accumulate() == 1;
        String batchEntry = whole ? "step" : "accumulate";
        entries.add(EntryRequest.of(batchEntry, data.sizes()).inputs(scalars));
        if (!whole) {
            entries.add(EntryRequest.of("apply", Map.of()));
        }
        entries.add(EntryRequest.of("evaluate", data.validationSizes()));
        entries.add(EntryRequest.of("rate", Map.of()));
        Model model = weft.compile(program, entries);
        if (data instanceof TensorData tensors) {
            tensors.requireFits(model.inputTypes(batchEntry));
        }
        return model;
    }

    private static Identity identity(TrainingRequest request, Program program, TrainingData data) {
        String sources = new TreeMap<>(program.sources()).toString();
        String numbers = new TreeMap<>(program.boundConstants()) + " " + new TreeMap<>(request.optimizerConstants());
        return new Identity(
                Hashes.sha256(sources + numbers),
                data.fingerprint(),
                data.tokenizer().map(Tokenizer::fingerprint).orElse(""),
                request.options().seed());
    }

    /** Writes what a new run consists of before its first step. */
    void writeTo(RunFolder folder, Map<String, Object> environment) {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("program", program.name());
        config.put("constants", program.boundConstants());
        config.put("parameters", parameters());
        folder.writeProgram(program.sources());
        program.names().ifPresent(text -> folder.writeProgram(Map.of(program.name() + ".names", text)));
        folder.writeConfig(config);
        data.tokenizer().ifPresent(tokens -> tokens.save(folder.path()));
        Map<String, Object> run = new LinkedHashMap<>(RequestJson.write(request));
        run.put("identity", identity.toJson());
        if (initial != null) {
            run.put(INITIAL, initial.fingerprint());
        }
        run.putAll(environment);
        folder.writeRun(run);
    }

    /** Numbers that are trained. */
    long parameters() {
        return model.stored().stream()
                .filter(stored -> stored.role() == Stored.Role.PARAM)
                .mapToLong(stored -> stored.type().shape().elements())
                .sum();
    }

    void close() {
        model.close();
        data.close();
    }
}
