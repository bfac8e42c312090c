package dev.weft.models.training;

import dev.weft.graph.Stored;
import dev.weft.graph.UserException;
import dev.weft.models.Model;
import dev.weft.models.NonFinite;
import dev.weft.models.Trainer;
import dev.weft.models.Weft;
import dev.weft.models.run.Checkpoint;
import dev.weft.models.run.RunEvent;
import dev.weft.models.run.RunFolder;
import dev.weft.models.tensorfile.Tensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;

/** The steps of a run, from where it stands to the last one: what is logged, measured and kept between them. One thread trains. */
final class TrainingLoop {

    private final Weft weft;
    private final Prepared prepared;
    private final RunFolder folder;
    private volatile boolean stopping;
    private double validationLoss = Double.NaN;
    private double trainLoss = Double.NaN;

    TrainingLoop(Weft weft, Prepared prepared, RunFolder folder) {
        this.weft = weft;
        this.prepared = prepared;
        this.folder = folder;
    }

    private Trainer trainer() {
        return prepared.trainer();
    }

    private long done() {
        return trainer().done();
    }

    /** Goes back to a checkpoint. */
    void restore(long step) {
        try (Checkpoint checkpoint = folder.checkpoints().open(step)) {
            trainer().restore(checkpoint.tensors(Trainer.saved(prepared.model())), step);
            validationLoss = checkpoint.state().get("validation_loss") instanceof Number loss
                    ? loss.doubleValue()
                    : checkpoint.validationLoss().orElse(Double.NaN);
        }
    }

    /** For any thread. */
    void requestStop() {
        stopping = true;
    }

    /** As {@link TrainingRun#train}. */
    TrainingResult train(TrainingListener listener) {
        listener.compiled(prepared.parameters(), prepared.model().statistics());
        long begin = System.nanoTime();
        long first = done();
        if (folder.checkpoints().last().isEmpty()) {
            evaluateAndSave(listener);
        }
        while (!trainer().isFinished() && !stopping) {
            step(listener);
            long step = done();
            if (step % prepared.request().evalEvery() == 0 || trainer().isFinished()) {
                evaluateAndSave(listener);
            }
        }
        boolean interrupted = !trainer().isFinished();
        if (interrupted && folder.checkpoints().last().orElse(-1) != done()) {
            if (!trainer().hasFiniteParameters()) {
                throw notFinite("step %d must leave finite parameters".formatted(done()));
            }
            save(OptionalDouble.empty(), listener);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        List<String> samples = interrupted ? List.of() : finish();
        double trained = (double) (done() - first)
                * prepared.data().perBatch()
                * prepared.request().options().accumulate();
        return new TrainingResult(
                folder.path(), done(), trainLoss, validationLoss, seconds, trained / seconds, interrupted, samples);
    }

    private void step(TrainingListener listener) {
        long begin = System.nanoTime();
        Trainer.Step step = trainer().step();
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (!step.isFinite()) {
            throw notFinite("step %d must have a finite loss and gradient, got loss %s and gradient norm %s"
                    .formatted(step.number(), step.loss(), step.norm()));
        }
        trainLoss = step.loss();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("step", step.number());
        fields.put("loss", step.loss());
        fields.put("norm", step.norm());
        fields.put("lr", step.rate());
        fields.put("milliseconds", Math.round(seconds * 1e6) / 1e3);
        folder.log().write(RunEvent.STEP, fields);
        listener.step(step, prepared.request().options().steps(), seconds);
    }

    private UserException notFinite(String what) {
        String where = trainer()
                .whyNotFinite(weft)
                .map(NonFinite::toString)
                .orElse("no single value of the step, but the sum of its gradients");
        Path good = folder.path()
                .resolve("checkpoints")
                .resolve("step-" + folder.checkpoints().last().orElseThrow());
        return new UserException(
                "training: %s; the first value that is not finite: %s. The last good checkpoint is kept, %s. A lower --lr, a longer --warmup or a lower --clip may help"
                        .formatted(what, where, good));
    }

    private void evaluateAndSave(TrainingListener listener) {
        double loss = trainer().evaluate();
        requireStillFinite(loss);
        if (Double.isNaN(loss)) {
            save(OptionalDouble.empty(), listener);
            return;
        }
        validationLoss = loss;
        folder.log().write(RunEvent.EVAL, Map.of("step", done(), "loss", loss));
        listener.evaluated(done(), loss);
        save(OptionalDouble.of(loss), listener);
    }

    /** A step may compute finite numbers and leave others: no checkpoint and no finished run is made of those. */
    private void requireStillFinite(double loss) {
        if (Double.isFinite(loss) || folder.checkpoints().last().isEmpty()) {
            return;
        }
        // A validation loss that never was a number is that of the data, or there is nothing to measure it on.
        if (Double.isFinite(validationLoss)) {
            throw notFinite("step %d must leave a finite validation loss, got %s".formatted(done(), loss));
        }
        if (!trainer().hasFiniteParameters()) {
            throw notFinite("step %d must leave finite parameters".formatted(done()));
        }
    }

    private void save(OptionalDouble measured, TrainingListener listener) {
        Map<String, Object> state = new LinkedHashMap<>();
        if (!Double.isNaN(validationLoss)) {
            state.put("validation_loss", validationLoss);
        }
        Path saved = folder.checkpoints().save(done(), trainer().snapshot(), state, measured);
        folder.log()
                .write(
                        RunEvent.CHECKPOINT,
                        Map.of(
                                "step",
                                done(),
                                "path",
                                folder.path().relativize(saved).toString()));
        listener.saved(done(), saved);
    }

    private List<String> finish() {
        SequencedMap<String, Tensor> parameters = new LinkedHashMap<>();
        Model model = prepared.model();
        for (Stored stored : model.stored()) {
            if (stored.role() == Stored.Role.PARAM || stored.role() == Stored.Role.BUFFER) {
                parameters.put(stored.name(), model.read(stored.name()));
            }
        }
        parameters.keySet().removeIf(name -> name.startsWith("optimizer.") || name.startsWith("program."));
        folder.writeModel(parameters, Map.of("program", prepared.program().name()));
        List<String> samples = Samples.write(weft, prepared, parameters);
        if (!samples.isEmpty()) {
            folder.writeSamples(String.join("\n---\n", samples) + "\n");
        }
        return samples;
    }
}
