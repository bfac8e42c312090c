package dev.weft.cli.plot;

import java.util.List;

/**
 * What one run measured.
 *
 * @param name for the legend
 * @param training loss of each step's batch, ascending in x
 * @param validation loss of the validation part, ascending in x; may be empty
 */
public record Curve(String name, List<Point> training, List<Point> validation) {

    /**
     * @param x steps, tokens or seconds
     * @param y nats; what is not finite is not drawn
     */
    public record Point(double x, double y) {}

    public Curve {
        training = List.copyOf(training);
        validation = List.copyOf(validation);
    }
}
