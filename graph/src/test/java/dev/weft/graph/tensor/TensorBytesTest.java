package dev.weft.graph.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.graph.UserException;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorBytesTest {

    @ParameterizedTest
    @EnumSource(ElementType.class)
    void whatIsWrittenReadsBackRounded(ElementType element) {
        TensorType type = TensorType.of(element, 7);
        Tensor x = Tensor.of(type, 0, 1, 2, 100, 0.1, -1, 1e-3);
        assertThat(TensorBytes.read(type, TensorBytes.of(x)).toArray())
                .isEqualTo(x.rounded().toArray());
    }

    @Test
    void specialValuesSurvive() {
        for (ElementType element :
                new ElementType[] {ElementType.F64, ElementType.F32, ElementType.F16, ElementType.BF16}) {
            Tensor x = Tensor.of(
                    TensorType.of(element, 4), Double.NaN, Double.POSITIVE_INFINITY, -0.0, Double.NEGATIVE_INFINITY);
            assertThat(TensorBytes.read(x.type(), TensorBytes.of(x)).toArray()).isEqualTo(x.toArray());
        }
    }

    @Test
    void theSizeMustFit() {
        MemorySegment three = MemorySegment.ofArray(new byte[3]);
        assertThatThrownBy(() -> TensorBytes.read(TensorType.of(ElementType.F32, 1), three))
                .isInstanceOf(UserException.class)
                .hasMessage("f32[1]: must have 4 bytes, got 3");
    }
}
