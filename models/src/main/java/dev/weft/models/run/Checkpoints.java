package dev.weft.models.run;

import dev.weft.graph.UserException;
import dev.weft.models.io.AtomicFiles;
import dev.weft.models.io.IoErrors;
import dev.weft.models.io.WriteErrors;
import dev.weft.models.json.Json;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The {@code checkpoints/} of a run: {@code step-N} is there whole or not at all. After each save, all but the last and the
 * one with the lowest validation loss (the earlier among equals) are deleted.
 */
public final class Checkpoints {

    private static final Pattern NAME = Pattern.compile("step-([0-9]{1,18})");

    private final Path folder;

    Checkpoints(Path folder) {
        this.folder = folder;
    }

    /** The checkpoints of the run in {@code run}, to read from. */
    public static Checkpoints of(Path run) {
        return new Checkpoints(run.resolve("checkpoints"));
    }

    /**
     * Saves {@code step}.
     *
     * @param tensors        parameters and optimizer state, by name
     * @param state          what else the run needs to continue, as plain JSON values
     * @param validationLoss nats per token, where it was measured at this step
     * @return the folder of the checkpoint
     */
    public Path save(
            long step, SequencedMap<String, Tensor> tensors, Map<String, ?> state, OptionalDouble validationLoss) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(Checkpoint.STEP, step);
        validationLoss.ifPresent(loss -> all.put(Checkpoint.VALIDATION_LOSS, loss));
        all.put(Checkpoint.EXTRA, state);
        Path place = place(step);
        Path temporary = folder.resolve(".step-" + step + ".tmp");
        try {
            Files.createDirectories(folder);
            removeUnfinished();
            write(temporary, tensors, all);
            if (Files.exists(place)) {
                Files.move(place, folder.resolve(".step-" + step + ".old"), StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
            AtomicFiles.force(folder);
            removeUnfinished();
            prune();
        } catch (IOException e) {
            throw WriteErrors.folder(place.toString(), place, e);
        }
        return place;
    }

    /** Room for it is there, or none of it stays: on a full disk what is left of it would be in the way. */
    private void write(Path temporary, SequencedMap<String, Tensor> tensors, Map<String, ?> state) throws IOException {
        Files.createDirectory(temporary);
        boolean written = false;
        try {
            SafeTensors.write(temporary.resolve(Checkpoint.TENSORS), tensors, Map.of());
            Json.write(temporary.resolve(Checkpoint.STATE), state);
            AtomicFiles.force(temporary);
            written = true;
        } finally {
            if (!written) {
                removeUnfinished();
            }
        }
    }

    private Path place(long step) {
        return folder.resolve("step-" + step);
    }

    private void removeUnfinished() throws IOException {
        for (Path entry : entries()) {
            if (entry.getFileName().toString().startsWith(".step-")) {
                delete(entry);
            }
        }
    }

    private void prune() throws IOException {
        List<Long> steps = steps();
        OptionalLong best = best();
        for (long step : steps) {
            if (step != steps.getLast() && (best.isEmpty() || step != best.getAsLong())) {
                delete(place(step));
            }
        }
    }

    /** A renamed folder is no checkpoint, even if deleting it is interrupted. */
    private void delete(Path checkpoint) throws IOException {
        Path gone = checkpoint;
        if (!checkpoint.getFileName().toString().startsWith(".")) {
            gone = folder.resolve("." + checkpoint.getFileName() + ".old");
            Files.move(checkpoint, gone, StandardCopyOption.ATOMIC_MOVE);
        }
        List<Path> inside;
        try (Stream<Path> tree = Files.walk(gone)) {
            inside = tree.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : inside) {
            Files.delete(path);
        }
    }

    private List<Path> entries() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (IOException e) {
            throw IoErrors.of("list", folder, e);
        }
    }

    /** Ascending. */
    public List<Long> steps() {
        return entries().stream()
                .map(entry -> NAME.matcher(entry.getFileName().toString()))
                .filter(name -> name.matches())
                .map(name -> Long.parseLong(name.group(1)))
                .sorted()
                .toList();
    }

    public OptionalLong last() {
        return steps().stream().mapToLong(Long::longValue).max();
    }

    /** The step with the lowest validation loss, if any was measured. */
    public OptionalLong best() {
        OptionalLong best = OptionalLong.empty();
        double lowest = Double.POSITIVE_INFINITY;
        for (long step : steps()) {
            Optional<Double> loss = Checkpoint.readState(place(step)).validationLoss();
            if (loss.isPresent() && loss.get() < lowest) {
                best = OptionalLong.of(step);
                lowest = loss.get();
            }
        }
        return best;
    }

    /**
     * Opens the checkpoint of {@code step}; close it after use.
     *
     * @throws UserException if there is none, or it is damaged
     */
    public Checkpoint open(long step) {
        if (!Files.isDirectory(place(step))) {
            throw new UserException(
                    place(step) + ": there is no such checkpoint; there are those of the steps " + steps());
        }
        return Checkpoint.open(place(step));
    }
}
