package dev.weft.graph.nest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.nest.LiveColumns.Condition;
import dev.weft.graph.nest.LiveColumns.Datum;
import dev.weft.graph.nest.LiveColumns.Span;
import dev.weft.graph.op.Add;
import dev.weft.graph.op.And;
import dev.weft.graph.op.Broadcast;
import dev.weft.graph.op.Gt;
import dev.weft.graph.op.Iota;
import dev.weft.graph.op.Le;
import dev.weft.graph.op.Mul;
import dev.weft.graph.op.Or;
import dev.weft.graph.op.Select;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which columns matter, found in a graph and counted for the data of a run. */
class LiveColumnsTest {
    private static final long ROWS = 20;
    private static final long COLUMNS = 100;

    private final GraphBuilder b = new GraphBuilder("mask");
    private final Shape square = Shape.of(ROWS, COLUMNS);
    private final Value at = b.parameter("at", TensorType.scalar(ElementType.I32));
    private final Value row = b.add(new Iota(square, 0, ElementType.I32));
    private final Value column = b.add(new Iota(square, 1, ElementType.I32));
    private final Value last = b.add(new Add(row, b.add(new Broadcast(at, square, List.of()))));

    /** The columns outside of which {@code mask} hides everything from these rows. */
    private Span span(Value mask, long firstRow, long rows, long data) {
        Value x = b.parameter("x", TensorType.of(ElementType.F32, ROWS, COLUMNS));
        Value stored = b.add(new Select(mask, x, b.full(x.type(), 0)));
        List<Value> values = new ArrayList<>(b.build(List.of(stored)).values());
        values.removeAll(List.of(x, at));
        Nest nest = Nest.panels(
                        new Panels(List.of(ROWS), COLUMNS, ROWS, List.of(x), List.of(stored)), values, List.of(stored))
                .orElseThrow();
        LiveColumns live = new ColumnConditions(
                        nest.space(), assumed -> nest.roots().stream().allMatch(root -> new Intervals(Map.of(), assumed)
                                .of(root.source())
                                .is(0)))
                .of(nest.roots());
        return live.span(new long[] {firstRow}, rows, COLUMNS, (_, _) -> data);
    }

    @Test
    void columnsBehindTheLastThatIsSeenDoNotMatter() {
        assertThat(span(b.add(new Le(column, last)), 4, 3, 30)).isEqualTo(new Span(0, 37));
    }

    @Test
    void eachPartOfAConjunctionLeavesFewer() {
        Value window = b.add(new And(b.add(new Le(column, last)), b.add(new Gt(column, row))));

        assertThat(span(window, 4, 3, 30)).isEqualTo(new Span(5, 37));
    }

    @Test
    void aRowOfWhichNothingIsSeenKeepsAllColumns() {
        assertThat(span(b.add(new Le(column, last)), 4, 3, -5)).isEqualTo(new Span(0, COLUMNS));
    }

    @Test
    void sumsThatMayRunOverSayNothing() {
        assertThat(span(b.add(new Le(column, last)), 4, 3, Integer.MAX_VALUE)).isEqualTo(new Span(0, COLUMNS));
    }

    @Test
    void aPartOfADisjunctionSaysNothing() {
        Value either = b.add(new Or(b.add(new Le(column, last)), b.add(new Gt(column, row))));

        assertThat(span(either, 4, 3, 30)).isEqualTo(new Span(0, COLUMNS));
    }

    @Test
    void productsOfPositionsSayNothing() {
        assertThat(span(b.add(new Le(column, b.add(new Mul(last, row)))), 4, 3, 30))
                .isEqualTo(new Span(0, COLUMNS));
    }

    /** Each row has its own, and loops around them their own integer. */
    @Test
    void loopsStepThroughIntegers() {
        Datum datum = new Datum(at, false, 1, List.of(2L, 0L));
        LiveColumns live = new LiveColumns(List.of(new Condition(-1, List.of(0L, 3L), List.of(datum), 0, 1000)));
        long[] data = {0, 10, 0, 20};

        assertThat(live.span(new long[] {1, 2}, 2, COLUMNS, (_, position) -> data[(int) position]))
                .isEqualTo(new Span(0, 20 + 3 * 3 + 1));
    }
}
