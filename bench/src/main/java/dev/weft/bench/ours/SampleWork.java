package dev.weft.bench.ours;

import dev.weft.bench.protocol.BatchFile;
import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.models.BatchGenerator;
import dev.weft.models.BatchGenerator.Order;
import dev.weft.models.BatchGenerator.Text;
import dev.weft.models.Detail;
import dev.weft.models.Overflow;
import dev.weft.models.Program;
import dev.weft.models.Token;
import dev.weft.models.Weft;
import dev.weft.models.sample.Sampling;
import dev.weft.models.tensorfile.SafeTensors;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;

/**
 * Continues the first token of each row of a batch by drawn ones, with log-probabilities. A step ends with all texts; its loss is what the
 * drawn tokens cost on average, in nats: the same texts, however many rows there are.
 */
final class SampleWork implements SideServer.Work {

    private static final Sampling SAMPLING = new Sampling(0.8, 0, 1, 0);

    private final Weft weft;
    private final BatchGenerator generator;
    private final BatchFile batches;
    private final Opening opening;

    private SampleWork(Weft weft, BatchGenerator generator, BatchFile batches, Opening opening) {
        this.weft = weft;
        this.generator = generator;
        this.batches = batches;
        this.opening = opening;
    }

    /** @param rows that are written at once */
    static SampleWork open(Weft weft, Opening opening, int rows) {
        Program program = Program.load(opening.program()).with(InitialWeights.constants(opening));
        try (SafeTensors file = SafeTensors.open(Path.of(opening.weights()))) {
            BatchGenerator generator = BatchGenerator.open(weft, program, file.tensors(), rows);
            return new SampleWork(weft, generator, new BatchFile(opening.batches()), opening);
        }
    }

    @Override
    public DoubleSupplier step(int index) {
        int[] tokens = batches.tokens(index).data().toArray(ValueLayout.JAVA_INT_UNALIGNED);
        List<Text> texts = IntStream.range(0, opening.batch())
                .mapToObj(row -> new Text(new int[] {tokens[row * opening.length()]}, row))
                .toList();
        Order order = new Order(opening.length(), SAMPLING, index, Overflow.REFUSE, Detail.PROBABILITY);
        List<List<Token>> made = generator.generate(texts, order, (text, token) -> true);
        return () -> -made.stream()
                .flatMap(List::stream)
                .mapToDouble(token -> token.logProbability().orElseThrow())
                .average()
                .orElseThrow();
    }

    @Override
    public void close() {
        generator.close();
        batches.close();
        weft.close();
    }
}
