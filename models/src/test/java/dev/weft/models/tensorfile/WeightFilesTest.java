package dev.weft.models.tensorfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.models.LoadedModel;
import dev.weft.models.SharedData;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightFilesTest {

    @TempDir
    Path folder;

    private void shard(String file, String... names) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        for (String name : names) {
            tensors.put(name, Tensor.of(new int[] {name.length(), 7}, 2));
        }
        SafeTensors.write(folder.resolve(file), tensors, Map.of());
    }

    private void index(String map) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": " + map + "}");
    }

    private void assertRefused(String said) {
        assertThatThrownBy(() -> WeightFiles.open(folder).close())
                .isInstanceOf(UserException.class)
                .hasMessageContaining(said);
    }

    @Test
    void tensorsOfSeveralFilesAreOneModel() throws IOException {
        shard("model-1.safetensors", "a", "b");
        shard("model-2.safetensors", "longer");
        index("{\"a\": \"model-1.safetensors\", \"longer\": \"model-2.safetensors\", \"b\": \"model-1.safetensors\"}");

        try (WeightFiles files = WeightFiles.open(folder)) {
            assertThat(files.tensors()).containsOnlyKeys("a", "longer", "b");
            assertThat(files.tensors().get("longer").data().get(ValueLayout.JAVA_INT, 0))
                    .isEqualTo(6);
        }
    }

    @Test
    void whatTheIndexAndTheFilesDoNotAgreeOnIsNamed() throws IOException {
        shard("model-1.safetensors", "a", "b");
        index("{\"a\": \"model-1.safetensors\"}");
        assertRefused("has a tensor b, which model.safetensors.index.json does not know");
        index("{\"a\": \"model-1.safetensors\", \"b\": \"model-1.safetensors\", \"c\": \"model-1.safetensors\"}");
        assertRefused("has no tensor c");
        index("{\"a\": \"model-9.safetensors\"}");
        assertRefused("model-9.safetensors");
        index("{\"a\": \"../model-1.safetensors\"}");
        assertRefused("a must be in a .safetensors file of the same folder, got ../model-1.safetensors");
        index("{}");
        assertRefused("must say under \"weight_map\"");
    }

    @Test
    void aPickleIsRefusedByItsName() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.writeString(folder.resolve("pytorch_model.bin"), "");

        assertThatThrownBy(() -> LoadedModel.open(folder))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("pytorch_model.bin: is a Python pickle")
                .hasMessageContaining("model.safetensors");
    }

    @Test
    void aModelInTwoFilesIsTheModelInOne() throws IOException {
        Path whole = SharedData.file("gpt2-tiny/model.safetensors").getParent();
        Files.copy(whole.resolve("config.json"), folder.resolve("config.json"));
        StringBuilder map = new StringBuilder();
        try (SafeTensors file = SafeTensors.open(whole.resolve("model.safetensors"))) {
            SequencedMap<String, Tensor> even = new LinkedHashMap<>();
            SequencedMap<String, Tensor> odd = new LinkedHashMap<>();
            file.tensors().forEach((name, tensor) -> {
                boolean first = even.size() <= odd.size();
                (first ? even : odd).put(name, tensor);
                map.append(map.isEmpty() ? "" : ", ")
                        .append("\"%s\": \"model-%d.safetensors\"".formatted(name, first ? 1 : 2));
            });
            SafeTensors.write(folder.resolve("model-1.safetensors"), even, Map.of());
            SafeTensors.write(folder.resolve("model-2.safetensors"), odd, Map.of());
        }
        index("{" + map + "}");

        try (LoadedModel one = LoadedModel.open(whole);
                LoadedModel two = LoadedModel.open(folder)) {
            assertThat(two.parameters()).containsOnlyKeys(one.parameters().sequencedKeySet());
            one.parameters().forEach((name, tensor) -> assertThat(
                            tensor.data().mismatch(two.parameters().get(name).data()))
                    .as(name)
                    .isEqualTo(-1));
        }
    }
}
