package dev.weft.cli.plot;

import dev.weft.graph.MachineException;
import java.awt.AWTError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;

/** A chart as the bytes of a PNG file. */
public final class Png {

    /** Pixels of the file for each pixel of the chart. */
    private static final int SCALE = 2;

    private Png() {}

    /** @throws MachineException if this Java cannot draw text, as small ones without fonts */
    public static byte[] of(Chart chart) {
        System.setProperty("java.awt.headless", "true");
        try {
            return draw(chart);
        } catch (IOException | LinkageError | AWTError | InternalError | NullPointerException e) {
            // Without font files AWT fails in ways that differ between JDKs.
            throw new MachineException(
                    "PNG: this Java cannot draw text (" + e + "); name a file that ends in .svg instead", e);
        }
    }

    private static byte[] draw(Chart chart) throws IOException {
        BufferedImage image =
                new BufferedImage(chart.width() * SCALE, chart.height() * SCALE, BufferedImage.TYPE_INT_RGB);
        Graphics2D to = image.createGraphics();
        try {
            to.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
            to.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
            to.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
            to.scale(SCALE, SCALE);
            to.setColor(Color.WHITE);
            to.fillRect(0, 0, chart.width(), chart.height());
            chart.marks().forEach(mark -> draw(mark, to));
        } finally {
            to.dispose();
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        return bytes.toByteArray();
    }

    private static void draw(Mark mark, Graphics2D to) {
        switch (mark) {
            case Mark.Stroke stroke -> {
                to.setColor(color(stroke.color(), stroke.opacity()));
                to.setStroke(new BasicStroke((float) stroke.width(), BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND));
                to.draw(path(stroke.points()));
            }
            case Mark.Dot dot -> {
                to.setColor(color(dot.color(), 1));
                double size = 2 * dot.radius();
                to.fill(new Ellipse2D.Double(dot.x() - dot.radius(), dot.y() - dot.radius(), size, size));
            }
            case Mark.Label label -> {
                to.setColor(color(label.color(), 1));
                to.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 1).deriveFont((float) label.size()));
                double width =
                        to.getFontMetrics().getStringBounds(label.text(), to).getWidth();
                double shift =
                        switch (label.anchor()) {
                            case START -> 0;
                            case MIDDLE -> width / 2;
                            case END -> width;
                        };
                to.drawString(label.text(), (float) (label.x() - shift), (float) label.y());
            }
        }
    }

    private static Path2D path(List<Curve.Point> points) {
        Path2D path = new Path2D.Double();
        path.moveTo(points.getFirst().x(), points.getFirst().y());
        points.forEach(point -> path.lineTo(point.x(), point.y()));
        return path;
    }

    private static Color color(int rgb, double opacity) {
        return new Color(rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255, (int) Math.round(opacity * 255));
    }
}
