package dev.weft.cli;

import dev.weft.graph.UserException;
import dev.weft.models.Trainer;
import dev.weft.models.names.Rename;
import dev.weft.models.tokenizer.Tokenizers;
import dev.weft.models.training.InitFrom;
import dev.weft.models.training.TrainingRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What is trained, on what and how. What is not given keeps what it was: the defaults, or those of the run that goes on. */
final class RequestOptions {

    /** Which tensors decay. */
    enum Decay {
        matrices,
        all
    }

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description =
                    "A file, folder or archive to train on; - for standard input. May be given several times. Weft's own sources if not given.")
    List<String> data = new ArrayList<>();

    @Option(
            names = "--tokenizer",
            paramLabel = "NAME|PATH",
            description = "char, gpt2, a file such as tokenizer.json, or the folder of a model: char if not given.")
    @Nullable
    String tokenizer;

    @Option(
            names = "--init-from",
            paramLabel = "MODEL",
            description = "Start from the parameters of a run, a checkpoint or a Hugging Face folder.")
    @Nullable
    String initFrom;

    @Option(
            names = "--rename",
            paramLabel = "FROM=TO",
            description =
                    "What tensors of --init-from are called in the program: * is one part of a name, ** any number. May be given several times.")
    List<String> renames = new ArrayList<>();

    @Option(
            names = "--partial",
            description = "Take from --init-from what matches by name and shape; the rest starts as the program says.")
    boolean partial;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE,…",
            split = "\\s*,\\s*",
            hideParamSyntax = true,
            description =
                    "A constant of the model, such as layers=4, or with optimizer. before it one of the optimizer. May be given several times.")
    Map<String, String> constants = new LinkedHashMap<>();

    @Option(
            names = "--optimizer",
            paramLabel = "NAME|FILE",
            description = "The optimizer: adamw, sgd or a .weft file; adamw if not given.")
    @Nullable
    String optimizer;

    @Option(names = "--batch", paramLabel = "N", description = "Rows of a micro-batch: 12 if not given.")
    @Nullable
    Integer batch;

    @Option(names = "--accumulate", paramLabel = "N", description = "Micro-batches of a step: 1 if not given.")
    @Nullable
    Integer accumulate;

    @Option(
            names = {"-n", "--steps"},
            paramLabel = "N",
            description = "Optimizer steps: 1500 if not given.")
    @Nullable
    Long steps;

    @Option(names = "--lr", paramLabel = "RATE", description = "The highest learning rate: 0.002 if not given.")
    @Nullable
    Double lr;

    @Option(
            names = "--min-lr",
            paramLabel = "RATE",
            description = "The learning rate at the end: a tenth of --lr if not given.")
    @Nullable
    Double minLr;

    @Option(
            names = "--warmup",
            paramLabel = "STEPS",
            description = "Steps until --lr is reached: a tenth of --steps, at most 100, if not given.")
    @Nullable
    Double warmup;

    @Option(
            names = "--clip",
            paramLabel = "NORM",
            description = "The largest norm that a gradient keeps: 1 if not given, 0 for no limit.")
    @Nullable
    Double clip;

    @Option(names = "--beta1", paramLabel = "X", description = "The optimizer's constant beta1.")
    @Nullable
    String beta1;

    @Option(names = "--beta2", paramLabel = "X", description = "The optimizer's constant beta2.")
    @Nullable
    String beta2;

    @Option(names = "--weight-decay", paramLabel = "X", description = "The optimizer's constant decay.")
    @Nullable
    String weightDecay;

    @Option(names = "--decay", paramLabel = "WHAT", description = "Which tensors decay: matrices or all.")
    @Nullable
    Decay decay;

    @Option(
            names = "--eval-every",
            paramLabel = "STEPS",
            description =
                    "Steps from one validation loss and checkpoint to the next: 500, or a quarter of --steps if that is less.")
    @Nullable
    Long evalEvery;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Decides about initial values, batches and dropout: 1337 if not given.")
    @Nullable
    Integer seed;

    /** A new request: what is not given has its default. */
    TrainingRequest request(String program, Map<String, Double> scalars) {
        TrainingRequest base = TrainingRequest.of(file(program));
        Trainer.Options defaults = base.options();
        long count = steps == null ? defaults.steps() : steps;
        double peak = lr == null ? defaults.peak() : lr;
        TrainingRequest sized = base.withOptions(Trainer.Options.of(count, peak))
                .withEvalEvery(Math.max(1, Math.min(base.evalEvery(), count / 4)));
        return over(sized, scalars);
    }

    /** A request with what was given in place of what it says. */
    TrainingRequest over(TrainingRequest base, Map<String, Double> scalars) {
        Map<String, String> modelConstants = new TreeMap<>(base.constants());
        Map<String, String> optimizerConstants = new TreeMap<>(base.optimizerConstants());
        constants.forEach((name, value) -> {
            if (name.startsWith("optimizer.")) {
                optimizerConstants.put(name.substring("optimizer.".length()), value);
            } else {
                modelConstants.put(name, value);
            }
        });
        put(optimizerConstants, "beta1", beta1);
        put(optimizerConstants, "beta2", beta2);
        put(optimizerConstants, "decay", weightDecay);
        put(optimizerConstants, "decay_from_rank", decay == null ? null : decay == Decay.all ? "0" : "2");
        return new TrainingRequest(
                base.program(),
                modelConstants,
                optimizer == null ? base.optimizer() : file(optimizer),
                optimizerConstants,
                data.isEmpty()
                        ? base.data()
                        : data.stream().map(RequestOptions::path).toList(),
                tokenizer == null || Tokenizers.isKind(tokenizer) ? or(tokenizer, base.tokenizer()) : path(tokenizer),
                batch == null ? base.batch() : batch,
                evalEvery == null ? base.evalEvery() : evalEvery,
                initFrom(base.initFrom()),
                options(base.options(), scalars));
    }

    private Trainer.Options options(Trainer.Options base, Map<String, Double> scalars) {
        Map<String, Double> extra = new TreeMap<>(base.extra());
        extra.putAll(scalars);
        return new Trainer.Options(
                steps == null ? base.steps() : steps,
                accumulate == null ? base.accumulate() : accumulate,
                lr == null ? base.peak() : lr,
                minLr == null ? base.floor() : minLr,
                warmup == null ? base.warmup() : warmup,
                clip == null ? base.clip() : clip == 0 ? Double.POSITIVE_INFINITY : clip,
                seed == null ? base.seed() : seed,
                extra);
    }

    private @Nullable InitFrom initFrom(@Nullable InitFrom base) {
        if (initFrom == null && base == null) {
            if (partial || !renames.isEmpty()) {
                throw new UserException("--rename, --partial: say how --init-from is read, which is not given");
            }
            return null;
        }
        InitFrom from = initFrom == null ? base : InitFrom.of(path(initFrom));
        return new InitFrom(
                from.model(),
                renames.isEmpty()
                        ? from.renames()
                        : renames.stream().map(Rename::parse).toList(),
                partial || from.partial());
    }

    private static @Nullable String or(@Nullable String given, @Nullable String base) {
        return given == null ? base : given;
    }

    private static void put(Map<String, String> constants, String name, @Nullable String value) {
        if (value != null) {
            constants.put(name, value);
        }
    }

    /** A file under its full path, so that a run can be repeated from another folder; a shipped name as it is. */
    static String file(String nameOrFile) {
        for (String candidate : List.of(nameOrFile, nameOrFile + ".weft")) {
            if (Files.isRegularFile(Path.of(candidate))) {
                return path(candidate);
            }
        }
        return nameOrFile;
    }

    private static String path(String path) {
        return path.equals("-")
                ? path
                : Path.of(path).toAbsolutePath().normalize().toString();
    }
}
