package dev.weft.models.tensorfile;

import dev.weft.graph.UserException;
import dev.weft.models.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The tensors of a folder in the Hugging Face layout: in {@code model.safetensors}, or in several files of which
 * {@code model.safetensors.index.json} says which tensor is where. All are mapped until {@link #close}.
 */
public final class WeightFiles implements AutoCloseable {

    private static final String ONE = "model.safetensors";
    private static final String INDEX = "model.safetensors.index.json";
    /** What Python's pickle wrote. */
    private static final List<String> PICKLES = List.of("pytorch_model.bin", "pytorch_model.bin.index.json");

    private final Path path;
    private final SequencedMap<String, Tensor> tensors;
    private final List<SafeTensors> files;

    private WeightFiles(Path path, SequencedMap<String, Tensor> tensors, List<SafeTensors> files) {
        this.path = path;
        this.tensors = Collections.unmodifiableSequencedMap(tensors);
        this.files = List.copyOf(files);
    }

    /**
     * Whether {@code folder} has weights.
     *
     * @throws UserException if it has them as a pickle only, which is a program to be run and not read here
     */
    public static boolean areIn(Path folder) {
        if (Files.exists(folder.resolve(ONE)) || Files.exists(folder.resolve(INDEX))) {
            return true;
        }
        for (String pickle : PICKLES) {
            if (Files.exists(folder.resolve(pickle))) {
                throw new UserException(folder.resolve(pickle)
                        + ": is a Python pickle, which runs code when it is read; Weft reads model.safetensors. Save the model with"
                        + " safe_serialization=True, or take the .safetensors files of the same model");
            }
        }
        return false;
    }

    /**
     * Opens the weights of a folder.
     *
     * @throws UserException if there are none, a file is damaged, or the index and the files do not agree
     */
    public static WeightFiles open(Path folder) {
        Path index = folder.resolve(INDEX);
        if (Files.exists(folder.resolve(ONE)) || !areIn(folder)) {
            SafeTensors file = SafeTensors.open(folder.resolve(ONE));
            return new WeightFiles(file.path(), new LinkedHashMap<>(file.tensors()), List.of(file));
        }
        Map<String, SafeTensors> files = new LinkedHashMap<>();
        boolean opened = false;
        try {
            SequencedMap<String, Tensor> tensors = tensors(folder, index, files);
            opened = true;
            return new WeightFiles(index, tensors, new ArrayList<>(files.values()));
        } finally {
            if (!opened) {
                files.values().forEach(SafeTensors::close);
            }
        }
    }

    private static SequencedMap<String, Tensor> tensors(Path folder, Path index, Map<String, SafeTensors> files) {
        if (!(Json.readObject(index).get("weight_map") instanceof Map<?, ?> map) || map.isEmpty()) {
            throw new UserException(index + ": must say under \"weight_map\" in which file each tensor is");
        }
        SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
        map.forEach((name, value) -> {
            if (!(value instanceof String file) || !file.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors")) {
                throw new UserException("%s: %s must be in a .safetensors file of the same folder, got %s"
                        .formatted(index, name, value));
            }
            SafeTensors shard = files.computeIfAbsent(file, missing -> SafeTensors.open(folder.resolve(missing)));
            tensors.put((String) name, shard.tensor((String) name));
        });
        for (SafeTensors shard : files.values()) {
            for (String name : shard.types().keySet()) {
                Object said = map.get(name);
                if (said == null || !shard.path().endsWith((String) said)) {
                    throw new UserException("%s: has a tensor %s, which %s %s"
                            .formatted(
                                    shard.path(),
                                    name,
                                    index.getFileName(),
                                    said == null ? "does not know" : "has in " + said));
                }
            }
        }
        return tensors;
    }

    /** The file that says what there is, for messages. */
    public Path path() {
        return path;
    }

    /** All tensors, valid until {@link #close}. */
    public SequencedMap<String, Tensor> tensors() {
        return tensors;
    }

    @Override
    public void close() {
        files.forEach(SafeTensors::close);
    }
}
