package dev.weft.models.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorDatasetTest {

    @TempDir
    Path folder;

    /** Row i of x is (2i, 2i+1), of y it is i. */
    private void write(int rows) {
        float[] x = new float[2 * rows];
        int[] y = new int[rows];
        for (int i = 0; i < x.length; i++) {
            x[i] = i;
            y[i / 2] = i / 2;
        }
        Npy.write(folder.resolve("x.npy"), Tensor.of(x, rows, 2));
        Npy.write(folder.resolve("y.npy"), Tensor.of(y, rows));
    }

    @Test
    void rowsOfOneBatchBelongTogether() {
        write(20);
        try (TensorDataset dataset = TensorDataset.read(List.of(folder))) {
            assertThat(dataset.rows()).isEqualTo(20);
            assertThat(dataset.trainingRows()).isEqualTo(18);
            Map<String, Tensor> batch = dataset.batch(1, 2, 3, 8);
            float[] x = batch.get("x").toFloats();
            int[] y = batch.get("y").data().toArray(ValueLayout.JAVA_INT);
            for (int row = 0; row < 8; row++) {
                assertThat(x[2 * row]).isEqualTo(2 * y[row]);
                assertThat(y[row]).isBetween(0, 17);
            }
            assertThat(dataset.batch(1, 2, 3, 8).get("y").data().toArray(ValueLayout.JAVA_INT))
                    .isEqualTo(y);
            assertThat(dataset.batch(1, 3, 3, 8).get("y").data().toArray(ValueLayout.JAVA_INT))
                    .isNotEqualTo(y);
        }
    }

    @Test
    void aSliceIsItsRows() {
        write(20);
        try (TensorDataset dataset = TensorDataset.read(List.of(folder))) {
            Map<String, Tensor> slice = dataset.slice(18, 2);
            assertThat(slice.get("x").type()).isEqualTo(TensorType.of(ElementType.F32, 2, 2));
            assertThat(slice.get("x").toFloats()).containsExactly(36, 37, 38, 39);
        }
    }

    @Test
    void aSafetensorsFileNamesItsTensors() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("inputs", Tensor.of(new float[6], 3, 2));
        tensors.put("labels", Tensor.of(new int[3], 3));
        SafeTensors.write(folder.resolve("d.safetensors"), tensors, Map.of());
        try (TensorDataset dataset = TensorDataset.read(List.of(folder.resolve("d.safetensors")))) {
            assertThat(dataset.types().keySet()).containsExactly("inputs", "labels");
        }
    }

    @Test
    void whatDoesNotFitTogetherIsNamed() throws IOException {
        refused(folder, "has no .npy or .safetensors file");
        write(20);
        Npy.write(folder.resolve("z.npy"), Tensor.of(new float[3], 3));
        refused(folder, "z must have as many rows as x, got f32[3] and f32[20,2]");
        Npy.write(folder.resolve("s.npy"), Tensor.of(new float[1]));
        refused(folder.resolve("s.npy"), "s must have rows as its first axis");
        refused(Files.writeString(folder.resolve("t.txt"), "x"), "tensors are read from");
        refused(folder.resolve("missing.npy"), "no such file");
    }

    private static void refused(Path path, String why) {
        assertThatThrownBy(() -> TensorDataset.read(List.of(path)))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(why);
    }

    /** NumPy's own types are the wide ones. */
    @Test
    void wideNumbersBecomeTheNarrowOnesThatAreWanted() throws IOException {
        Path file = folder.resolve("label.npy");
        Npy.write(file, new Tensor(TensorType.of(ElementType.I64, 2), MemorySegment.ofArray(new long[] {-100, 7})));
        try (TensorDataset dataset = TensorDataset.read(List.of(file))) {
            dataset.narrow("label", ElementType.I32);
            Tensor narrow = Objects.requireNonNull(dataset.slice(0, 2).get("label"));
            assertThat(narrow.type()).isEqualTo(TensorType.of(ElementType.I32, 2));
            assertThat(narrow.data().toArray(ValueLayout.JAVA_INT_UNALIGNED)).containsExactly(-100, 7);
        }
        Npy.write(file, new Tensor(TensorType.of(ElementType.I64, 1), MemorySegment.ofArray(new long[] {1L << 31})));
        try (TensorDataset dataset = TensorDataset.read(List.of(file))) {
            assertThatThrownBy(() -> dataset.narrow("label", ElementType.I32))
                    .isInstanceOf(UserException.class)
                    .hasMessage("data: label must be i32, and 2147483648 does not fit");
        }
    }
}
