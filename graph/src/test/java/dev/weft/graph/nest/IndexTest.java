package dev.weft.graph.nest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weft.graph.type.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class IndexTest {
    private final Term.Loop rows = new Term.Loop(6);
    private final Term.Loop columns = new Term.Loop(8);

    @Test
    void divisionSeparatesMultiplesFromWhatStaysBelowTheDivisor() {
        Index position = Index.of(rows).times(8).plus(Index.of(columns)).plus(16);

        Index.Division division = position.divide(8);

        assertThat(division.quotient()).isEqualTo(Index.of(rows).plus(2));
        assertThat(division.remainder()).isEqualTo(Index.of(columns));
    }

    @Test
    void aLoopOverSeveralMultiplesIsToBeSplit() {
        Index.SplitRequest request = catchThrowableOfType(
                Index.SplitRequest.class, () -> Index.of(columns).divide(4));

        assertThat(request.loop()).isSameAs(columns);
        assertThat(request.inner()).isEqualTo(4);
    }

    @Test
    void whatDoesNotDivideStaysAQuotientWithBounds() {
        Index.Division division = Index.of(columns).divide(3);

        assertThat(division.quotient().min()).isZero();
        assertThat(division.quotient().max()).isEqualTo(2);
        assertThat(division.remainder().max()).isEqualTo(2);
    }

    @Test
    void positionAndIndexAreInverse() {
        Shape shape = Shape.of(6, 1, 8);
        List<Index> index = List.of(Index.of(rows), Index.ZERO, Index.of(columns));

        assertThat(IndexMaps.index(IndexMaps.position(index, shape), shape)).isEqualTo(index);
    }

    @Test
    void clampingIsLeftOutWhereNothingIsOutside() {
        assertThat(IndexMaps.clamp(Index.of(columns), 8)).isEqualTo(Index.of(columns));
        assertThat(IndexMaps.clamp(Index.of(columns).plus(-1), 8))
                .isNotEqualTo(Index.of(columns).plus(-1));
        assertThat(IndexMaps.clamp(Index.of(columns).plus(-1), 8).min()).isZero();
    }
}
