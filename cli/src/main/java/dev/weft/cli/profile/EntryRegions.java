package dev.weft.cli.profile;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The regions of an entry, for a report. */
public record EntryRegions(String entry, List<RegionFacts> regions) {

    /** Of the columns of {@link Row#cells}. */
    public static final List<String> TITLES =
            List.of("count", "kind", "GFLOP", "MB", "FLOP/byte", "limited by", "ms at best", "path", "source", "work");

    private static final List<String> NUMBERS = List.of("count", "GFLOP", "MB", "FLOP/byte", "ms at best");

    /**
     * Regions that are one kernel and come from one line, together.
     *
     * @param region one of them
     * @param seconds that all of them take at best; 0 where the machine's limits are not known
     * @param side what limits them; empty where that is not known
     */
    public record Row(RegionFacts region, int count, double seconds, Optional<Roofline.Side> side) {

        /** Floating-point operations for each byte that is moved. */
        public double intensity() {
            return region.bytes() == 0 ? 0 : (double) region.cost().flops() / region.bytes();
        }

        /** A word for each of {@link #TITLES}. */
        public List<String> cells() {
            return List.of(
                    Integer.toString(count),
                    region.kind(),
                    number("%.4f", (double) count * region.cost().flops() / 1e9),
                    number("%.3f", (double) count * region.bytes() / 1e6),
                    number("%.2f", intensity()),
                    side.map(Roofline.Side::toString).orElse(""),
                    side.isPresent() ? number("%.4f", seconds * 1e3) : "",
                    region.layer(),
                    region.source(),
                    region.work());
        }
    }

    public EntryRegions {
        regions = List.copyOf(regions);
    }

    public static boolean isNumber(String title) {
        return NUMBERS.contains(title);
    }

    /** By falling time; in the order of the schedule where that is not known. */
    public List<Row> rows(Optional<Roofline> roofline) {
        return RegionFacts.grouped(regions).stream()
                .map(group -> row(group, roofline))
                .sorted(Comparator.comparingDouble(Row::seconds).reversed())
                .toList();
    }

    private static Row row(List<RegionFacts> group, Optional<Roofline> roofline) {
        RegionFacts first = group.getFirst();
        return new Row(
                first,
                group.size(),
                roofline.map(line -> group.size() * line.seconds(first)).orElse(0.0),
                roofline.map(line -> line.side(first)));
    }

    /** Seconds of all regions at best. */
    public double seconds(Optional<Roofline> roofline) {
        return roofline.map(line -> regions.stream().mapToDouble(line::seconds).sum())
                .orElse(0.0);
    }

    /** All regions together, in words. */
    public String summary(Optional<Roofline> roofline) {
        double flops =
                regions.stream().mapToDouble(region -> region.cost().flops()).sum();
        double bytes = regions.stream().mapToDouble(RegionFacts::bytes).sum();
        long kernels = regions.stream().map(RegionFacts::kernel).distinct().count();
        String counted = "%d regions, %d of them different, %s GFLOP, %s MB moved"
                .formatted(regions.size(), kernels, number("%.3f", flops / 1e9), number("%.1f", bytes / 1e6));
        return roofline.isEmpty()
                ? counted
                : counted
                        + ", %s ms if each region were at the roofline with every byte from memory"
                                .formatted(number("%.3f", seconds(roofline) * 1e3));
    }

    private static String number(String format, double number) {
        return String.format(Locale.ROOT, format, number);
    }
}
