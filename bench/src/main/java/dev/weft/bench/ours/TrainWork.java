package dev.weft.bench.ours;

import dev.weft.bench.protocol.BatchFile;
import dev.weft.bench.protocol.Opening;
import dev.weft.bench.protocol.SideServer;
import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Stored;
import dev.weft.models.Model;
import dev.weft.models.Weft;
import dev.weft.models.tensorfile.SafeTensors;
import dev.weft.models.tensorfile.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SequencedMap;
import java.util.function.DoubleSupplier;

/** Training steps: the entry {@code step} of the shipped training program, with the shipped AdamW. */
final class TrainWork implements SideServer.Work {

    private final Weft weft;
    private final Model model;
    private final Wording wording;
    private final BatchFile batches;
    private final Tensor weight;
    private final Opening.Optimizer optimizer;
    private final Tensor clip;

    TrainWork(Weft weft, Opening opening, Wording wording) {
        this.weft = weft;
        optimizer = opening.optimizer();
        this.wording = wording;
        model = weft.compile(wording.program()
                .with(wording.of(InitialWeights.constants(opening)))
                .optimizer(
                        "adamw",
                        Map.of(
                                "beta1", Double.toString(optimizer.beta1()),
                                "beta2", Double.toString(optimizer.beta2()),
                                "eps", Double.toString(optimizer.eps()),
                                "decay", Double.toString(optimizer.decay())))
                .lower(List.of(EntryRequest.of(
                        "step", wording.of(Map.of("B", (long) opening.batch(), "T", (long) opening.length()))))));
        model.initialize(0);
        try (SafeTensors file = SafeTensors.open(Path.of(opening.weights()))) {
            model.load(inOrder(file.tensors(), names(model)));
        }
        batches = new BatchFile(opening.batches());
        float[] ones = new float[opening.batch() * opening.length()];
        Arrays.fill(ones, 1);
        weight = Tensor.of(ones, opening.batch(), opening.length());
        clip = Tensor.of(new float[] {(float) optimizer.clip()});
    }

    private static List<String> names(Model model) {
        return model.stored().stream()
                .filter(stored -> stored.role() == Stored.Role.PARAM)
                .map(Stored::name)
                .toList();
    }

    /** Tensors of a program by the names that another has for them, one after the other. */
    private static Map<String, Tensor> inOrder(SequencedMap<String, Tensor> tensors, List<String> names) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        Iterator<Tensor> next = tensors.values().iterator();
        names.forEach(name -> renamed.put(name, next.next()));
        return renamed;
    }

    @Override
    public DoubleSupplier step(int index) {
        Map<String, Tensor> inputs = Map.of(
                wording.of("tokens"),
                batches.tokens(index),
                wording.of("targets"),
                batches.targets(index),
                wording.of("weight"),
                weight,
                "lr",
                Tensor.of(new float[] {(float) optimizer.rate(index)}),
                "clip",
                clip);
        double loss = Model.scalar(model.run("step", inputs).firstEntry().getValue());
        return () -> loss;
    }

    @Override
    public OptionalLong waitedNanos() {
        return model.waitedNanos();
    }

    @Override
    public void close() {
        batches.close();
        model.close();
        weft.close();
    }
}
