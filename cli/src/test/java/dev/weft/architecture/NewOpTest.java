package dev.weft.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ops are added in three places each, on a copy of the sources: one of one operand, and one of two for integers too. All else follows
 * from that.
 */
class NewOpTest {

    private static final String OPS = "graph/src/main/java/dev/weft/graph/op/";
    private static final String DERIVATIVES = "autodiff/src/main/java/dev/weft/autodiff/Derivatives.java";
    private static final String SAMPLES = "backends/testkit/src/main/java/dev/weft/backend/testkit/OpSamples.java";

    @TempDir
    private Path folder;

    /** The first place: a record, and its name among those of its kind, without which it is no op. */
    private static void addRecord(SourceCopy copy) throws IOException {
        copy.write(OPS + "Atan.java", """
                package dev.weft.graph.op;

                import dev.weft.graph.Value;

                /** {@code y = arctan x}. */
                public record Atan(Value x) implements FloatUnary {

                    public Atan {
                        FloatUnary.check("atan", x);
                    }

                    @Override
                    public double apply(double x) {
                        return StrictMath.atan(x);
                    }
                }
                """);
        copy.edit(OPS + "FloatUnary.java", "permits ", "permits Atan, ");
        copy.write(OPS + "Distance.java", """
                package dev.weft.graph.op;

                import dev.weft.graph.Value;

                /** {@code z = |x − y|}. Integers wrap. */
                public record Distance(Value x, Value y) implements Arithmetic {

                    public Distance {
                        Arithmetic.check("distance", x, y);
                    }

                    @Override
                    public double apply(double x, double y) {
                        return Math.abs(x - y);
                    }

                    @Override
                    public long apply(long x, long y) {
                        return Math.abs(x - y);
                    }
                }
                """);
        copy.edit(OPS + "Arithmetic.java", "permits ", "permits Distance, ");
    }

    /** The second: its derivative. */
    private static void addDerivative(SourceCopy copy) throws IOException {
        String before = "            case Exp(var x) -> d(x, mul(dz, z));\n";
        copy.edit(DERIVATIVES, before, before + """
                            case Atan(var x) -> d(x, div(dz, add(mul(x, x), like(x, 1))));
                            case Distance(var x, var y) ->
                                d(x, mul(dz, make(new Sign(sub(x, y)))), y, mul(dz, make(new Sign(sub(y, x)))));
                """);
    }

    /** The third: its samples. */
    private static void addSamples(SourceCopy copy) throws IOException {
        String before = "            row(\"exp\", FLOATS, unary(REAL, Exp::new)),\n";
        copy.edit(SAMPLES, before, before + """
                            row("atan", FLOATS, unary(REAL, Atan::new)),
                            row("distance", NUMBERS, binary(DISTINCT, REAL, Distance::new)),
                """);
    }

    private static String conformance(SourceCopy copy, String backend, String only)
            throws IOException, InterruptedException {
        return Files.readString(copy.run("dev.weft.cli.Main", "conformance", "--backend", backend, "--only", only));
    }

    @Test
    void threePlacesMakeEachOp() throws IOException, InterruptedException {
        SourceCopy copy = new SourceCopy(folder);
        addRecord(copy);
        assertThat(copy.compile(List.of("graph", "backends/spi", "backends/testkit", "autodiff")))
                .as("the compiler demands a derivative")
                .contains("Derivatives.java", "the switch expression does not cover all possible input values");
        addDerivative(copy);
        addSamples(copy);
        copy.addTest("backends/testkit", "dev.weft.backend.testkit.OpSamplesTest");
        copy.addTest("backends/testkit", "dev.weft.backend.testkit.GraphGeneratorTest");
        copy.addTest("backends/testkit", "dev.weft.backend.testkit.OpsReferenceTest");
        copy.addTest("autodiff", "dev.weft.autodiff.DerivativesTest");
        copy.addTest("cli", "dev.weft.architecture.SelectedTests");

        assertThat(copy.compile(SourceCopy.MODULES))
                .as("what the compiler says")
                .isEmpty();

        assertThat(copy.changed())
                .extracting(file -> file.getFileName().toString())
                .containsExactly(
                        "Atan.java",
                        "FloatUnary.java",
                        "Distance.java",
                        "Arithmetic.java",
                        "Derivatives.java",
                        "OpSamples.java");
        // Printed and read back, differentiated twice, met in random graphs.
        copy.run(
                "dev.weft.architecture.SelectedTests",
                "dev.weft.backend.testkit.OpSamplesTest",
                "dev.weft.backend.testkit.GraphGeneratorTest",
                "dev.weft.autodiff.DerivativesTest");
        Files.createDirectories(folder.resolve("docs/reference"));
        copy.accept("backends/testkit", "dev.weft.backend.testkit.OpsReferenceTest");
        assertThat(copy.read("docs/reference/ops.md")).contains("y = arctan x", "z = |x − y|");
        for (String backend : List.of("reference", "cpu")) {
            assertThat(conformance(copy, backend, "atan")).contains("conforms. 4 passed, 0 decomposed, 0 unsupported");
            assertThat(conformance(copy, backend, "distance"))
                    .contains("conforms. 8 passed, 0 decomposed, 0 unsupported");
        }
    }
}
