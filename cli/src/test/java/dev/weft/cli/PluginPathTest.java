package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.spi.Backends;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.op.Primitive;
import dev.weft.models.Batches;
import dev.weft.models.Model;
import dev.weft.models.Program;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.WeftOptions;
import dev.weft.models.data.TrainingWindows;
import dev.weft.models.data.ValidationWindows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** A backend in a jar of its own, {@code examples/backend-plugin}: found, listed, proven, trained with; and what is wrong with others. */
class PluginPathTest {

    private static final Path EXAMPLE = Jars.project().resolve("examples/backend-plugin/src/main");

    @TempDir
    static Path folder;

    private static Path plugin;

    @BeforeAll
    static void build() throws IOException {
        plugin = jar("the example", "my plugins/counting backend.jar", UnaryOperator.identity());
    }

    private static Path jar(String scratch, String name, UnaryOperator<String> edit) throws IOException {
        return Jars.ofSources(EXAMPLE, folder.resolve(scratch), folder.resolve(name), edit);
    }

    private static Run backends(Path... path) {
        List<String> arguments = new ArrayList<>(List.of("backends"));
        for (Path element : path) {
            arguments.addAll(List.of("--plugin-path", element.toString()));
        }
        return Run.weft(arguments.toArray(String[]::new));
    }

    private static void refused(Run run, String sentence) {
        assertThat(run.err()).isEqualTo("error: " + sentence + "\n");
        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aJarInAPathWithSpacesIsListed() {
        Run run = backends(plugin);

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).containsPattern("(?m)^counting +\\d+ +counts the calls of backend ");
        assertThat(backends(plugin.getParent()).out()).isEqualTo(run.out());
        assertThat(Run.weft("backends").out()).doesNotContain("counting");
        assertThat(Run.weft("doctor", "--plugin-path", plugin.toString()).out())
                .contains("backend counting, score ", "    calls: {}");
    }

    @Test
    void itPassesTheKit() {
        for (String only : List.of("ops: dot_general f32", "stored", "misuse")) {
            Run run = conformance(only);

            assertThat(run.code()).as(run.out() + run.err()).isZero();
            assertThat(run.out()).contains("backend counting: conforms. ");
        }
    }

    @Test
    @EnabledIfSystemProperty(named = "weft.slow", matches = "true")
    void itPassesTheWholeKit() {
        Run run = conformance("");

        assertThat(run.code()).as(run.out() + run.err()).isZero();
    }

    private static Run conformance(String only) {
        return Run.weft("conformance", "--backend", "counting", "--only", only, "--plugin-path", plugin.toString());
    }

    @Test
    void tenStepsHaveTheLossesOfTheBackendBehindIt() {
        WeftOptions counting = WeftOptions.defaults().backend("counting").plugins(plugin);
        WeftOptions behind = WeftOptions.defaults().backend(Backends.best().name());

        List<Trainer.Step> steps = tenSteps(counting, "run step=10");

        assertThat(steps).hasSize(10).isEqualTo(tenSteps(behind, ""));
        assertThat(steps.getLast().loss()).isLessThan(steps.getFirst().loss());
    }

    /** The steps of a small model; afterwards the backend's capabilities must hold {@code counted}. */
    private static List<Trainer.Step> tenSteps(WeftOptions options, String counted) {
        Program program = Program.load("gpt")
                .with(Map.of("layers", "2", "heads", "2", "width", "16", "context", "8", "vocab", "7"))
                .optimizer("adamw", Map.of());
        Map<String, Long> sizes = Map.of("B", 4L, "T", 8L);
        int[] tokens = IntStream.range(0, 200).map(i -> i * i % 7).toArray();
        Batches batches = Batches.of(new TrainingWindows(tokens, 8, 4, 1), new ValidationWindows(tokens, 8, 4));
        try (Weft weft = Weft.open(options);
                Model model = weft.compile(
                        program.lower(List.of(EntryRequest.of("step", sizes), EntryRequest.of("rate", Map.of()))))) {
            model.initialize(1);
            Trainer trainer = new Trainer(model, batches, Trainer.Options.of(10, 1e-2));
            List<Trainer.Step> steps = new ArrayList<>();
            while (!trainer.isFinished()) {
                steps.add(trainer.step());
            }
            assertThat(String.join("\n", weft.backend().capabilities())).contains(counted);
            return steps;
        }
    }

    @Test
    void twoOfOneNameAreRefused() throws IOException {
        Path other = jar("twin", "twin.jar", UnaryOperator.identity());
        String type = "com.example.counting.CountingProvider";

        refused(
                backends(plugin, other),
                "backend counting: must be there once, is provided by %s of %s and by %s of %s"
                        .formatted(type, plugin, type, other));
        Path cpu = jar("false cpu", "cpu.jar", source -> source.replace("\"counting\"", "\"reference\""));
        assertThat(backends(cpu).err())
                .startsWith(
                        "error: backend reference: must be there once, is provided by dev.weft.backend.reference.ReferenceProvider and by ");
    }

    @Test
    void anotherOpSetIsRefused() throws IOException {
        int old = Primitive.VERSION + 1;
        Path other = jar("old", "old.jar", source -> source.replace("Primitive.VERSION", "" + old));

        refused(
                backends(other),
                "backend counting: must be built for op set %d, is built for %d; use a version of it that matches this Weft (com.example.counting.CountingProvider of %s)"
                        .formatted(Primitive.VERSION, old, other));
    }

    @Test
    void aClassThatIsMissingIsNamed() throws IOException {
        List<Path> parts = List.of(folder.resolve("the example/classes"), EXAMPLE.resolve("resources"));
        Path torn = Jars.pack(parts, folder.resolve("torn.jar"), List.of("CountingBackend.class"));
        Path hollow = Jars.pack(parts, folder.resolve("hollow.jar"), List.of("CountingProvider.class"));

        assertThat(backends(torn).code())
                .as("the class is needed only to open it")
                .isZero();
        refused(
                Run.weft(
                        "conformance",
                        "--backend",
                        "counting",
                        "--plugin-path",
                        torn.toString(),
                        "--only",
                        "misuse: a"),
                "plugin %s: com.example.counting.CountingProvider cannot be used: class com.example.counting.CountingBackend is not there; put the jar that has it into one folder with the plugin and give the folder"
                        .formatted(torn));
        refused(
                backends(hollow),
                "plugin %s: com.example.counting.CountingProvider cannot be used: the jar has no such class"
                        .formatted(hollow));
    }

    @Test
    void whatIsNoPluginIsSaid() throws IOException {
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        Path empty = Files.createDirectories(folder.resolve("empty"));
        Path useless =
                Jars.pack(List.of(folder.resolve("the example/classes")), folder.resolve("useless.jar"), List.of());
        Path absent = folder.resolve("absent.jar");

        assertThat(backends(text).err()).startsWith("error: plugin " + text + ": is no jar that can be read: ");
        refused(backends(empty), "plugin " + empty + ": must be a jar or a folder of jars, has no jar");
        refused(
                backends(useless),
                "plugin %s: must name a backend in META-INF/services/dev.weft.backend.spi.BackendProvider, has none; a module's provides alone is not read here"
                        .formatted(useless));
        refused(
                backends(absent),
                "plugin " + absent + ": there is no such file; a plugin is a jar, or a folder of jars");
    }

    @Test
    void aPluginThatCannotTellWhetherItRunsDoesNotRun() throws IOException {
        Path confused = jar(
                "confused",
                "confused.jar",
                source -> source.replace("Backends.best();", "java.util.List.<BackendProvider>of().getFirst();"));

        Run run = backends(confused);

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .containsPattern(
                        "(?m)^counting +0 +its look at this machine failed: java.util.NoSuchElementException$");
    }

    @Test
    void aProviderWithoutPublicConstructorIsSaid() throws IOException {
        Path closed = jar(
                "closed",
                "closed.jar",
                source -> source.replace(
                        "implements BackendProvider {", "implements BackendProvider { private CountingProvider() {}"));

        refused(
                backends(closed),
                "plugin %s: com.example.counting.CountingProvider cannot be used: it must be public and have a public constructor"
                        .formatted(closed));
    }
}
