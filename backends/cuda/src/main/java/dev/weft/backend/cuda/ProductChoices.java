package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.runtime.Held;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.Fingerprint;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * In which way each distinct product is made. Of the ways that a device names, the fastest is taken, timed once and then kept on disk for
 * all processes, by the device, its driver, its library and the product. Since ways differ in their last bits, a run keeps them too. A
 * device that does not say what it is makes each product in the first way.
 *
 * <p>What is kept is taken only if it is one of the ways that the device names now, and works; anything else is timed anew. A way that
 * the library names and then refuses is none.
 */
final class ProductChoices {
    /** Of ways in the {@link CodeStore}. */
    static final String KIND = "product";

    private static final int MOST_WAYS = 8;
    private static final int WARM = 2;
    private static final int TIMES = 5;

    private final Device device;
    private final CodeStore store;
    /** Ways that a run asks for, by key, in hexadecimal digits. */
    private final Map<String, String> wanted = new HashMap<>();

    private final Map<String, String> chosen = new TreeMap<>();
    private final Map<Multiplication, byte[]> known = new HashMap<>();

    ProductChoices(Device device, CodeStore store) {
        this.device = device;
        this.store = store;
    }

    /** From now on these ways are taken, where the device still names them. */
    void keepTo(Map<String, String> ways) {
        wanted.putAll(ways);
        known.clear();
    }

    /** The ways of all products that could be made in several, by what they are ways of. */
    Map<String, String> chosen() {
        return Map.copyOf(chosen);
    }

    /**
     * The way to make a product.
     *
     * @param at memory that may be written to: contents of the result are lost
     */
    byte[] way(Multiplication product, long stream, Addresses at, long workspace) {
        return known.computeIfAbsent(product, asked -> choose(asked, stream, at, workspace));
    }

    private byte[] choose(Multiplication product, long stream, Addresses at, long workspace) {
        List<byte[]> ways = device.algorithms(product, BoundProgram.WORKSPACE_BYTES, MOST_WAYS);
        if (ways.isEmpty()) {
            // The program was compiled where there was one.
            throw new MachineException(
                    "product: cuBLASLt makes none on this machine like %s; compile the program on this machine"
                            .formatted(product));
        }
        Optional<String> recipe = device.productRecipe();
        if (recipe.isEmpty()) {
            return ways.getFirst();
        }
        Trial trial = new Trial(product, stream, at, workspace);
        String key = Fingerprint.key(recipe.get() + "\n" + product.text());
        byte[] way = among(ways, Optional.ofNullable(wanted.get(key)).flatMap(ProductChoices::bytes))
                .filter(kept -> works(kept, trial))
                .or(() -> among(ways, store.read(KIND, key)).filter(kept -> works(kept, trial)))
                .orElseGet(() -> {
                    byte[] fastest = fastest(ways, trial);
                    store.write(KIND, key, fastest);
                    return fastest;
                });
        if (ways.size() > 1) {
            chosen.put(key, HexFormat.of().formatHex(way));
        }
        return way;
    }

    /** What a way is tried on. */
    private record Trial(Multiplication product, long stream, Addresses at, long workspace) {}

    /**
     * Whether the library makes the product in this way, which it may refuse when it is asked to. Afterwards its code is on the device, where
     * it should be before a graph is recorded.
     */
    private boolean works(byte[] way, Trial trial) {
        try {
            made(way, trial, product -> device.multiply(trial.stream(), product, trial.at(), trial.workspace()));
            return true;
        } catch (MachineException | DefectException refused) {
            return false;
        }
    }

    private void made(byte[] way, Trial trial, LongConsumer use) {
        long product = device.product(trial.product(), way);
        try {
            use.accept(product);
        } finally {
            device.endProduct(product);
        }
    }

    private static Optional<byte[]> bytes(String digits) {
        try {
            return Optional.of(HexFormat.of().parseHex(digits));
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private static Optional<byte[]> among(List<byte[]> ways, Optional<byte[]> kept) {
        return kept.filter(way -> ways.stream().anyMatch(named -> Arrays.equals(named, way)));
    }

    /** The first of the ways with the least median time, of those that the library does not refuse. */
    private byte[] fastest(List<byte[]> ways, Trial trial) {
        byte[] best = null;
        float least = Float.POSITIVE_INFINITY;
        RuntimeException last = null;
        for (byte[] way : ways) {
            try {
                float[] time = new float[1];
                made(way, trial, product -> time[0] = time(product, trial));
                if (best == null || time[0] < least) {
                    least = time[0];
                    best = way;
                }
            } catch (MachineException | DefectException refused) {
                last = refused;
            }
        }
        if (best == null) {
            throw new MachineException(
                    "product: cuBLASLt named %d ways to make %s and refused each of them; with WEFT_JAVA_OPTS=-D%s=NONE kernels"
                                    .formatted(ways.size(), trial.product(), CudaBackend.EPILOGUES)
                            + " do what epilogues would; the last time: " + (last == null ? "" : last.getMessage()),
                    last);
        }
        return best;
    }

    /** Milliseconds. */
    private float time(long product, Trial trial) {
        try (Held held = new Held(device)) {
            long begin = held.event();
            long end = held.event();
            float[] times = new float[TIMES];
            for (int i = 0; i < WARM; i++) {
                device.multiply(trial.stream(), product, trial.at(), trial.workspace());
            }
            for (int i = 0; i < TIMES; i++) {
                device.record(begin, trial.stream());
                device.multiply(trial.stream(), product, trial.at(), trial.workspace());
                device.record(end, trial.stream());
                device.synchronize(trial.stream());
                times[i] = device.millis(begin, end);
            }
            Arrays.sort(times);
            return times[TIMES / 2];
        }
    }
}
