package dev.weft.bench.ours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.dsl.EntryRequest;
import dev.weft.graph.Program;
import dev.weft.graph.Stored;
import dev.weft.graph.schedule.FusionModel;
import dev.weft.graph.schedule.Schedule;
import dev.weft.models.Weft;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rewritten program is the shipped one to the compiler: that is what makes it worth timing. */
class WordingTest {

    private static final Map<String, String> CONSTANTS =
            Map.of("layers", "2", "heads", "4", "width", "16", "context", "8", "vocab", "11");

    private static Program step(Wording wording) {
        return wording.program()
                .with(wording.of(CONSTANTS))
                .optimizer("adamw", Map.of())
                .lower(List.of(EntryRequest.of("step", wording.of(Map.of("B", 2L, "T", 8L)))));
    }

    private static int regions(Wording wording) {
        Program compiled = Weft.PASSES.run(step(wording));
        return Schedule.of(compiled.body(compiled.entry("step")), FusionModel.STANDARD)
                .regions()
                .size();
    }

    @Test
    void takesAsManyRegions() {
        int shipped = regions(Wording.shipped("gpt"));

        assertThat(shipped).isGreaterThan(20);
        assertThat(regions(Wording.rewritten("gpt"))).isBetween(shipped - 2, shipped + 2);
    }

    @Test
    void hasTheSameParametersInTheSameOrderUnderOtherNames() {
        List<Stored> shipped = params(Wording.shipped("gpt"));
        List<Stored> rewritten = params(Wording.rewritten("gpt"));

        assertThat(rewritten)
                .extracting(Stored::type)
                .isEqualTo(shipped.stream().map(Stored::type).toList());
        assertThat(rewritten)
                .extracting(Stored::name)
                .doesNotContainAnyElementsOf(shipped.stream().map(Stored::name).toList());
    }

    private static List<Stored> params(Wording wording) {
        return step(wording).stored().stream()
                .filter(stored -> stored.role() == Stored.Role.PARAM)
                .toList();
    }

    @Test
    void anotherProgramIsNotRewritten() {
        assertThatThrownBy(() -> Wording.rewritten("llama"))
                .hasMessage("weft rewritten: has gpt in other words, not llama");
    }
}
