package dev.weft.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of the suite. */
class RowsTest {

    private static final List<Row> ROWS = Rows.cpu();

    @Test
    void everyRowHasANameOfItsOwn() {
        assertThat(CudaRows.all())
                .extracting(Row::name)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9-]+"));
        assertThat(ROWS).extracting(Row::name).doesNotHaveDuplicates().allMatch(name -> name.matches("[a-z0-9-]+"));
    }

    @Test
    void oursIsTheFirstSideAndAPeerTheSecond() {
        assertThat(ROWS).filteredOn(TurnRow.class::isInstance).isNotEmpty().allSatisfy(row -> {
            List<Contestant> sides = ((TurnRow) row).sides();
            assertThat(sides).hasSizeGreaterThan(1).doesNotHaveDuplicates();
            assertThat(sides.getFirst().kind()).isEqualTo(Contestant.Kind.WEFT);
        });
    }

    @Test
    void aTargetNamesASideOfItsRow() {
        assertThat(ROWS).filteredOn(TurnRow.class::isInstance).allSatisfy(row -> {
            TurnRow turns = (TurnRow) row;
            List<String> names = turns.sides().stream().map(Contestant::name).toList();
            assertThat(turns.targets())
                    .filteredOn(target -> target.what().startsWith("times as fast as "))
                    .allSatisfy(
                            target -> assertThat(names).contains(target.what().replace("times as fast as ", "")));
        });
    }
}
