package dev.weft.backend.cpu.kernel;

import dev.weft.backend.cpu.codegen.FewRows;
import dev.weft.backend.cpu.codegen.FewRowsKernels;
import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.codegen.MapKernels;
import dev.weft.backend.cpu.codegen.PanelKernel;
import dev.weft.backend.cpu.codegen.SmallProduct;
import dev.weft.backend.cpu.nativelib.MatmulProblem;
import dev.weft.backend.cpu.nativelib.Processor;
import dev.weft.graph.Value;
import dev.weft.graph.nest.LiveColumns;
import dev.weft.graph.nest.Panels;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.StreamLayout;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * A stream region as panels of rows: for each panel the products that fill it, a kernel, and the products that contract it.
 *
 * @param ranges for each panel, the columns that may matter
 * @param live which of all columns matter, where only a run knows it
 * @param few for each product, fronts first, the kernel that makes it where a panel has few rows; nothing where oneDNN does
 * @param small for each product, fronts first, the kernel that makes it where all are small; else nothing
 * @param descending whether panels run from the last to the first, where they accumulate
 */
public record PanelWork(
        StreamLayout layout,
        PanelKernel kernel,
        List<PanelKernel.Range> ranges,
        LiveColumns live,
        List<PanelProduct> fronts,
        List<PanelProduct> backs,
        List<Few> few,
        List<Kernel> small,
        boolean descending) {

    private static final long ROWS = 64;
    private static final long LEAST_ROWS = 16;

    /** In how many steps columns are counted that matter: a product is made for each number of them. */
    private static final long COLUMN_STEPS = 8;

    private static final long LEAST_COLUMNS = 64;

    /** The same where kernels take any number, which are whole vectors: what lies behind the columns that matter is not read. */
    private static final long FEW_COLUMNS = 16;

    /** Elements of a panel that may lie in a cache of the second level beside others. */
    private static final long PANEL_ELEMENTS = 1 << 18;

    /**
     * A kernel that multiplies a panel of few rows.
     *
     * @param a its left operand
     * @param b its right operand
     * @param c the product
     */
    public record Few(Kernel kernel, Value a, Value b, Value c) {

        static Few of(FewRows product) {
            return new Few(FewRowsKernels.of(product), product.a(), product.b(), product.c());
        }
    }

    public PanelWork {
        few = List.copyOf(few);
        small = List.copyOf(small);
        ranges = List.copyOf(ranges);
        fronts = List.copyOf(fronts);
        backs = List.copyOf(backs);
    }

    /**
     * The panels of a region; empty where they need an order or a product that there is not.
     *
     * @param isFast whether oneDNN has fast code for a product
     */
    static Optional<PanelWork> of(Region region, Map<Value, Value> sharing, Predicate<MatmulProblem> isFast) {
        StreamLayout layout = StreamLayout.of(region);
        List<Value> given =
                layout.fronts().stream().map(StreamLayout.Front::value).toList();
        Set<Value> wanted = new LinkedHashSet<>();
        layout.backs().forEach(back -> wanted.add(back.panel()));
        Panels panels = new Panels(layout.outer(), layout.columns(), rows(layout), given, List.copyOf(wanted));
        List<Value> values = UnfusedStream.between(region).stream()
                .filter(value -> !given.contains(value))
                .toList();
        List<Value> outputs = values.stream()
                .filter(value -> wanted.contains(value) || region.outputs().contains(value))
                .toList();
        List<PanelProduct> fronts = layout.fronts().stream()
                .map(front -> PanelProduct.of(front, panels.stride()))
                .toList();
        List<PanelProduct> backs = layout.backs().stream()
                .flatMap(back -> PanelProduct.of(back, panels.stride()).stream())
                .toList();
        boolean readable = backs.size() == layout.backs().size()
                && Stream.concat(fronts.stream(), backs.stream()).allMatch(PanelProduct::isReadable);
        return readable
                ? MapKernels.panels(panels, values, outputs, sharing)
                        .map(kernel -> ordered(layout, kernel, fronts, backs))
                        .filter(work -> work.problems().allMatch(isFast))
                : Optional.empty();
    }

    /** Rows of a panel, by sizes alone. */
    private static long rows(StreamLayout layout) {
        long fit = Math.max(LEAST_ROWS, PANEL_ELEMENTS / layout.columns() / LEAST_ROWS * LEAST_ROWS);
        return Math.min(layout.rows(), Math.min(ROWS, fit));
    }

    /** Where panels accumulate, the first of them writes all columns. */
    private static PanelWork ordered(
            StreamLayout layout, PanelKernel kernel, List<PanelProduct> fronts, List<PanelProduct> backs) {
        List<PanelKernel.Range> ranges = new ArrayList<>(kernel.ranges());
        boolean accumulates = backs.stream().anyMatch(PanelProduct::accumulates);
        boolean descending =
                accumulates && ranges.getLast().size() > ranges.getFirst().size();
        if (accumulates) {
            ranges.set(descending ? ranges.size() - 1 : 0, new PanelKernel.Range(0, layout.columns()));
        }
        LiveColumns live = accumulates ? LiveColumns.ALL : kernel.live();
        List<Few> few = few(layout, fronts, backs);
        PanelWork work = new PanelWork(layout, kernel, ranges, live, fronts, backs, few, List.of(), descending);
        return few.isEmpty() && !live.isBounded() && work.isSmall()
                ? new PanelWork(layout, kernel, ranges, live, fronts, backs, few, work.smallKernels(), descending)
                : work;
    }

    private List<Kernel> smallKernels() {
        Kernel plain = SmallProduct.kernel(false);
        Kernel turned = SmallProduct.kernel(true);
        return products().stream()
                .map(product -> product.isTurned() ? turned : plain)
                .toList();
    }

    private boolean isSmall() {
        return Processor.here().hasAvx512()
                && LongStream.range(0, ranges.size()).mapToInt(Math::toIntExact).allMatch(panel -> products().stream()
                        .allMatch(product ->
                                product.isSmall(rows(panel), ranges.get(panel).size())));
    }

    private static List<Few> few(StreamLayout layout, List<PanelProduct> fronts, List<PanelProduct> backs) {
        List<Few> few = Stream.concat(fronts.stream(), backs.stream())
                .flatMap(product -> product.fewRows(layout.rows(), layout.columns()).stream())
                .map(Few::of)
                .toList();
        boolean all = few.size() == fronts.size() + backs.size();
        return all && backs.stream().noneMatch(back -> mayAdd(back, layout)) ? few : List.of();
    }

    /** Fronts, then backs. */
    public List<PanelProduct> products() {
        return Stream.concat(fronts.stream(), backs.stream()).toList();
    }

    /** All kernels. */
    public List<Kernel> kernels() {
        Stream<Kernel> own = Stream.concat(few.stream().map(Few::kernel), small.stream());
        return Stream.concat(Stream.of(kernel.kernel()), own).distinct().toList();
    }

    /** Rows of a panel. */
    public long rows(int panel) {
        long first = panel * kernel.panels().rows();
        return Math.min(kernel.panels().rows(), layout.rows() - first);
    }

    /** How many columns a panel may have for oneDNN, each number one more step; all but the last are whole steps. */
    public List<Long> widths(int panel) {
        long most = ranges.get(panel).size();
        return live.isBounded() && few.isEmpty()
                ? LongStream.rangeClosed(1, Math.ceilDiv(most, columnStep()))
                        .mapToObj(steps -> Math.min(most, steps * columnStep()))
                        .toList()
                : List.of(most);
    }

    private long columnStep() {
        long step = Math.ceilDiv(layout.columns(), COLUMN_STEPS);
        return few.isEmpty() ? Math.ceilDiv(step, LEAST_COLUMNS) * LEAST_COLUMNS : FEW_COLUMNS;
    }

    /** Which of {@link #widths} a number of columns is. */
    public int width(long columns) {
        return live.isBounded() && few.isEmpty() ? Math.toIntExact(Math.ceilDiv(columns, columnStep()) - 1) : 0;
    }

    /**
     * The columns of a panel in a run.
     *
     * @param index counters of the loops, and the first row
     */
    public PanelKernel.Range range(int panel, long[] index, LiveColumns.Reader reader) {
        if (!live.isBounded()) {
            return ranges.get(panel);
        }
        long columns = layout.columns();
        long step = columnStep();
        LiveColumns.Span span = live.span(index, rows(panel), columns, reader);
        long from = columns % step == 0 ? span.from() / step * step : 0;
        return new PanelKernel.Range(from, Math.min(columns, Math.ceilDiv(span.to(), step) * step));
    }

    /** The problem of a product for a panel of so many columns. */
    public MatmulProblem problem(PanelProduct product, int panel, long columns, boolean accumulate) {
        return product.problem(rows(panel), columns, accumulate);
    }

    /** Everything that oneDNN is asked. */
    public Stream<MatmulProblem> problems() {
        return few.isEmpty() && small.isEmpty() ? allProblems() : Stream.of();
    }

    private Stream<MatmulProblem> allProblems() {
        return LongStream.range(0, ranges.size())
                .boxed()
                .flatMap(panel ->
                        widths(panel.intValue()).stream().flatMap(columns -> problems(panel.intValue(), columns)))
                .distinct();
    }

    private Stream<MatmulProblem> problems(int panel, long columns) {
        return Stream.concat(
                fronts.stream().map(front -> problem(front, panel, columns, false)),
                backs.stream().flatMap(back -> Stream.of(false, mayAdd(back))
                        .map(accumulate -> problem(back, panel, columns, accumulate))));
    }

    /** Whether several panels write to one place of the result of a product. */
    public boolean mayAdd(PanelProduct product) {
        return mayAdd(product, layout);
    }

    private static boolean mayAdd(PanelProduct product, StreamLayout layout) {
        if (product.c().inPanel()) {
            return false;
        }
        for (int axis = 0; axis < layout.outer().size(); axis++) {
            if (product.c().outer().get(axis) == 0 && layout.outer().get(axis) > 1) {
                return true;
            }
        }
        return false;
    }
}
