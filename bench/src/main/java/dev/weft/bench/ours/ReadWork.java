package dev.weft.bench.ours;

import dev.weft.bench.protocol.BatchFile;
import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.models.Generator;
import dev.weft.models.Program;
import dev.weft.models.Weft;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * Reading tokens as generation does: one behind all before it ({@code decode}), or as many as a chunk has from an empty cache ({@code
 * prefill}). A step ends with the logits of the next token in Java.
 */
final class ReadWork implements SideServer.Work {

    private final Weft weft;
    private final Generator generator;
    private final BatchFile batches;
    private final boolean fromStart;

    private ReadWork(Weft weft, Generator generator, BatchFile batches, boolean fromStart) {
        this.weft = weft;
        this.generator = generator;
        this.batches = batches;
        this.fromStart = fromStart;
    }

    static ReadWork open(Weft weft, Opening opening) {
        boolean prefill = opening.work().equals("prefill");
        List<Integer> chunks =
                IntStream.of(opening.length(), 1).distinct().boxed().toList();
        Program program = Program.load(opening.program()).with(InitialWeights.constants(opening));
        try (SafeTensors file = SafeTensors.open(Path.of(opening.weights()))) {
            Generator generator = Generator.open(weft, program, file.tensors(), chunks);
            return new ReadWork(weft, generator, new BatchFile(opening.batches()), prefill);
        }
    }

    @Override
    public DoubleSupplier step(int index) {
        if (fromStart) {
            generator.reset();
        }
        float[] logits = generator.feed(ids(batches.tokens(index)));
        return () -> {
            int[] targets = ids(batches.targets(index));
            return nats(logits, targets[targets.length - 1]);
        };
    }

    private static int[] ids(Tensor tokens) {
        return tokens.data().toArray(ValueLayout.JAVA_INT_UNALIGNED);
    }

    /** The negative logarithm of the probability of {@code target}. */
    static double nats(float[] logits, int target) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        return most + Math.log(sum) - logits[target];
    }

    @Override
    public void close() {
        generator.close();
        batches.close();
        weft.close();
    }
}
