package dev.weft.models.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointsTest {

    @TempDir
    Path run;

    private static final Map<String, TensorType> TYPES =
            Map.of("w", TensorType.of(ElementType.F32, 2), "optimizer.t", TensorType.scalar(ElementType.F32));

    private static SequencedMap<String, Tensor> tensors(float value) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("w", Tensor.of(new float[] {value, -value}, 2));
        tensors.put("optimizer.t", Tensor.of(new float[] {value}));
        return tensors;
    }

    private Path save(long step, double loss) {
        OptionalDouble measured = Double.isNaN(loss) ? OptionalDouble.empty() : OptionalDouble.of(loss);
        return Checkpoints.of(run).save(step, tensors(step), Map.of("seed", 7L, "hash", "abc"), measured);
    }

    @Test
    void whatWasSavedIsRead() {
        save(3, 1.5);
        try (Checkpoint checkpoint = Checkpoints.of(run).open(3)) {
            assertThat(checkpoint.step()).isEqualTo(3);
            assertThat(checkpoint.validationLoss()).contains(1.5);
            assertThat(checkpoint.state()).containsEntry("hash", "abc").containsEntry("seed", 7);
            assertThat(checkpoint.tensors(TYPES).get("w").toFloats()).containsExactly(3, -3);
        }
    }

    @Test
    void theBestAndTheLastAreKept() {
        save(10, 2.0);
        save(20, 1.0);
        save(30, 1.5);
        assertThat(Checkpoints.of(run).steps()).containsExactly(20L, 30L);
        save(40, Double.NaN);
        assertThat(Checkpoints.of(run).steps()).containsExactly(20L, 40L);
        save(50, 0.5);
        assertThat(Checkpoints.of(run).steps()).containsExactly(50L);
        assertThat(Checkpoints.of(run).best()).hasValue(50);
        assertThat(Checkpoints.of(run).last()).hasValue(50);
    }

    @Test
    void savingAStepAgainReplacesIt() {
        save(10, 2.0);
        save(10, 1.0);
        try (Checkpoint checkpoint = Checkpoints.of(run).open(10)) {
            assertThat(checkpoint.validationLoss()).contains(1.0);
        }
    }

    @Test
    void whatACrashLeftIsNoCheckpointAndIsCleanedUp() throws IOException {
        save(10, 2.0);
        Path left = Files.createDirectory(run.resolve("checkpoints/.step-20.tmp"));
        Files.writeString(left.resolve("tensors.safetensors"), "half");
        assertThat(Checkpoints.of(run).last()).hasValue(10);
        save(20, 1.0);
        assertThat(left).doesNotExist();
        assertThat(Checkpoints.of(run).steps()).containsExactly(20L);
    }

    @Test
    void tensorsThatDoNotFitAreNamed() {
        save(10, 2.0);
        Map<String, TensorType> wanted =
                Map.of("w", TensorType.of(ElementType.F32, 3), "bias", TensorType.of(ElementType.F32, 1));
        try (Checkpoint checkpoint = Checkpoints.of(run).open(10)) {
            assertThatThrownBy(() -> checkpoint.tensors(wanted))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("step-10: does not fit the program")
                    .hasMessageContaining("w must be f32[3], got f32[2]")
                    .hasMessageContaining("bias is missing, expected f32[1]")
                    .hasMessageContaining("optimizer.t is not part of the program");
        }
    }

    @Test
    void damagedAndMissingCheckpointsAreNamed() throws IOException {
        assertThatThrownBy(() -> Checkpoints.of(run).open(5)).hasMessageContaining("no such checkpoint");
        Path place = save(10, 2.0);
        Path file = place.resolve("tensors.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 3));
        assertThatThrownBy(() -> Checkpoints.of(run).open(10))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("truncated");
        Files.write(place.resolve("state.json"), new byte[] {'{'});
        assertThatThrownBy(() -> Checkpoints.of(run).open(10))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("state.json");
    }
}
