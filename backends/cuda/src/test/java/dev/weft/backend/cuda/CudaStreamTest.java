package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.device.KernelCompiler.Image;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.host.HostDevice;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.cuda.nativelib.Cubin;
import dev.weft.backend.cuda.nativelib.KernelReport;
import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.cuda.nativelib.Redistributable;
import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.Agreement;
import dev.weft.backend.testkit.AttentionGraph;
import dev.weft.backend.testkit.AttentionGraph.Mask;
import dev.weft.backend.testkit.Programs;
import dev.weft.backend.testkit.Values;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.interpret.Interpreter;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.precision.Precision;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.tensor.Tensor;
import dev.weft.graph.tensor.TensorBytes;
import dev.weft.graph.type.ElementType;
import dev.weft.models.Weft;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attention by tiles, from the unchanged text of its kernels: what it computes, what it never stores, and what compilers make of it. */
class CudaStreamTest {
    private static final boolean SLOW = Boolean.getBoolean("weft.slow");

    /** What the conformance kit allows for graphs of many ops. */
    private static final double F32 = 5e-5;

    /** Two bf16 kernels round weights before and after they are divided by their sum: some hundredths of a gradient's scale. */
    private static final double BF16 = 0.08;

    /** Attention in f32, or with bf16 factors. */
    record Sample(AttentionGraph attention, boolean small) {
        Program program() {
            Program program = Programs.run(attention.withGradient());
            return small ? new Pipeline(List.of(new Precision(ElementType.BF16))).run(program) : program;
        }
    }

    private static Sample sample(
            long heads, long rows, long columns, long width, Mask mask, boolean drop, boolean small) {
        return new Sample(new AttentionGraph(1, heads, 1, rows, columns, width, mask, drop), small);
    }

    static Stream<Sample> samples() {
        List<Sample> samples = new ArrayList<>(List.of(
                sample(2, 63, 63, 64, Mask.BEFORE, true, true),
                sample(2, 65, 65, 80, Mask.NONE, false, true),
                sample(2, 64, 64, 128, Mask.BEFORE, false, true),
                sample(2, 65, 65, 64, Mask.BEFORE, true, false),
                sample(2, 63, 200, 80, Mask.UNTIL, false, false),
                new Sample(new AttentionGraph(1, 2, 2, 70, 70, 24, Mask.WINDOW, false), true)));
        if (SLOW) {
            for (long rows : new long[] {1, 63, 64, 65, 200}) {
                for (long width : new long[] {64, 80, 96, 128}) {
                    for (boolean small : new boolean[] {false, true}) {
                        samples.add(sample(4, rows, rows, width, Mask.BEFORE, width == 64, small));
                        samples.add(sample(4, rows, rows, width, Mask.NONE, width == 80, small));
                        samples.add(sample(4, rows, 200, width, Mask.UNTIL, false, small));
                        samples.add(
                                new Sample(new AttentionGraph(2, 1, 2, rows, rows, width, Mask.BEFORE, true), small));
                    }
                }
            }
        }
        return samples.stream();
    }

    @ParameterizedTest
    @MethodSource("samples")
    void givesTheReferencesResultsWithEqualBitsInEveryOrder(Sample sample) {
        Program program = sample.program();
        Graph graph = program.body(program.entry("run"));
        List<Tensor> inputs = inputs(graph);
        List<Tensor> wanted =
                Interpreter.evaluate(graph, inputs, sample.small() ? Interpreter.Mode.TYPED : Interpreter.Mode.EXACT);
        List<Tensor> got = run(program, inputs, HostDevice.open(1 << 28, Order.FORWARD));
        for (int i = 0; i < wanted.size(); i++) {
            Agreement agreement = Agreement.of(got.get(i), wanted.get(i));
            assertThat(agreement.deviation())
                    .as(sample + ", result " + i + ": " + agreement)
                    .isLessThan(sample.small() ? BF16 : F32);
        }
        for (Order order : List.of(Order.REVERSED, Order.random(5))) {
            assertThat(bits(run(program, inputs, HostDevice.open(1 << 28, order))))
                    .as(sample + " " + order)
                    .isEqualTo(bits(got));
        }
    }

    /** A few rows are no panel where their gradient sums over them. */
    static Stream<Sample> panels() {
        return samples().filter(sample -> sample.attention().rows() > 4);
    }

    @ParameterizedTest
    @MethodSource("panels")
    void storesNoTensorOfAllWeights(Sample sample) {
        AttentionGraph attention = sample.attention();
        long weights =
                attention.batch() * attention.shared() * attention.group() * attention.rows() * attention.columns();
        Program program = sample.program();
        Graph graph = program.body(program.entry("run"));
        Schedule schedule = Schedule.of(graph, CudaBackend.FUSION);
        assertThat(schedule.regions().stream().map(Region::kind))
                .as(sample.toString())
                .contains(Region.Kind.STREAM)
                .doesNotContain(Region.Kind.CONTRACT);
        CompiledProgram compiled = compiled(program, new CollectedKernels());
        assertThat(compiled.entries().get("run").stream()
                        .flatMap(steps -> Stream.concat(steps.temporaries().stream(), steps.places().keySet().stream()))
                        .filter(value -> value.type().rank() == 5)
                        .filter(value -> value.type().shape().elements() >= weights)
                        .filter(value -> value.type().size(4) == attention.columns()
                                && value.type().size(3) == attention.rows()))
                .isEmpty();
    }

    /** Of training GPT-2 at its smallest size, whose weights of one layer would be 96 MiB a sequence in f32. */
    @Test
    void aStepOfGpt2HasNoTensorOfTokensByTokens() {
        long tokens = 1024;
        Program program = Weft.passes(ElementType.BF16)
                .run(dev.weft.models.Program.load("gpt")
                        .with(Map.of("layers", "12", "width", "768", "heads", "12", "context", "1024"))
                        .optimizer("adamw", Map.of())
                        .lower(List.of(EntryRequest.of("step", Map.of("B", 2L, "T", tokens)))));
        CompiledProgram compiled = compiled(program, new CollectedKernels());
        assertThat(compiled.entries().get("step").stream()
                        .flatMap(steps -> Stream.concat(steps.temporaries().stream(), steps.places().keySet().stream()))
                        .filter(value -> IntStream.range(0, value.type().rank())
                                        .filter(axis -> value.type().size(axis) == tokens)
                                        .count()
                                > 1))
                .isEmpty();
        assertThat(compiled.schedules().get("step").regions().stream()
                        .filter(region -> region.kind() == Region.Kind.STREAM))
                .hasSize(2 * 12);
    }

    /** The kernels of a model's heads: no spills, and tensor cores where factors are bf16. */
    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_90a", "sm_100", "sm_120"})
    void compileWithoutSpills(String architecture) {
        CollectedKernels kernels = new CollectedKernels();
        compiled(sample(3, 1024, 1024, 64, Mask.BEFORE, true, true).program(), kernels);
        compiled(sample(3, 200, 200, 128, Mask.BEFORE, false, true).program(), kernels);
        if (SLOW) {
            for (long width : new long[] {64, 80, 96, 128}) {
                for (boolean small : new boolean[] {true, false}) {
                    compiled(
                            sample(3, 1024, 1024, width, Mask.BEFORE, width == 64, small)
                                    .program(),
                            kernels);
                    compiled(sample(3, 200, 200, width, Mask.NONE, false, small).program(), kernels);
                }
            }
        }
        Nvrtc compiler = new Nvrtc(Redistributable.libraries(), architecture);
        int small = 0;
        for (List<Source> batch : kernels.batches(64)) {
            Image image = compiler.compile(batch);
            Cubin cubin = Cubin.read(image.bytes());
            Map<String, KernelReport> reports = new HashMap<>();
            KernelReport.parse(image.log()).forEach(report -> reports.put(report.name(), report));
            for (Source source : batch) {
                Cubin.Kernel kernel = cubin.kernel(source.name()).orElseThrow();
                KernelReport report = reports.get(source.name());
                String what = report + "\n" + source.text();
                assertThat(report.spills()).as(what).isFalse();
                assertThat(report.warnings()).as(what).isEmpty();
                assertThat(kernel.count(List.of(Cubin.LDL, Cubin.STL))).as(what).isZero();
                if (source.text().contains("bf16 by tensor cores")) {
                    small++;
                    assertThat(kernel.count(List.of(Cubin.HMMA))).as(what).isGreaterThan(16);
                }
            }
        }
        assertThat(small).isGreaterThanOrEqualTo(6);
    }

    /** Every barrier of these kernels is needed: without it some order of threads gives other bits. */
    @Test
    void everyBarrierIsNeeded() {
        List<String> notFound = new ArrayList<>();
        int barriers = 0;
        for (Sample sample : List.of(
                sample(2, 140, 140, 32, Mask.NONE, false, true),
                new Sample(new AttentionGraph(1, 2, 2, 140, 140, 32, Mask.NONE, false), false))) {
            Program program = sample.program();
            List<Tensor> inputs = inputs(program.body(program.entry("run")));
            List<Integer> wanted = bits(run(program, inputs, HostDevice.open(1 << 28, Order.FORWARD)));
            CollectedKernels kernels = new CollectedKernels();
            compiled(program, kernels);
            for (Source kernel :
                    kernels.batches(64).stream().flatMap(List::stream).toList()) {
                int count = kernel.text().split("sync(_warp)?\\(\\);", -1).length - 1;
                for (int missing = 0; kernel.text().contains("dynamic_shared()") && missing < count; missing++) {
                    barriers++;
                    String body = body(kernel.text());
                    int which = missing;
                    KernelCompiler edited =
                            HostDevice.compilerOfEdited(text -> body(text).equals(body) ? without(text, which) : text);
                    boolean found = Stream.of(Order.REVERSED, Order.FORWARD, Order.random(3), Order.random(4))
                            .anyMatch(order -> !bits(run(program, inputs, HostDevice.open(1 << 28, order, edited)))
                                    .equals(wanted));
                    if (!found) {
                        notFound.add("barrier " + missing + " of "
                                + body.lines().limit(2).toList());
                    }
                }
            }
        }
        assertThat(barriers).isGreaterThan(5);
        assertThat(notFound).isEmpty();
    }

    private static String body(String text) {
        return text.substring(text.indexOf('{') + 1);
    }

    private static String without(String text, int missing) {
        java.util.regex.Matcher barrier =
                java.util.regex.Pattern.compile("sync(_warp)?\\(\\);").matcher(text);
        StringBuilder all = new StringBuilder();
        for (int i = 0; barrier.find(); i++) {
            barrier.appendReplacement(all, i == missing ? "" : barrier.group());
        }
        return barrier.appendTail(all).toString();
    }

    private static CompiledProgram compiled(Program program, CollectedKernels kernels) {
        return kernels.add(program);
    }

    private static List<Tensor> inputs(Graph graph) {
        return graph.parameters().stream()
                .map(parameter -> Values.REAL.tensor(
                        parameter.type(),
                        new SplittableRandom(Graph.parameterName(parameter).hashCode())))
                .toList();
    }

    private static List<Tensor> run(Program program, List<Tensor> inputs, HostDevice device) {
        try (Backend backend = new CudaBackend(device, new BackendOptions(1));
                Session session = backend.compile(program, CompileOptions.DEFAULT);
                Arena arena = Arena.ofConfined()) {
            Map<String, MemorySegment> segments = new HashMap<>();
            for (int i = 0; i < inputs.size(); i++) {
                MemorySegment memory = arena.allocate(inputs.get(i).type().bytes(), 64);
                TensorBytes.write(inputs.get(i), memory);
                segments.put(program.entry("run").inputs().get(i), memory);
            }
            List<Tensor> results = new ArrayList<>();
            for (Buffer buffer : session.run("run", segments).values()) {
                MemorySegment to = arena.allocate(buffer.type().bytes(), 64);
                session.read(buffer, to);
                results.add(TensorBytes.read(buffer.type(), to));
            }
            return results;
        }
    }

    private static List<Integer> bits(List<Tensor> tensors) {
        return tensors.stream()
                .flatMap(tensor ->
                        IntStream.range(0, tensor.size()).mapToObj(i -> Float.floatToIntBits((float) tensor.get(i))))
                .toList();
    }
}
