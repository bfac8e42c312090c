package dev.weft.models.data;

import dev.weft.graph.UserException;
import dev.weft.graph.type.Dim;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import dev.weft.models.io.IoErrors;
import dev.weft.models.random.CounterRandom;
import dev.weft.models.tensorfile.Npy;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

/**
 * Named tensors with one row for each example, as the arguments of a {@code loss}: {@code x.npy} is {@code x}; a
 * {@code .safetensors} file names its tensors itself. The first nine tenths of the rows are for training. Row i of every
 * tensor belongs to example i. Files are mapped until {@link #close}.
 */
public final class TensorDataset implements AutoCloseable {

    /** Sets these numbers apart from other uses of the same seed. */
    private static final long STREAM = 0x726f77730000L;

    private final List<Runnable> resources = new ArrayList<>();
    private final SequencedMap<String, Tensor> tensors = new LinkedHashMap<>();
    private long rows = -1;

    private TensorDataset() {}

    /**
     * @throws UserException if a path is missing or of another format, a name comes twice, or tensors differ in rows
     */
    public static TensorDataset read(List<Path> paths) {
        TensorDataset dataset = new TensorDataset();
        boolean complete = false;
        try {
            for (Path path : paths) {
                dataset.add(path);
            }
            if (dataset.tensors.isEmpty()) {
                throw new UserException(paths + ": has no .npy or .safetensors file");
            }
            complete = true;
            return dataset;
        } finally {
            if (!complete) {
                dataset.close();
            }
        }
    }

    private void add(Path path) {
        String name = String.valueOf(path.getFileName());
        if (!Files.exists(path)) {
            throw new UserException(path + ": there is no such file or folder to read tensors from");
        }
        if (Files.isDirectory(path)) {
            tensorFiles(path).forEach(this::add);
        } else if (name.endsWith(".npy")) {
            Arena arena = Arena.ofShared();
            resources.add(arena::close);
            put(name.substring(0, name.length() - ".npy".length()), Npy.read(path, arena), path);
        } else if (name.endsWith(".safetensors")) {
            SafeTensors file = SafeTensors.open(path);
            resources.add(file::close);
            file.tensors().forEach((tensor, data) -> put(tensor, data, path));
        } else {
            throw new UserException(path + ": tensors are read from .npy and .safetensors files and folders of them");
        }
    }

    private static List<Path> tensorFiles(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            file.toString().endsWith(".npy") || file.toString().endsWith(".safetensors"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw IoErrors.of("list", folder, e);
        }
    }

    private void put(String name, Tensor tensor, Path path) {
        if (tensor.type().rank() == 0) {
            throw new UserException(path + ": " + name + " must have rows as its first axis, got " + tensor.type());
        }
        long got = tensor.type().size(0);
        if (got == 0) {
            throw new UserException(path + ": " + name + " has no rows, got " + tensor.type());
        }
        if (rows >= 0 && rows != got) {
            var first = tensors.firstEntry();
            throw new UserException(path + ": " + name + " must have as many rows as " + first.getKey() + ", got "
                    + tensor.type() + " and " + first.getValue().type());
        }
        if (tensors.putIfAbsent(name, tensor) != null) {
            throw new UserException(path + ": there already is a tensor " + name + " from another file");
        }
        rows = got;
    }

    /** Types with all rows. */
    public SequencedMap<String, TensorType> types() {
        SequencedMap<String, TensorType> types = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> types.put(name, tensor.type()));
        return Collections.unmodifiableSequencedMap(types);
    }

    /**
     * Gives a tensor the element type that is wanted, where NumPy's default is the wider one: i64 becomes i32, f64 becomes f32. Any other
     * stays as it is.
     *
     * @throws UserException for a number that i32 does not hold
     */
    public void narrow(String name, ElementType wanted) {
        Tensor wide = tensors.get(name);
        if (wide == null) {
            return;
        }
        ElementType got = wide.type().element();
        int count = Math.toIntExact(wide.type().bytes() / got.bytes());
        if (got == ElementType.I64 && wanted == ElementType.I32) {
            int[] narrow = new int[count];
            for (int i = 0; i < count; i++) {
                long value = wide.data().getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, i);
                if (value != (int) value) {
                    throw new UserException("data: " + name + " must be i32, and " + value + " does not fit");
                }
                narrow[i] = (int) value;
            }
            replace(name, wide.type().withElement(wanted), MemorySegment.ofArray(narrow));
        } else if (got == ElementType.F64 && wanted == ElementType.F32) {
            float[] narrow = new float[count];
            for (int i = 0; i < count; i++) {
                narrow[i] = (float) wide.data().getAtIndex(ValueLayout.JAVA_DOUBLE_UNALIGNED, i);
            }
            replace(name, wide.type().withElement(wanted), MemorySegment.ofArray(narrow));
        }
    }

    /** Outside of the Java heap, as the other tensors are. */
    private void replace(String name, TensorType type, MemorySegment values) {
        Arena arena = Arena.ofShared();
        resources.add(arena::close);
        tensors.put(
                name, new Tensor(type, arena.allocate(type.bytes(), Long.BYTES).copyFrom(values)));
    }

    public long rows() {
        return rows;
    }

    /** Rows for training: the first nine tenths, at least one. The others are for validation. */
    public long trainingRows() {
        return Math.max(1, rows * 9 / 10);
    }

    /** Rows {@code from} to {@code from + count} of every tensor, not copied. */
    public SequencedMap<String, Tensor> slice(long from, long count) {
        SequencedMap<String, Tensor> slices = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            long stride = tensor.type().bytes() / rows;
            slices.put(
                    name,
                    new Tensor(withRows(tensor.type(), count), tensor.data().asSlice(from * stride, count * stride)));
        });
        return slices;
    }

    /**
     * {@code count} training rows, drawn with replacement: row r is
     * {@code CounterRandom(seed).below(trainingRows, STREAM, step, micro, r)}.
     */
    public SequencedMap<String, Tensor> batch(long seed, long step, int micro, int count) {
        CounterRandom random = new CounterRandom(seed);
        SequencedMap<String, Tensor> batch = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            TensorType type = withRows(tensor.type(), count);
            long stride = tensor.type().bytes() / rows;
            MemorySegment data = Arena.ofAuto().allocate(type.bytes(), Long.BYTES);
            for (int row = 0; row < count; row++) {
                long from = random.below(trainingRows(), STREAM, step, micro, row);
                MemorySegment.copy(tensor.data(), from * stride, data, row * stride, stride);
            }
            batch.put(name, new Tensor(type, data));
        });
        return batch;
    }

    private static TensorType withRows(TensorType type, long count) {
        return type.withShape(type.shape().with(0, Dim.of(count)));
    }

    @Override
    public void close() {
        resources.forEach(Runnable::run);
        resources.clear();
    }
}
