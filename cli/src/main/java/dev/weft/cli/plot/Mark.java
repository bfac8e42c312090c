package dev.weft.cli.plot;

import java.util.List;

/** Something drawn. Coordinates are pixels from the top left corner; colors are {@code 0xRRGGBB}, opacity is from 0 to 1. */
public sealed interface Mark {

    /** The same, so many pixels lower. */
    Mark lowered(double pixels);

    /** A line through points. */
    record Stroke(List<Curve.Point> points, int color, double opacity, double width) implements Mark {
        public Stroke {
            points = List.copyOf(points);
        }

        @Override
        public Stroke lowered(double pixels) {
            return new Stroke(
                    points.stream()
                            .map(point -> new Curve.Point(point.x(), point.y() + pixels))
                            .toList(),
                    color,
                    opacity,
                    width);
        }
    }

    /** A disc. */
    record Dot(double x, double y, double radius, int color) implements Mark {
        @Override
        public Dot lowered(double pixels) {
            return new Dot(x, y + pixels, radius, color);
        }
    }

    /** Words on a line; {@code y} is their base line. */
    record Label(double x, double y, String text, Anchor anchor, double size, int color) implements Mark {
        @Override
        public Label lowered(double pixels) {
            return new Label(x, y + pixels, text, anchor, size, color);
        }
    }

    /** Which part of a text stands at its place. */
    enum Anchor {
        START,
        MIDDLE,
        END
    }
}
