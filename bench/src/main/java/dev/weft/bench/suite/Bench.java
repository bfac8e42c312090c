package dev.weft.bench.suite;

import dev.weft.bench.ours.WeftSide;
import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideProcess;
import dev.weft.bench.torch.TorchSide;
import dev.weft.graph.MachineException;
import dev.weft.models.data.Corpus;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tokenizer.CharTokenizer;
import dev.weft.models.tokenizer.Gpt2Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What all rows share: processes, files, and what was measured of the machine. One thread at a time. */
final class Bench {

    private static final int SEED = 1337;
    private static final String HEAP = "2g";

    private final Settings settings;
    private final Path folder;
    private final Peaks peaks;
    private final Consumer<String> notes;
    private final Consumer<String> details;
    private final Map<Shape, String> weights = new HashMap<>();
    private final Java java = new Java();
    private final Python python;
    private @Nullable Commands commands;
    private int[] text = {};

    /**
     * @param folder for files that nobody needs afterwards
     * @param notes sees what is going on
     * @param details sees more of it
     */
    Bench(Settings settings, Path folder, Peaks peaks, Consumer<String> notes, Consumer<String> details) {
        this.settings = settings;
        this.folder = folder;
        this.peaks = peaks;
        this.notes = notes;
        this.details = details;
        this.python = new Python(settings.python(), settings.root());
    }

    int repeats() {
        return settings.repeats();
    }

    Peaks peaks() {
        return peaks;
    }

    boolean quick() {
        return settings.quick();
    }

    Optional<Path> data() {
        return settings.data();
    }

    /** @throws MachineException if {@code ./weft} is not there */
    Commands commands() {
        if (commands == null) {
            commands = new Commands(settings.root(), folder);
        }
        return commands;
    }

    Optional<String> peerCommand() {
        return settings.peerCommand();
    }

    void note(String line) {
        notes.accept(line);
    }

    void detail(String line) {
        details.accept(line);
    }

    /** @throws MachineException with a sentence if this contestant cannot take part here */
    SideProcess start(Contestant side) {
        return switch (side.kind()) {
            case WEFT, ONE_BY_ONE -> new SideProcess(side.name(), java.command(HEAP, WeftSide.class), Map.of(), folder);
            case REWRITTEN ->
                new SideProcess(side.name(), java.command(HEAP, WeftSide.class, WeftSide.REWRITTEN), Map.of(), folder);
            case CUDA ->
                new SideProcess(
                        side.name(),
                        java.command(
                                HEAP,
                                WeftSide.class,
                                WeftSide.BACKEND,
                                settings.suite().backend()),
                        Map.of(),
                        folder);
            case CUDA_EAGER, CUDA_COMPILED ->
                new SideProcess(
                        side.name(),
                        python.onDevice(settings.suite().device(), side.kind() == Contestant.Kind.CUDA_COMPILED),
                        Map.of(),
                        folder);
            case LIBTORCH ->
                new SideProcess(
                        side.name(),
                        java.command(HEAP, TorchSide.class),
                        TorchSide.environment(side.threads()),
                        folder);
            case EAGER, COMPILED ->
                new SideProcess(
                        side.name(),
                        python.command(side.kind() == Contestant.Kind.COMPILED),
                        TorchSide.environment(side.threads()),
                        folder);
            case COMMAND ->
                new SideProcess(
                        side.name(),
                        List.of("/bin/sh", "-c", settings.peerCommand().orElseThrow()),
                        TorchSide.environment(side.threads()),
                        folder);
        };
    }

    private String[] backend() {
        String backend = settings.suite().backend();
        return backend.isEmpty() ? new String[0] : new String[] {WeftSide.BACKEND, backend};
    }

    /** A file with a shape's initial parameters. */
    String weights(Shape shape) {
        return weights.computeIfAbsent(shape, missing -> {
            String file =
                    folder.resolve("weights-" + weights.size() + ".safetensors").toString();
            detail("writing " + file);
            try (SideProcess process =
                    new SideProcess("weights", java.command(HEAP, WeftSide.class, backend()), Map.of(), folder)) {
                process.open(new Opening(
                        "weights",
                        missing.program(),
                        missing.constants(),
                        1,
                        1,
                        "f32",
                        2,
                        new Opening.Optimizer(1, 0, 0, 1, 0, 1, List.of()),
                        file,
                        ""));
            }
            return file;
        });
    }

    /** A shape with a token for each character of the text that was named; the same shape where none was. */
    Shape forCharacters(Shape shape) {
        return settings.data()
                .map(file -> shape.vocabulary(
                        CharTokenizer.of(Corpus.read(List.of(file)).text()).vocabularySize()))
                .orElse(shape);
    }

    /**
     * A file with batches of the shipped corpus, in pieces of GPT-2's vocabulary, modulo that of the shape.
     *
     * @param characters whether to take the text that was named instead, where one was, character by character
     */
    String batches(Shape shape, int batch, int length, int steps, boolean characters) {
        int[] ids = characters && settings.data().isPresent()
                ? characters(settings.data().get())
                : pieces(Math.toIntExact(shape.constant("vocab")));
        TrainingWindows windows = new TrainingWindows(ids, length, batch, SEED);
        int size = batch * length;
        int[] tokens = new int[steps * size];
        int[] targets = new int[steps * size];
        for (int step = 0; step < steps; step++) {
            var window = windows.batch(step, 0);
            System.arraycopy(window.tokens(), 0, tokens, step * size, size);
            System.arraycopy(window.targets(), 0, targets, step * size, size);
        }
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("tokens", Tensor.of(tokens, steps, batch, length));
        tensors.put("targets", Tensor.of(targets, steps, batch, length));
        Path file = folder.resolve("batches.safetensors");
        SafeTensors.write(file, tensors, Map.of());
        return file.toString();
    }

    private static int[] characters(Path file) {
        Corpus corpus = Corpus.read(List.of(file));
        return CharTokenizer.of(corpus.text()).encode(corpus.training());
    }

    private int[] pieces(int vocabulary) {
        return Arrays.stream(text()).map(id -> id % vocabulary).toArray();
    }

    private int[] text() {
        if (text.length == 0) {
            text = new Gpt2Tokenizer().encode(Corpus.shipped().training());
        }
        return text;
    }
}
