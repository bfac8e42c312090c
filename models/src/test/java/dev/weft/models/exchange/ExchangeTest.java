package dev.weft.models.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.LoadedModel;
import dev.weft.models.SharedData;
import dev.weft.models.TransformersOracleTest;
import dev.weft.models.json.Json;
import dev.weft.models.run.RunSummary;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.WeightFiles;
import dev.weft.models.tokenizer.CharTokenizer;
import dev.weft.models.training.TrainingRun;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Folders of others become runs, and runs such folders, without a bit of a tensor changed. */
class ExchangeTest {

    @TempDir
    private Path folder;

    private Path run() {
        return folder.resolve("run");
    }

    private Path back() {
        return folder.resolve("back");
    }

    private ExportReport export() {
        try (LoadedModel model = LoadedModel.open(run())) {
            return ModelExport.run(model, back());
        }
    }

    private static void assertSameTensors(Path one, Path other, Set<String> without) {
        try (WeightFiles some = WeightFiles.open(one);
                WeightFiles others = WeightFiles.open(other)) {
            Set<String> names = new TreeSet<>(some.tensors().keySet());
            names.removeAll(without);
            assertThat(new TreeSet<>(others.tensors().keySet())).isEqualTo(names);
            names.forEach(name -> {
                Tensor wanted = some.tensors().get(name);
                Tensor got = others.tensors().get(name);
                assertThat(got.type()).as(name).isEqualTo(wanted.type());
                assertThat(got.data().mismatch(wanted.data())).as(name).isEqualTo(-1);
            });
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied",
                "llama3",
                "llama-linear",
                "llama-yarn",
                "llama-yarn-parts",
                "gpt2",
                "gpt2-separate"
            })
    void exportingWhatWasImportedGivesItBack(String name) {
        Path source = TransformersOracleTest.folder(name);
        ImportReport report = ModelImport.run(source, run(), null);
        export();

        assertThat(report.ignored()).isEmpty();
        assertThat(report.tokenizer()).startsWith("none that Weft can use: ").contains("has no tokenizer");
        assertSameTensors(source, back(), Set.of());
        assertThat(Json.readObject(back().resolve("config.json")))
                .isEqualTo(Json.readObject(source.resolve("config.json")));
        assertThat(RunSummary.of(run()).state()).isEqualTo(RunSummary.State.IMPORTED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "llama",
                "llama-tied",
                "llama3",
                "llama-linear",
                "llama-yarn",
                "llama-yarn-parts",
                "gpt2",
                "gpt2-separate"
            })
    void anImportedRunIsTheModelThatTheFolderIs(String name) {
        Path source = TransformersOracleTest.folder(name);
        ModelImport.run(source, run(), null);

        try (LoadedModel folderOfOthers = LoadedModel.open(source);
                LoadedModel imported = LoadedModel.open(run())) {
            assertThat(imported.program().boundConstants())
                    .isEqualTo(folderOfOthers.program().boundConstants());
            assertThat(imported.parameters().sequencedKeySet())
                    .containsExactlyInAnyOrderElementsOf(
                            folderOfOthers.parameters().sequencedKeySet());
            imported.parameters().forEach((path, tensor) -> {
                assertThat(tensor.type().element()).isEqualTo(ElementType.F32);
                assertThat(tensor.data()
                                .mismatch(folderOfOthers.parameters().get(path).data()))
                        .as(path)
                        .isEqualTo(-1);
            });
        }
    }

    /** The GPT-2 of the fixture as older files have it: without its prefix, with masks, and with its head once more. */
    private Path older() throws IOException {
        Path source = TransformersOracleTest.folder("gpt2");
        Path older = Files.createDirectory(folder.resolve("older"));
        Files.copy(source.resolve("config.json"), older.resolve("config.json"));
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        try (WeightFiles files = WeightFiles.open(source)) {
            files.tensors().forEach((name, tensor) -> tensors.put(name.replaceFirst("^transformer\\.", ""), tensor));
            tensors.put("lm_head.weight", tensors.get("wte.weight"));
            tensors.put("h.0.attn.bias", bytes(1, 1, 16, 16));
            tensors.put("h.0.attn.masked_bias", Tensor.of(new float[] {-1e4f}));
            SafeTensors.write(older.resolve("model.safetensors"), tensors, Map.of("format", "pt"));
        }
        return older;
    }

    private static Tensor bytes(long... sizes) {
        TensorType type = TensorType.of(ElementType.U8, sizes);
        return new Tensor(type, MemorySegment.ofArray(new byte[(int) type.bytes()]));
    }

    @Test
    void masksAreIgnoredAndListedAndTheHeadIsWrittenAgain() throws IOException {
        Path older = older();
        ImportReport report = ModelImport.run(older, run(), null);
        export();

        assertThat(report.tensors()).isEqualTo(16);
        assertThat(report.copies()).containsExactly("lm_head.weight");
        assertThat(report.ignored()).containsExactlyInAnyOrder("h.0.attn.bias", "h.0.attn.masked_bias");
        assertSameTensors(older, back(), Set.copyOf(report.ignored()));
    }

    @Test
    void everyTensorThatDoesNotFitIsNamedAndNothingIsWritten() throws IOException {
        Path source = older();
        Map<String, Tensor> more = new TreeMap<>();
        IntStream.range(0, 20).forEach(i -> more.put("extra." + i, Tensor.of(new float[] {i}, 1)));
        rewrite(source, tensors -> {
            tensors.putAll(more);
            tensors.remove("h.0.ln_1.bias");
            tensors.put("ln_f.weight", Tensor.of(new float[3], 3));
        });

        assertThatThrownBy(() -> ModelImport.run(source, run(), null))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("h.0.ln_1.bias is missing, from which the program's blocks.0.norm1.bias is made")
                .hasMessageContaining("ln_f.weight must give norm.weight [f32[16]], got [f32[3]]")
                .satisfies(error -> more.keySet()
                        .forEach(name -> assertThat(error).hasMessageContaining(name + " has no name in the program")));
        assertThat(files()).containsExactly("older");
    }

    @Test
    void aHeadOfItsOwnIsNotTakenForTheEmbedding() throws IOException {
        Path source = older();
        rewrite(source, tensors -> tensors.put("lm_head.weight", half(32, 16)));

        assertThatThrownBy(() -> ModelImport.run(source, run(), null))
                .hasMessageContaining("lm_head.weight must equal wte.weight, which the program uses in its place");
    }

    private static Tensor half(long... sizes) {
        TensorType type = TensorType.of(ElementType.F16, sizes);
        return new Tensor(type, MemorySegment.ofArray(new byte[(int) type.bytes()]));
    }

    private static void rewrite(Path source, Consumer<Map<String, Tensor>> change) {
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        Path file = source.resolve("model.safetensors");
        Path changed = source.resolve("changed.safetensors");
        try (SafeTensors old = SafeTensors.open(file)) {
            tensors.putAll(old.tensors());
            change.accept(tensors);
            SafeTensors.write(changed, tensors, Map.of());
        }
        try {
            Files.move(changed, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Names of what is in the test's folder, hidden files too. */
    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void whatIsThereIsNeverWrittenOver() throws IOException {
        Path source = TransformersOracleTest.folder("llama");
        ModelImport.run(source, run(), null);
        byte[] before = Files.readAllBytes(run().resolve("run.json"));

        assertThatThrownBy(() -> ModelImport.run(TransformersOracleTest.folder("gpt2"), run(), null))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("run: is there already and stays as it is; choose another name");
        Files.writeString(back(), "a file");
        assertThatThrownBy(this::export).hasMessageContaining("back: is there already");
        assertThat(run().resolve("run.json")).hasBinaryContent(before);
        assertThat(back()).hasContent("a file");
        assertThat(files()).containsExactly("back", "run");
    }

    @Test
    void anEmptyFolderIsFree() throws IOException {
        Files.createDirectory(run());
        Files.createDirectory(back());
        ModelImport.run(TransformersOracleTest.folder("llama"), run(), null);
        export();

        assertThat(back().resolve("model.safetensors")).isNotEmptyFile();
    }

    @Test
    void aTokenizerOfAnotherVocabularyIsRefused() throws IOException {
        Path source = older();
        CharTokenizer.of(IntStream.range('0', '0' + 40)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining()))
                .save(source);

        assertThatThrownBy(() -> ModelImport.run(source, run(), null))
                .isInstanceOf(UserException.class)
                .hasMessageContaining(
                        "the tokenizer does not match the model: it has 40 ids, and the model's vocab is 32");
        assertThat(files()).containsExactly("older");
    }

    @Test
    void filesBesideTheWeightsGoThereAndBack() throws IOException {
        Path source = older();
        CharTokenizer.of("0123456789").save(source);
        Files.writeString(source.resolve("generation_config.json"), "{\"top_k\": 7}");
        Files.writeString(source.resolve("notes.txt"), "mine");
        ImportReport report = ModelImport.run(source, run(), null);

        assertThat(report.tokenizer()).isEqualTo("10 ids");
        assertThat(export().files()).containsExactly("weft-tokenizer.json", "generation_config.json");
        assertThat(back().resolve("generation_config.json")).hasContent("{\"top_k\": 7}");
        assertThat(back().resolve("notes.txt")).doesNotExist();
    }

    @Test
    void anImportedRunIsNotResumed() {
        ModelImport.run(TransformersOracleTest.folder("gpt2"), run(), null);

        assertThatThrownBy(() -> TrainingRun.request(run().resolve("run.json")))
                .isInstanceOf(UserException.class)
                .hasMessageContaining("was imported, not trained; start a run from it with --init-from");
    }

    @Test
    void aFolderOfOthersIsNotExported() {
        try (LoadedModel model = LoadedModel.open(TransformersOracleTest.folder("gpt2"))) {
            assertThatThrownBy(() -> ModelExport.run(model, back()))
                    .isInstanceOf(UserException.class)
                    .hasMessageContaining("is a Hugging Face folder already");
        }
    }

    @Test
    void theRealVocabularyGoesThereAndBack() {
        Path source = SharedData.file("gpt2-tiny");
        ImportReport report = ModelImport.run(source, run(), null);
        export();

        assertThat(report.tensors()).isEqualTo(52);
        assertThat(report.tokenizer()).isEqualTo("50,257 ids");
        assertSameTensors(source, back(), Set.of());
        assertThat(back().resolve("merges.txt")).hasSameBinaryContentAs(source.resolve("merges.txt"));
    }
}
