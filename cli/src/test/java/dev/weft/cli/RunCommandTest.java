package dev.weft.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandTest {

    @TempDir
    Path folder;

    private String file = "";

    @BeforeEach
    void aProgram() throws IOException {
        file = Files.writeString(folder.resolve("scale.weft"), """
                        model Scale(width = 3) {
                            param factor: f32[width] = 2

                            fn apply(x: f32[B, width], add: f32[] = 0) -> f32[B, width] = x * factor + add

                            fn pick(table: f32[N], at: i32[K]) -> f32[K] = table[at]
                        }
                        """).toString();
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void runsOnFilesAndNumbersAndWritesFiles(String backend) {
        Path x = folder.resolve("x.npy");
        Npy.write(x, Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3));
        Path output = folder.resolve("out");

        Run run = Run.weft(
                "run",
                file,
                "--entry",
                "apply",
                "--input",
                "x=@" + x,
                "--input",
                "add=0.5",
                "--output",
                output.toString(),
                "--backend",
                backend);

        assertThat(run.err()).isEqualTo("the outputs are in " + output + "\n");
        assertThat(run.out()).isEqualTo("apply result : f32[2:B,3] = [2.5, 4.5, 6.5, 8.5, 10.5, 12.5]\n");
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Npy.read(output.resolve("result.npy"), arena).toFloats())
                    .containsExactly(2.5f, 4.5f, 6.5f, 8.5f, 10.5f, 12.5f);
        }
    }

    @Test
    void takesTheDoublesAndLongsThatNumPyWritesByDefault() {
        Path at = folder.resolve("at.npy");
        Npy.write(at, new Tensor(TensorType.of(ElementType.I64, 2), MemorySegment.ofArray(new long[] {2, 0})));

        Run run = Run.weft(
                "run",
                file,
                "--entry",
                "pick",
                "--input",
                "table=5,6,7",
                "--dim",
                "N=3",
                "--input",
                "at=@" + at,
                "--json");

        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isEqualTo(
                        "{\"outputs\":[{\"entry\":\"pick\",\"output\":\"result\",\"type\":\"f32[2:K]\",\"values\":[7.0,5.0]}]}\n");
    }

    @Test
    void aMissingInputIsNamedWithItsType() {
        Run run = Run.weft("run", file, "--entry", "apply", "--dim", "B=1");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err())
                .isEqualTo(
                        "error: input x: must be given, of type f32[1:B,3]: --input x=@FILE.npy, or --input x=NUMBER\n");
    }

    @Test
    void anInputOfOtherSizesIsRefused() {
        Path x = folder.resolve("x.npy");
        Npy.write(x, Tensor.of(new float[] {1, 2, 3, 4}, 2, 2));

        Run run = Run.weft("run", file, "--entry", "apply", "--input", "x=@" + x);

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).isEqualTo("error: input x: must be f32[2:B,3], got f32[2,2]\n");
    }

    @Test
    void anInputThatIsNoNumberIsRefused() {
        Run run = Run.weft("run", file, "--entry", "apply", "--dim", "B=1", "--input", "x=one");

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).isEqualTo("error: input x: must be numbers, or @FILE, got one\n");
    }

    @Test
    void anInputThatIsMissingOnDiskIsRefused() {
        Run run = Run.weft("run", file, "--entry", "apply", "--input", "x=@" + folder.resolve("nowhere.npy"));

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).startsWith("error: " + folder.resolve("nowhere.npy") + ": there is no such file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "reference"})
    void anIndexOutsideItsTableIsRefused(String backend) {
        Run run = Run.weft(
                "run",
                file,
                "--entry",
                "pick",
                "--dim",
                "N=3,K=1",
                "--input",
                "table=1",
                "--input",
                "at=3",
                "--backend",
                backend);

        assertThat(run.code()).isEqualTo(ExitCode.USER);
        assertThat(run.err()).startsWith("error: ").contains("3");
    }

    @Test
    void randomNumbersAreDrawnWithTheSeedAndTheStepGiven() throws IOException {
        Path file = Files.writeString(
                folder.resolve("dice.weft"), "model Dice() { fn throw(n: f32[2]) -> f32[2] = n * random_like(n) }\n");
        String[] command = {
            "run", file.toString(), "--entry", "throw", "--input", "n=6", "--input", "step=0", "--input", "seed=1"
        };

        Run run = Run.weft(command);

        assertThat(run.err()).isEmpty();
        assertThat(Run.weft(command)).isEqualTo(run);
        command[command.length - 1] = "seed=2";
        assertThat(Run.weft(command).out())
                .startsWith("throw result : f32[2] = [")
                .isNotEqualTo(run.out());
        command[command.length - 1] = "seed_=2";
        assertThat(Run.weft(command).err()).contains("entry throw: has no parameter seed_, it has n");
    }
}
