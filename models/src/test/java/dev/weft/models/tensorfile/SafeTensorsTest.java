package dev.weft.models.tensorfile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.SharedData;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsTest {

    @TempDir
    Path folder;

    private Path file(String header, int dataBytes) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        return Files.write(folder.resolve("x.safetensors"), bytes.array());
    }

    private static SequencedMap<String, Tensor> oneOfEachType() {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (ElementType element : ElementType.values()) {
            TensorType type = TensorType.of(element, 3, 1);
            byte[] bytes = new byte[(int) type.bytes()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (element == ElementType.BOOL ? i % 2 : 11 * i + 1);
            }
            tensors.put("tensor." + element, new Tensor(type, MemorySegment.ofArray(bytes)));
        }
        tensors.put("empty", Tensor.of(new float[0], 0, 7));
        tensors.put("scalar", Tensor.of(new float[] {2.5f}));
        return tensors;
    }

    @Test
    void writingAndReadingIsTheIdentity() {
        SequencedMap<String, Tensor> tensors = oneOfEachType();
        Path path = folder.resolve("all.safetensors");
        SafeTensors.write(path, tensors, Map.of("format", "weft"));
        try (SafeTensors file = SafeTensors.open(path)) {
            assertThat(file.metadata()).containsExactly(Map.entry("format", "weft"));
            assertThat(file.types().keySet()).containsExactlyInAnyOrderElementsOf(tensors.keySet());
            tensors.forEach((name, tensor) -> {
                Tensor read = file.tensor(name);
                assertThat(read.type()).isEqualTo(tensor.type());
                assertThat(read.data().mismatch(tensor.data())).as(name).isEqualTo(-1);
                assertThat(read.data().address() % tensor.type().element().bytes())
                        .as(name)
                        .isZero();
            });
        }
    }

    @Test
    void theSameTensorsGiveTheSameBytes() throws IOException {
        SafeTensors.write(folder.resolve("a"), oneOfEachType(), Map.of("a", "1", "b", "2", "c", "3"));
        SafeTensors.write(folder.resolve("b"), oneOfEachType(), Map.of("c", "3", "b", "2", "a", "1"));
        assertThat(Files.mismatch(folder.resolve("a"), folder.resolve("b"))).isEqualTo(-1);
    }

    @Test
    void tensorsOffTheirAlignmentAreRead() throws IOException {
        Path path = file(
                "{\"b\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
                        + "\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[1,5]}}",
                5);
        try (SafeTensors file = SafeTensors.open(path)) {
            assertThat(file.tensor("f").data().get(ValueLayout.JAVA_FLOAT, 0)).isZero();
        }
    }

    @Test
    void closingTwiceIsClosingOnce() throws IOException {
        SafeTensors file = SafeTensors.open(file("{}", 0));
        file.close();
        file.close();
        assertThat(file.types()).isEmpty();
    }

    @Test
    void whatTheHeaderClaimsIsChecked() throws IOException {
        refused(entry("F32", "[2]", "[0,4]"), 4, "span the 8 bytes of f32[2]");
        refused(entry("F32", "[2]", "[0,8]"), 4, "truncated");
        refused(entry("F32", "[1]", "[0,4]"), 8, "belong to none");
        refused(entry("F32", "[1]", "[4,8]"), 8, "must begin where the header ends");
        refused(entry("F32", "[1]", "[4,0]"), 4, "must span");
        refused(entry("F32", "[4611686018427387904,4]", "[0,0]"), 0, "more bytes than can be counted");
        refused(entry("F32", "[0,4611686018427387904,4]", "[0,0]"), 0, "more bytes than can be counted");
        refused(entry("F32", "[99999999999999999999]", "[0,4]"), 4, "whole numbers");
        refused(entry("F32", "[-1]", "[0,4]"), 4, "whole numbers");
        refused(entry("F32", "[1.0]", "[0,4]"), 4, "whole numbers");
        refused(entry("F32", "[1]", "[0,4,4]"), 4, "two data_offsets");
        refused(entry("F8_E4M3", "[1]", "[0,1]"), 1, "got F8_E4M3");
        refused(entry("F32", "[1]", "[-4,0]"), 4, "x: sizes and offsets must be whole numbers");
        refused(entry("F32", "[1]", "[0,9223372036854775807]"), 4, "x: data_offsets must span the 4 bytes");
        refused(entry("F32", "[1]", "[9223372036854775804,9223372036854775807]"), 4, "x: data_offsets must span");
        refused("{\"x\": 1}", 0, "must have dtype");
        refused("{\"__metadata__\": {\"a\": 1}}", 0, "must hold strings");
        refused("[1, 2]", 0, "must hold a JSON object");
        refused("{\"x\"", 0, "must hold a JSON object");
        refused("{" + "\"a\":[".repeat(5000), 0, "must hold a JSON object");
        String twice = "\"x\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";
        refused("{" + twice + "," + twice + "}", 1, "Duplicate field 'x'");
        String other = "\"y\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}";
        refused("{" + twice + "," + other + "}", 1, "y must begin where x ends");
    }

    @Test
    void aHeaderThatIsNoTextIsRefused() throws IOException {
        Path path = file("{\"x\":1}", 0);
        byte[] bytes = Files.readAllBytes(path);
        bytes[10] = (byte) 0xff;
        Files.write(path, bytes);
        assertThatThrownBy(() -> SafeTensors.open(path))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("x.safetensors: header: must be UTF-8 text");
    }

    /** Makes its tensor when it is asked for, and keeps it to be looked at. */
    private static final class Made implements SafeTensors.Part {
        private final String name;
        private final List<Made> before;
        private @Nullable MemorySegment data;

        Made(String name, List<Made> before) {
            this.name = name;
            this.before = List.copyOf(before);
        }

        @Override
        public SequencedMap<String, TensorType> types() {
            return new LinkedHashMap<>(Map.of(name, TensorType.of(ElementType.F32, 4)));
        }

        @Override
        public SequencedMap<String, Tensor> tensors(Arena arena) {
            assertThat(before).allSatisfy(part -> assertThat(
                            requireNonNull(part.data).scope().isAlive())
                    .isFalse());
            MemorySegment made = arena.allocate(16, 4);
            data = made;
            return new LinkedHashMap<>(Map.of(name, new Tensor(TensorType.of(ElementType.F32, 4), made)));
        }
    }

    @Test
    void whatAPartMakesIsGivenBackBeforeTheNextIsAsked() {
        List<Made> parts = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            parts.add(new Made(name, parts));
        }
        Path path = folder.resolve("parts.safetensors");
        SafeTensors.write(path, parts, Map.of());

        assertThat(parts)
                .allSatisfy(part ->
                        assertThat(requireNonNull(part.data).scope().isAlive()).isFalse());
        try (SafeTensors file = SafeTensors.open(path)) {
            assertThat(file.types()).containsOnlyKeys("a", "b", "c");
        }
    }

    @Test
    void aLengthBeyondTheFileIsRefusedBeforeAnythingIsReserved() throws IOException {
        for (long length : new long[] {0, 1, 50_000_000, 100_000_001, Long.MAX_VALUE, -1, Long.MIN_VALUE}) {
            ByteBuffer bytes =
                    ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
            Path path = Files.write(folder.resolve("x.safetensors"), bytes.array());
            assertThatThrownBy(() -> SafeTensors.open(path))
                    .as("length %d", length)
                    .isInstanceOf(UserException.class);
        }
        assertThatThrownBy(() -> SafeTensors.open(Files.write(folder.resolve("y"), new byte[3])))
                .hasMessageContaining("only 3 bytes");
    }

    @Test
    void aBoolIsZeroOrOne() throws IOException {
        Path path = file(entry("BOOL", "[2]", "[0,2]"), 2);
        byte[] bytes = Files.readAllBytes(path);
        bytes[bytes.length - 1] = 2;
        Files.write(path, bytes);
        try (SafeTensors file = SafeTensors.open(path)) {
            assertThatThrownBy(() -> file.tensor("x"))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("got 2 at element 1");
        }
    }

    @Test
    void damagedFilesAreReadOrRefusedButNothingElse() throws IOException {
        Path path = folder.resolve("all.safetensors");
        SafeTensors.write(path, oneOfEachType(), Map.of("format", "weft"));
        byte[] whole = Files.readAllBytes(path);
        long seed = 7;
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(whole.length)] = (byte) random.nextInt(256);
            Files.write(path, damaged);
            try (SafeTensors file = SafeTensors.open(path)) {
                assertThat(file.tensors()).as("seed %d, round %d", seed, round).isNotEmpty();
            } catch (UserException refused) {
                assertThat(refused).as("seed %d, round %d", seed, round).hasMessageContaining("all.safetensors");
            }
        }
    }

    @Test
    void aHuggingFaceFileIsRead() {
        try (SafeTensors file = SafeTensors.open(SharedData.file("gpt2-tiny/model.safetensors"))) {
            assertThat(file.types()).hasSize(52).containsEntry("wte.weight", TensorType.of(ElementType.F32, 50257, 64));
            assertThat(file.tensor("ln_f.weight").toFloats()).hasSize(64).doesNotContain(Float.NaN);
        }
    }

    private static String entry(String dtype, String shape, String offsets) {
        return "{\"x\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":" + offsets + "}}";
    }

    private void refused(String header, int dataBytes, String why) throws IOException {
        Path path = file(header, dataBytes);
        assertThatThrownBy(() -> SafeTensors.open(path))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("x.safetensors")
                .hasMessageContaining(why);
    }
}
