package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.text.ProgramParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompileCommandTest {

    private static final String QUOTED = "\"([^\"\\\\]|\\\\.)*\"";

    private static final String SMALL = "layers=2,width=32,heads=2,vocab=50,context=8";

    @Test
    void saysWhyWeightsAreNotHeld() {
        String[] words =
                ("compile gpt --entry next --dim B=1,T=1 --backend reference --weights int8 --set layers=2,width=64,"
                                + "heads=2,vocab=50,context=8")
                        .split(" ");
        String[] verbose = Arrays.copyOf(words, words.length + 1);
        verbose[words.length] = "-v";
        Run run = Run.weft(verbose);

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("blocks.*.norm1.weight is not held in int8: it is no matrix in f32 but f32[64]")
                .contains("position.weight is not held in int8: it is read by ")
                .doesNotContain("attn.qkv.weight");
        assertThat(run.err().lines().filter(line -> line.contains("norm1.weight")))
                .hasSize(1);
        assertThat(Run.weft(words).err()).isEmpty();

        verbose[words.length] = "--report";
        assertThat(Run.weft(verbose).err()).contains("norm.bias is not held in int8");
    }

    @Test
    void closesWithATable() {
        Run run = Run.weft("compile", "mlp", "--entry", "loss", "--dim", "B=8", "--backend", "reference");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out().lines().map(line -> line.strip().split(" {2,}")[0]).toList())
                .containsExactly(
                        "pass",
                        "lower",
                        "differentiate",
                        "inline",
                        "canonical",
                        "backend reference",
                        "",
                        "entry",
                        "loss",
                        "",
                        "kernels",
                        "interpreted",
                        "peak memory",
                        "compile time");
    }

    @ParameterizedTest
    @CsvSource({
        "gpt,   'step,accumulate,apply,rate,evaluate,loss,logits,window,chunk', adamw",
        "llama, 'step,accumulate,apply,rate,evaluate,loss,logits,window,chunk', sgd",
        "mlp,   'step,accumulate,apply,rate,evaluate,loss,scores',              adamw",
        "mlp,   'step,apply',                                                   sgd"
    })
    void theCpuInterpretsNothingOfWhatWeftShips(String program, String entries, String optimizer) {
        String constants = program.equals("mlp") ? "hidden=16" : SMALL;
        Run run = Run.weft(
                "compile",
                program,
                "--entry",
                entries,
                "--dim",
                program.equals("mlp") ? "B=2" : "B=2,T=8",
                "--set",
                constants,
                "--optimizer",
                optimizer,
                "--backend",
                "cpu",
                "--json");

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("\"fallback_regions\":0,")
                .contains(
                        "\"kernels\":",
                        "\"gflop\":",
                        "\"bytes_moved\":",
                        "\"peak_bytes\":",
                        "\"compile_ms\":",
                        "\"passes\":[{");
    }

    @Test
    void printsEveryStage() {
        String stages = "ast,graph,grad,canonical,schedule,plan,kernels,llvm,asm";
        Run run = Run.weft("compile", "mlp", "--entry", "loss", "--dim", "B=8", "--backend", "cpu", "--emit", stages);

        assertThat(run.code()).isZero();
        assertThat(run.out())
                .startsWith("import nn")
                .contains(
                        "call ",
                        "plan arena=",
                        "slab \"params\"",
                        "schedule \"loss\"",
                        "region contract",
                        "matmul[",
                        "define ",
                        ".text")
                .contains("// mlp.weft:18:");
        assertThat(run.err()).startsWith("pass ").contains("peak memory");
    }

    @Test
    void aStageThatABackendLacksIsRefused() {
        Run run = Run.weft(
                "compile", "mlp", "--entry", "loss", "--dim", "B=8", "--backend", "reference", "--emit", "asm");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).isEqualTo("error: --emit asm: backend reference has no such stage; it has program\n");
    }

    @Test
    void dumpsTheProgramAfterEachPass(@TempDir Path folder) throws IOException {
        Path dumps = folder.resolve("dumps");

        Run run = Run.weft(
                "compile",
                "mlp",
                "--entry",
                "step",
                "--dim",
                "B=8",
                "--backend",
                "reference",
                "--dump-passes",
                dumps.toString());

        assertThat(run.code()).isZero();
        try (var files = Files.list(dumps)) {
            List<Path> sorted = files.sorted().toList();
            assertThat(sorted.stream()
                            .map(file -> file.getFileName().toString())
                            .toList())
                    .containsExactly(
                            "00-lowered.weft-graph",
                            "01-differentiate.diff",
                            "01-differentiate.weft-graph",
                            "02-inline.diff",
                            "02-inline.weft-graph",
                            "03-canonical.diff",
                            "03-canonical.weft-graph");
            for (Path file : sorted) {
                if (file.toString().endsWith(".diff")) {
                    assertThat(file).content().startsWith("--- ").contains("\n+++ ", "\n@@ ");
                    continue;
                }
                assertThat(ProgramParser.parse(Files.readString(file)).entries())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void aDiffShowsWhatThePassChangedAndNothingElse(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("small.weft"), """
                model Small() {
                    fn f(x: f32[4], y: f32[4]) -> f32[4] = exp(x - 0.0) * y + x
                }
                """);

        Run run = Run.weft(
                "compile",
                file.toString(),
                "--entry",
                "f",
                "--backend",
                "reference",
                "-q",
                "--dump-passes",
                folder.resolve("dumps").toString());

        assertThat(run.code()).as(run.err()).isZero();
        String diff = Files.readString(folder.resolve("dumps/03-canonical.diff"));
        assertThat(diff.lines().filter(line -> line.startsWith("-  ")))
                .anyMatch(line -> line.contains("= sub "))
                .noneMatch(line -> line.contains("= neg "));
        assertThat(Files.readString(folder.resolve("dumps/01-differentiate.diff")))
                .isEqualTo("no difference\n");
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");

        Run run = Run.weft(
                "compile",
                "mlp",
                "--entry",
                "loss",
                "--dim",
                "B=8",
                "--backend",
                "reference",
                "--dump-passes",
                file.toString());

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .startsWith("error: --dump-passes " + file + ": cannot be written: is a file; name a folder");
    }

    @Test
    void dotIsTextThatGraphvizReads() {
        Run run = Run.weft("compile", "mlp", "--entry", "loss,step", "--dim", "B=8", "--emit", "dot", "-q");

        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out()).startsWith("digraph \"loss\" {\n").contains("digraph \"step\" {\n");
        assertThat(run.out()).contains("label=\"region 0: ", "first.weight", "dot_general\\nf32[8:B,128]\\nnn.weft:");
        for (String graph : run.out().split("(?m)^}\\n")) {
            Set<String> nodes = new HashSet<>();
            for (String line : graph.lines().toList()) {
                assertThat(line.strip())
                        .matches("digraph " + QUOTED + " \\{|node \\[shape=box, fontname=\"monospace\"];"
                                + "|subgraph cluster_\\d+ \\{|label=" + QUOTED + ";|}"
                                + "|[vr]\\d+ \\[label=" + QUOTED + "(, (style|shape)=\\w+)?];|v\\d+ -> [vr]\\d+;");
                Matcher node = Pattern.compile("([vr]\\d+) \\[label.*").matcher(line.strip());
                if (node.matches()) {
                    assertThat(nodes.add(node.group(1))).as(line).isTrue();
                }
            }
            graph.lines().filter(line -> line.contains(" -> ")).forEach(line -> assertThat(nodes)
                    .contains(line.strip().replace(";", "").split(" -> ")));
            assertThat(graph.chars().filter(c -> c == '{').count())
                    .isEqualTo(graph.lines().filter(line -> line.endsWith("}")).count() + 1);
        }
    }

    @Test
    void tellsWhyTwoValuesAreApart() {
        Run run = Run.weft(
                "compile",
                "mlp",
                "--entry",
                "loss",
                "--dim",
                "B=8",
                "--backend",
                "cpu",
                "-q",
                "--why-not-fused",
                "nn.weft:9",
                "nn.weft:47");

        assertThat(run.code()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains(
                        "add (nn.weft:9:45 scores/first) and %13 max (nn.weft:47:36 scores/relu): are computed together")
                .containsPattern("%13 max .* and %14 dot_general .*: .+");
    }

    @Test
    void aPlaceThatIsNotThereIsAnsweredWithThoseThatAre() {
        Run run = Run.weft(
                "compile",
                "mlp",
                "--entry",
                "loss",
                "--dim",
                "B=8",
                "--backend",
                "cpu",
                "--why-not-fused",
                "mlp.weft:99",
                "3");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .startsWith(
                        "error: --why-not-fused mlp.weft:99: no value of loss comes from there; there are mlp.weft:17, mlp.weft:18,");
    }

    @Test
    void anUnknownEntryIsAnsweredWithThoseThatAre() {
        Run run = Run.weft("compile", "gpt", "--entry", "lost", "--dim", "B=2,T=8");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .startsWith("error: entry lost: must be one of step,")
                .contains("loss");
    }

    @Test
    void aMissingSizeIsNamed() {
        Run run = Run.weft("compile", "gpt", "--entry", "loss", "--dim", "T=8");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).contains("gpt.weft:").contains("--dim B=");
    }

    @Test
    void aSizeThatNoEntryHasIsRefused() {
        Run run = Run.weft("compile", "gpt", "--entry", "step,loss", "--dim", "B=2,T=8,batch=2");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).isEqualTo("error: --dim batch: no such call size in step, loss of gpt; there is B, T\n");
        assertThat(Run.weft("compile", "gpt", "--entry", "loss", "--dim", "B=2,t=8")
                        .err())
                .endsWith("there is B, T; did you mean T?\n");
        assertThat(Run.weft("compile", "gpt", "--entry", "loss", "--dim", "B=2,width=8")
                        .err())
                .contains("--dim width: is a constant of gpt", "--set width=8");
    }

    @Test
    void aSizeIsGivenOnce() {
        List<String> words = List.of("compile", "gpt", "--entry", "loss", "--backend", "reference");

        for (String dims : List.of("--dim B=2,T=8,B=3", "--dim B=2,T=8 --dim B=2", "--dim=B=2 --dim=B=2,T=8")) {
            Run run = Run.weft(Stream.concat(words.stream(), Arrays.stream(dims.split(" ")))
                    .toArray(String[]::new));

            assertThat(run.code()).as(dims).isEqualTo(ExitCode.USAGE);
            assertThat(run.err()).contains("weft compile: --dim B: must be given once, got it twice; leave one out");
        }
    }

    @Test
    void anUnknownConstantIsAnsweredWithTheNearest() {
        Run run = Run.weft("compile", "gpt", "--entry", "loss", "--dim", "B=2,T=8", "--set", "layer=2");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .isEqualTo("error: --set layer: gpt takes no constant of this name;"
                        + " it takes layers, heads, width, context, vocab, tied; did you mean layers?\n");
    }

    @Test
    void inBf16ProductsReadShadowsOfTheParams() {
        Run run = Run.weft(
                "compile", "mlp", "--entry", "loss", "--dim", "B=8", "--precision", "bf16", "--emit", "precision");

        assertThat(run.code()).isEqualTo(ExitCode.DONE);
        assertThat(run.out())
                .contains("stored shadow \"first.weight@bf16\"")
                .containsPattern("dot_general %\\d+, %\\d+ .* element=f32");
        assertThat(run.err()).containsPattern("precision +\\d+ +\\d+");
    }

    @Test
    void aPrecisionThatThereIsNotIsRefused() {
        Run run = Run.weft("compile", "mlp", "--entry", "loss", "--dim", "B=8", "--precision", "f16");

        assertThat(run.code()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err()).contains("--precision", "f16", "bf16");
    }

    @Test
    void anUnknownBackendIsAnsweredWithThoseThatAre() {
        Run run = Run.weft("compile", "mlp", "--entry", "loss", "--dim", "B=8", "--backend", "gpu");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).startsWith("error: backend gpu: is not there; there are [cpu, reference, cuda]");
    }
}
