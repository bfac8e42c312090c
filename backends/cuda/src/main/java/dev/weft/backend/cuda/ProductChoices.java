package dev.weft.backend.cuda;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.Fingerprint;
import dev.weft.graph.MachineException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * In which way each distinct product is made. Of the ways that a device names, the fastest is taken, timed once and then kept on disk for
 * all processes, by the device, its driver, its library and the product. Since ways differ in their last bits, a run keeps them too. A
 * device that does not say what it is makes each product in the first way.
 *
 * <p>What is kept is taken only if it is one of the ways that the device names now; anything else is timed anew.
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
        if (recipe.isEmpty() || ways.size() == 1) {
            return ways.getFirst();
        }
        String key = Fingerprint.key(recipe.get() + "\n" + product.text());
        byte[] way = among(ways, Optional.ofNullable(wanted.get(key)).flatMap(ProductChoices::bytes))
                .or(() -> among(ways, store.read(KIND, key)))
                .orElseGet(() -> {
                    byte[] fastest = fastest(product, ways, stream, at, workspace);
                    store.write(KIND, key, fastest);
                    return fastest;
                });
        chosen.put(key, HexFormat.of().formatHex(way));
        return way;
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

    /** The first of the ways with the least median time. */
    private byte[] fastest(Multiplication product, List<byte[]> ways, long stream, Addresses at, long workspace) {
        byte[] best = ways.getFirst();
        float least = Float.POSITIVE_INFINITY;
        for (byte[] way : ways) {
            float time = time(device.product(product, way), stream, at, workspace);
            if (time < least) {
                least = time;
                best = way;
            }
        }
        return best;
    }

    /** Milliseconds; the product is ended. */
    private float time(long product, long stream, Addresses at, long workspace) {
        long begin = device.event();
        long end = device.event();
        float[] times = new float[TIMES];
        for (int i = 0; i < WARM; i++) {
            device.multiply(stream, product, at, workspace);
        }
        for (int i = 0; i < TIMES; i++) {
            device.record(begin, stream);
            device.multiply(stream, product, at, workspace);
            device.record(end, stream);
            device.synchronize(stream);
            times[i] = device.millis(begin, end);
        }
        device.endEvent(begin);
        device.endEvent(end);
        device.endProduct(product);
        Arrays.sort(times);
        return times[TIMES / 2];
    }
}
