package dev.weft.models.run;

import dev.weft.graph.UserException;
import dev.weft.graph.type.TensorType;
import dev.weft.models.json.Json;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import dev.weft.models.tensorfile.TensorNames;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/** A checkpoint open for reading; its tensors are valid until {@link #close}. */
public final class Checkpoint implements AutoCloseable {

    static final String TENSORS = "tensors.safetensors";
    static final String STATE = "state.json";
    static final String STEP = "step";
    static final String VALIDATION_LOSS = "validation_loss";
    static final String EXTRA = "state";

    /** What {@code state.json} says. */
    record State(long step, Optional<Double> validationLoss, Map<String, Object> extra) {}

    private final Path path;
    private final State state;
    private final SafeTensors tensors;

    private Checkpoint(Path path, State state, SafeTensors tensors) {
        this.path = path;
        this.state = state;
        this.tensors = tensors;
    }

    static Checkpoint open(Path path) {
        return new Checkpoint(path, readState(path), SafeTensors.open(path.resolve(TENSORS)));
    }

    static State readState(Path path) {
        Path file = path.resolve(STATE);
        Map<String, Object> json = Json.readObject(file);
        if (!(json.get(STEP) instanceof Number step) || !(json.get(EXTRA) instanceof Map<?, ?> extra)) {
            throw new UserException(
                    file + ": is not the state of a checkpoint; it must have " + STEP + " and " + EXTRA);
        }
        Map<String, Object> copy = new LinkedHashMap<>();
        extra.forEach((name, value) -> copy.put((String) name, value));
        Optional<Double> loss = json.get(VALIDATION_LOSS) instanceof Number number
                ? Optional.of(number.doubleValue())
                : Optional.empty();
        return new State(step.longValue(), loss, Collections.unmodifiableMap(copy));
    }

    public Path path() {
        return path;
    }

    /** Optimizer steps done. */
    public long step() {
        return state.step();
    }

    /** Nats per token, where it was measured at this step. */
    public Optional<Double> validationLoss() {
        return state.validationLoss();
    }

    /** What was saved beside the tensors, as plain JSON values. */
    public Map<String, Object> state() {
        return state.extra();
    }

    /**
     * The tensors, which must be exactly those that {@code wanted} names.
     *
     * @throws UserException naming what is missing, too much, or of another type
     */
    public SequencedMap<String, Tensor> tensors(Map<String, TensorType> wanted) {
        TensorNames.require(path.toString(), tensors.types(), wanted);
        return tensors.tensors();
    }

    /**
     * Those of the tensors that {@code wanted} names; there may be others.
     *
     * @throws UserException naming what is missing or of another type
     */
    public SequencedMap<String, Tensor> tensorsAmong(Map<String, TensorType> wanted) {
        Map<String, TensorType> got = new LinkedHashMap<>(tensors.types());
        got.keySet().retainAll(wanted.keySet());
        TensorNames.require(path.toString(), got, wanted);
        SequencedMap<String, Tensor> found = new LinkedHashMap<>();
        wanted.keySet().forEach(name -> found.put(name, tensors.tensor(name)));
        return found;
    }

    @Override
    public void close() {
        tensors.close();
    }
}
