package dev.weft.models.training;

import dev.weft.graph.UserException;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.TensorType;
import dev.weft.models.Batches;
import dev.weft.models.Program;
import dev.weft.models.data.TensorDataset;
import dev.weft.models.tensorfile.Fingerprint;
import dev.weft.models.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Tensors named like the arguments of a loss, one row for each example. */
final class TensorData implements TrainingData {

    private final TensorDataset dataset;
    private final LossArguments arguments;
    private final Program program;
    private final int rows;
    private final long seed;

    /** Takes the data set over: closing this closes it. */
    private TensorData(TensorDataset dataset, LossArguments arguments, Program program, int rows, long seed) {
        this.dataset = dataset;
        this.arguments = arguments;
        this.program = program;
        this.rows = rows;
        this.seed = seed;
    }

    /** @throws UserException if tensors are missing or too many: the error lists what is wanted */
    static TensorData read(List<String> data, LossArguments arguments, Program program, int rows, long seed) {
        if (data.isEmpty()) {
            throw new UserException("data: must be given; the loss of %s takes tensors %s: name files such as %s"
                    .formatted(
                            program.name(),
                            String.join(", ", arguments.wanted()),
                            String.join(
                                    " ",
                                    arguments.data().keySet().stream()
                                            .map(name -> name + ".npy")
                                            .toList())));
        }
        TensorDataset dataset = TensorDataset.read(data.stream().map(Path::of).toList());
        try {
            requireNames(dataset.types(), arguments, program);
            arguments.data().forEach((name, declared) -> dataset.narrow(name, declared.element()));
        } catch (UserException wrong) {
            dataset.close();
            throw wrong;
        }
        return new TensorData(dataset, arguments, program, rows, seed);
    }

    private static void requireNames(Map<String, TensorType> got, LossArguments arguments, Program program) {
        Set<String> wanted = arguments.data().keySet();
        List<String> missing =
                wanted.stream().filter(name -> !got.containsKey(name)).toList();
        List<String> unknown =
                got.keySet().stream().filter(name -> !wanted.contains(name)).toList();
        if (!missing.isEmpty() || !unknown.isEmpty()) {
            String what = missing.isEmpty()
                    ? "has " + String.join(", ", unknown) + ", which the loss does not take"
                    : "has no " + String.join(", ", missing);
            throw new UserException("data: %s; the loss of %s takes %s, from files named so, and there is %s"
                    .formatted(
                            what,
                            program.name(),
                            String.join(", ", arguments.wanted()),
                            got.entrySet().stream()
                                    .map(each -> each.getKey() + ": " + each.getValue())
                                    .collect(Collectors.joining(", "))));
        }
    }

    /**
     * Compares with what the compiled entry takes.
     *
     * @param inputs types by name, of an entry for {@link #sizes}
     */
    void requireFits(Map<String, TensorType> inputs) {
        types(rows).forEach((name, type) -> {
            TensorType wanted = inputs.get(name);
            if (wanted != null && !wanted.equals(type)) {
                throw new UserException(
                        "data: %s must be %s for a batch of %d, got %s; the constants of %s are %s, --set changes them"
                                .formatted(name, wanted, rows, type, program.name(), program.boundConstants()));
            }
        });
    }

    private Map<String, TensorType> types(long count) {
        Map<String, TensorType> types = new LinkedHashMap<>();
        dataset.slice(0, 1).forEach((name, tensor) -> types.put(name, withRows(tensor.type(), count)));
        return types;
    }

    private static TensorType withRows(TensorType type, long count) {
        return type.withShape(type.shape().with(0, Dim.of(count)));
    }

    private long validationRows() {
        return Math.min(rows, Math.max(1, dataset.rows() - dataset.trainingRows()));
    }

    @Override
    public Batches batches() {
        return Batches.of(dataset, seed, rows, Math.toIntExact(validationRows()));
    }

    @Override
    public Map<String, Long> sizes() {
        return arguments.sizes(types(rows), program.boundConstants().keySet());
    }

    @Override
    public Map<String, Long> validationSizes() {
        return arguments.sizes(types(validationRows()), program.boundConstants().keySet());
    }

    @Override
    public String fingerprint() {
        return Fingerprint.of(dataset.slice(0, dataset.rows()));
    }

    @Override
    public Optional<Tokenizer> tokenizer() {
        return Optional.empty();
    }

    @Override
    public long perBatch() {
        return rows;
    }

    @Override
    public Map<String, Object> describe() {
        return Map.of("rows", dataset.rows(), "training_rows", dataset.trainingRows());
    }

    @Override
    public void close() {
        dataset.close();
    }
}
