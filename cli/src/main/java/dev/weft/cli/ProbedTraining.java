package dev.weft.cli;

import dev.weft.backend.spi.Statistics;
import dev.weft.models.Trainer;
import dev.weft.models.probe.Measurement;
import dev.weft.models.probe.Probe;
import dev.weft.models.training.TrainingListener;
import dev.weft.models.training.TrainingRun;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Training with a look at values wherever a checkpoint is kept: what the next step makes of the parameters as they are then. */
final class ProbedTraining implements TrainingListener, AutoCloseable {

    private final TrainingListener progress;
    private final TrainingRun run;
    private final Probe probe;
    private final Terminal terminal;
    private final List<Map<String, Object>> measured = new ArrayList<>();

    /** @throws dev.weft.graph.UserException if a pattern names nothing */
    ProbedTraining(TrainingListener progress, TrainingRun run, List<String> patterns, Terminal terminal) {
        this.progress = progress;
        this.run = run;
        this.probe = run.probe(patterns);
        this.terminal = terminal;
    }

    /** What was seen: for each checkpoint its step and a row for each value. */
    List<Map<String, Object>> measured() {
        return List.copyOf(measured);
    }

    @Override
    public void compiled(long parameters, Statistics statistics) {
        progress.compiled(parameters, statistics);
    }

    @Override
    public void step(Trainer.Step step, long steps, double seconds) {
        progress.step(step, steps, seconds);
    }

    @Override
    public void evaluated(long step, double loss) {
        progress.evaluated(step, loss);
    }

    @Override
    public void saved(long step, Path checkpoint) {
        progress.saved(step, checkpoint);
        List<Measurement> measurements = run.measure(probe);
        measured.add(Map.of("step", step, "values", ProbeOptions.json(measurements)));
        terminal.endProgress();
        ProbeOptions.print(measurements, terminal.err());
    }

    @Override
    public void close() {
        probe.close();
    }
}
