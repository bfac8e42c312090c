package dev.weft.backend.testkit;

import dev.weft.backend.spi.Backend;
import dev.weft.backend.spi.Buffer;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.GraphGenerator.Generated;
import dev.weft.graph.MachineException;
import dev.weft.graph.UserException;
import dev.weft.graph.tensor.TensorBytes;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** What must hold of programs that a backend keeps as bytes: see {@link Session#executable} and {@link Backend#load}. */
public final class KeptPrograms {

    private KeptPrograms() {}

    /**
     * Holds a program that was loaded to the one that was compiled: the same bytes, entries, kernels and peak, and it can be kept again.
     *
     * @throws AssertionError if anything differs
     */
    public static void requireSame(Backend backend, Generated generated) {
        try (Session compiled = backend.compile(generated.program(), CompileOptions.DEFAULT);
                Session loaded =
                        backend.load(compiled.executable().orElseThrow()).session()) {
            List<byte[]> wanted = run(compiled, generated);
            List<byte[]> got = run(loaded, generated);
            require(generated, "number of results", got.size() == wanted.size());
            for (int i = 0; i < got.size(); i++) {
                require(generated, "result " + i, Arrays.equals(got.get(i), wanted.get(i)));
            }
            require(
                    generated,
                    "entries",
                    loaded.statistics().entries().equals(compiled.statistics().entries()));
            require(
                    generated,
                    "kernels",
                    loaded.statistics().kernels() == compiled.statistics().kernels());
            require(
                    generated,
                    "peak",
                    loaded.statistics().peakBytes() == compiled.statistics().peakBytes());
            require(generated, "what is kept of it", loaded.executable().isPresent());
        }
    }

    private static void require(Generated generated, String what, boolean same) {
        if (!same) {
            throw new AssertionError("%s: %s of the loaded program differs".formatted(generated, what));
        }
    }

    private static List<byte[]> run(Session session, Generated generated) {
        Map<String, MemorySegment> inputs = new HashMap<>();
        List<String> names = generated.program().entry(OpSample.ENTRY).inputs();
        for (int i = 0; i < names.size(); i++) {
            inputs.put(names.get(i), TensorBytes.of(generated.inputs().get(i)));
        }
        List<byte[]> results = new ArrayList<>();
        for (Buffer output : session.run(OpSample.ENTRY, inputs).values()) {
            byte[] copy = new byte[Math.toIntExact(output.type().bytes())];
            session.read(output, MemorySegment.ofArray(copy));
            results.add(copy);
        }
        return results;
    }

    /**
     * Reads bytes 400 times, cut off or with one of them changed.
     *
     * @param read what reads them: it may take what it cannot tell, and refuses the rest with a sentence
     * @return how often it refused
     * @throws AssertionError if it fails in any other way; with the seed and the round
     */
    public static int refusals(byte[] whole, long seed, Consumer<byte[]> read) {
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int round = 0; round < 400; round++) {
            byte[] damaged = round % 4 == 0 ? Arrays.copyOf(whole, random.nextInt(whole.length)) : whole.clone();
            if (damaged.length > 0) {
                damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            }
            try {
                read.accept(damaged);
            } catch (UserException | MachineException sentence) {
                refused++;
            } catch (RuntimeException other) {
                throw new AssertionError("seed %d, round %d".formatted(seed, round), other);
            }
        }
        return refused;
    }
}
