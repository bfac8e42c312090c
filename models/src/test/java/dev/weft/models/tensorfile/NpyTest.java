package dev.weft.models.tensorfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyTest {

    @TempDir
    Path folder;

    private Path file(int version, String header, int dataBytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        out.writeBytes(new byte[] {(byte) text.length, (byte) (text.length >> 8)});
        if (version > 1) {
            out.writeBytes(new byte[] {0, 0});
        }
        out.writeBytes(text);
        out.writeBytes(new byte[dataBytes]);
        return Files.write(folder.resolve("x.npy"), out.toByteArray());
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BF16")
    void writingAndReadingIsTheIdentity(ElementType element) {
        TensorType type = TensorType.of(element, 2, 3);
        byte[] bytes = new byte[(int) type.bytes()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (element == ElementType.BOOL ? i % 2 : 7 * i);
        }
        Path path = folder.resolve("x.npy");
        Npy.write(path, new Tensor(type, MemorySegment.ofArray(bytes)));
        try (Arena arena = Arena.ofConfined()) {
            Tensor read = Npy.read(path, arena);
            assertThat(read.type()).isEqualTo(type);
            assertThat(read.data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void everyVersionIsRead(int version) throws IOException {
        Path path = file(version, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }\n", 12);
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Npy.read(path, arena).type()).isEqualTo(TensorType.of(ElementType.F32, 3));
        }
    }

    @Test
    void scalarsAndEmptyTensorsAreTensors() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            assertThat(Npy.read(file(1, "{'descr': '<i8', 'fortran_order': False, 'shape': ()}", 8), arena)
                            .type())
                    .isEqualTo(TensorType.scalar(ElementType.I64));
            assertThat(Npy.read(file(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (0, 4)}", 0), arena)
                            .type())
                    .isEqualTo(TensorType.of(ElementType.I64, 0, 4));
        }
    }

    @Test
    void writtenDataStartsOnAMultipleOf64() throws IOException {
        Path path = folder.resolve("x.npy");
        Npy.write(path, Tensor.of(new float[] {1, 2, 3}, 3));
        assertThat(Files.size(path)).isEqualTo(64 + 64 + 12);
        assertThat(Files.readString(path, StandardCharsets.ISO_8859_1)).contains("'shape': (3,), }");
    }

    @Test
    void whatCannotBeReadSaysWhy() throws IOException {
        refused(file(1, "{'descr': '>f4', 'fortran_order': False, 'shape': (3,)}", 12), "big-endian");
        refused(file(1, "{'descr': '<c8', 'fortran_order': False, 'shape': (3,)}", 24), "got <c8");
        refused(file(1, "{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2)}", 24), "ascontiguousarray");
        refused(file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 11), "12 bytes, but 11 follow");
        refused(file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 13), "12 bytes, but 13 follow");
        refused(file(4, "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)}", 12), "got 4");
        refused(file(1, "{'descr': '<f4', 'shape': (3,)}", 12), "header must be a dictionary");
        refused(file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}", 12), "header must be a dictionary");
        refused(file(1, "import os", 12), "header must be a dictionary");
        String huge = "(4611686018427387904, 8)";
        refused(file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': " + huge + "}", 12), "more bytes than");
        refused(file(1, "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}", 12), "63 bits");
        refused(Files.writeString(folder.resolve("y.npy"), "text"), "is not a .npy file");
        refused(
                Files.write(folder.resolve("z.npy"), new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 2, 0, 9, 0}),
                "truncated");
        refused(folder.resolve("missing.npy"), "no such file");
    }

    @Test
    void bf16HasNoNumpyType() {
        Tensor tensor = new Tensor(TensorType.of(ElementType.BF16, 1), MemorySegment.ofArray(new byte[2]));
        assertThatThrownBy(() -> Npy.write(folder.resolve("x.npy"), tensor)).isInstanceOf(UserException.class);
    }

    private static void refused(Path path, String why) {
        try (Arena arena = Arena.ofConfined()) {
            assertThatThrownBy(() -> Npy.read(path, arena))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining(path.getFileName().toString())
                    .hasMessageContaining(why);
        }
    }
}
