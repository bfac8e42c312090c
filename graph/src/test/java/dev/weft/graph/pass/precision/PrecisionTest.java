package dev.weft.graph.pass.precision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrecisionTest {

    @Test
    void f32ChangesNothing() {
        Program program = new Program(List.of(), List.of(), List.of());
        assertThat(new Precision(ElementType.F32).apply(program)).isSameAs(program);
    }

    @Test
    void anotherPrecisionIsRefused() {
        assertThatThrownBy(() -> new Precision(ElementType.BF16))
                .isInstanceOf(UserException.class)
                .hasMessage("precision: must be f32, the one that is offered, got bf16");
    }
}
