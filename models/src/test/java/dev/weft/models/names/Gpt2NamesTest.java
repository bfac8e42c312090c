package dev.weft.models.names;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.SharedData;
import dev.weft.models.json.Json;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;

/** The shipped {@code gpt.names} against a real Hugging Face folder. */
class Gpt2NamesTest {

    private static Names gpt() throws IOException {
        try (InputStream stream = Names.class.getResourceAsStream("/dev/weft/models/programs/gpt.names")) {
            assertThat(stream).isNotNull();
            return Names.parse(new String(stream.readAllBytes(), StandardCharsets.UTF_8), "gpt.names");
        }
    }

    /** The tensors of {@code gpt.weft} at the sizes of gpt2-tiny. */
    private static SequencedMap<String, TensorType> ours() {
        SequencedMap<String, TensorType> types = new LinkedHashMap<>();
        long width = 64;
        types.put("embed.weight", TensorType.of(ElementType.F32, 50257, width));
        types.put("position.weight", TensorType.of(ElementType.F32, 256, width));
        for (int i = 0; i < 4; i++) {
            String block = "blocks." + i + ".";
            norm(types, block + "norm1", width);
            linear(types, block + "attn.qkv", width, 3 * width);
            linear(types, block + "attn.proj", width, width);
            norm(types, block + "norm2", width);
            linear(types, block + "mlp.expand", width, 4 * width);
            linear(types, block + "mlp.proj", 4 * width, width);
        }
        norm(types, "norm", width);
        return types;
    }

    private static void linear(Map<String, TensorType> types, String path, long in, long out) {
        types.put(path + ".weight", TensorType.of(ElementType.F32, in, out));
        types.put(path + ".bias", TensorType.of(ElementType.F32, out));
    }

    private static void norm(Map<String, TensorType> types, String path, long width) {
        types.put(path + ".weight", TensorType.of(ElementType.F32, width));
        types.put(path + ".bias", TensorType.of(ElementType.F32, width));
    }

    @Test
    void itsTensorsAreImportedAndExportedUnchanged() throws IOException {
        Path path = SharedData.file("gpt2-tiny/model.safetensors");
        try (SafeTensors file = SafeTensors.open(path);
                Arena arena = Arena.ofConfined()) {
            SequencedMap<String, Tensor> ours = gpt().importTensors(file.tensors(), ours(), arena, path.toString());
            assertThat(ours.keySet()).containsExactlyElementsOf(ours().keySet());
            SequencedMap<String, Tensor> back = gpt().exportTensors(ours, arena);
            assertThat(back.keySet())
                    .containsExactlyInAnyOrderElementsOf(file.types().keySet());
            back.forEach((name, tensor) -> {
                assertThat(tensor.type()).isEqualTo(file.types().get(name));
                assertThat(tensor.data().mismatch(file.tensor(name).data()))
                        .as(name)
                        .isEqualTo(-1);
            });
        }
    }

    @Test
    void itsConfigurationBecomesConstants() throws IOException {
        Path path = SharedData.file("gpt2-tiny/config.json");
        Map<String, Object> config = Json.readObject(path);
        SequencedMap<String, Object> constants = gpt().constants(config, path.toString());
        assertThat(constants)
                .containsOnly(
                        Map.entry("layers", 4),
                        Map.entry("heads", 4),
                        Map.entry("width", 64),
                        Map.entry("context", 256),
                        Map.entry("vocab", 50257),
                        Map.entry("tied", true));
        Map<String, Object> exported = gpt().config(constants, OptionalInt.of(50256));
        exported.keySet().retainAll(config.keySet());
        assertThat(config).containsAllEntriesOf(exported);
    }
}
