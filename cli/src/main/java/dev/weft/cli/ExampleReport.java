package dev.weft.cli;

import dev.weft.cli.plot.Chart;
import dev.weft.cli.plot.Curve;
import dev.weft.models.score.Estimate;
import dev.weft.models.score.ExampleLoss;
import dev.weft.models.score.ExampleLoss.Shots;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How well questions are answered by how many examples stand before them. */
final class ExampleReport implements EvalReport {

    private final ExampleLoss loss;
    private final int questions;
    private final boolean isChoice;

    /** @param isChoice whether the length of answers can be allowed for */
    ExampleReport(ExampleLoss loss, int questions, boolean isChoice) {
        this.loss = loss;
        this.questions = questions;
        this.isChoice = isChoice;
    }

    @Override
    public String key() {
        return "by_examples";
    }

    @Override
    public List<Map<String, Object>> rows() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Shots shots : loss.shots()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("examples", shots.examples());
            row.put("items", questions);
            row.put("nats_per_answer", shots.nats().mean());
            row.put("nats_per_answer_95", shots.nats().confidence());
            row.put("nats_saved", shots.saved().mean());
            row.put("nats_saved_95", shots.saved().confidence());
            row.put("accuracy", shots.accuracy().mean());
            row.put("accuracy_95", shots.accuracy().confidence());
            if (isChoice) {
                row.put("accuracy_normalized", shots.normalizedAccuracy().mean());
                row.put("accuracy_normalized_95", shots.normalizedAccuracy().confidence());
            }
            row.put("cut", shots.cut());
            rows.add(row);
        }
        return rows;
    }

    @Override
    public void print(PrintStream to) {
        to.println("examples       nats an answer   saved by examples          accuracy"
                + (isChoice ? "     for each byte" : "") + "  cut");
        for (Shots shots : loss.shots()) {
            to.println("%8d  %19s  %18s  %16s%s  %3d"
                    .formatted(
                            shots.examples(),
                            words(shots.nats()),
                            words(shots.saved()),
                            words(shots.accuracy()),
                            isChoice ? "  %16s".formatted(words(shots.normalizedAccuracy())) : "",
                            shots.cut()));
        }
        if (loss.shots().stream().anyMatch(shots -> shots.cut() > 0)) {
            to.println("cut: of the %,d questions, how many had examples that the context of the model does not hold"
                    .formatted(questions));
        }
    }

    private static String words(Estimate estimate) {
        return EvalReport.interval(estimate.mean(), estimate.confidence());
    }

    @Override
    public Chart chart() {
        List<Curve.Point> nats = new ArrayList<>();
        List<Curve.Interval> intervals = new ArrayList<>();
        for (Shots shots : loss.shots()) {
            nats.add(new Curve.Point(shots.examples(), shots.nats().mean()));
            intervals.add(Curve.Interval.around(
                    shots.examples(), shots.nats().mean(), shots.nats().confidence()));
        }
        return Chart.of(
                "Loss by examples shown, nats an answer",
                List.of(Curve.ofMeans("mean of %,d questions".formatted(questions), nats, intervals)),
                "examples before the question");
    }
}
